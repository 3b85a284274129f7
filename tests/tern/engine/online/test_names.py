"""Names of the engine's own tables (E-4)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.databases import ENGINE_TABLE
from tern.binlog.watched_table import TableName
from tern.engine.online.names import own_names
from tern.errors import UnsupportedChange


@given(name=st.text(alphabet="abyz_09", min_size=1, max_size=64))
def test_every_name_is_valid_ours_and_sorts_after_the_table(name: str) -> None:
    source = TableName("shop", name)
    try:
        names = own_names("apply-1", source).all()
    except UnsupportedChange:
        assert set(name[:53]) == {"z"}
        return
    assert len(set(names)) == 4
    for each in names:
        assert len(each.name) <= 64
        assert re.search(ENGINE_TABLE, each.name)
        assert each.name.encode() > name.encode()


def test_another_change_has_other_names() -> None:
    source = TableName("shop", "orders")
    assert own_names("one", source) != own_names("two", source)


def test_a_name_that_nothing_can_follow_is_refused() -> None:
    with pytest.raises(UnsupportedChange):
        own_names("one", TableName("shop", "z" * 64))
