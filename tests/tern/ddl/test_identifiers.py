import pytest
from hypothesis import given
from hypothesis import strategies as st

from tern.ddl.flavor import Flavor, Vendor
from tern.ddl.identifiers import Names, fold, qualified, quote, unquote


@given(st.text())
def test_unquoting_a_quoted_name_gives_it_back(name: str) -> None:
    assert unquote(quote(name)) == name


def test_bare_name_stands_for_itself() -> None:
    assert unquote("users") == "users"
    assert unquote("`") == "`"


def test_qualified_name_quotes_both_parts() -> None:
    assert qualified("my shop", "a`b") == "`my shop`.`a``b`"


@given(st.text())
def test_folding_keeps_the_length_and_is_done_once_for_all(name: str) -> None:
    assert len(fold(name)) == len(name)
    assert fold(fold(name)) == fold(name)


@pytest.mark.parametrize(("setting", "is_same"), [(0, False), (1, True), (2, True)])
def test_table_names_compare_as_the_server_is_set(setting: int, *, is_same: bool) -> None:
    names = Names(Flavor(vendor=Vendor.MYSQL, version=(8, 0, 36), lower_case_table_names=setting))
    assert names.same_table("Users", "users") is is_same
    assert names.same_table("users", "users")


def test_column_names_compare_without_case_and_with_accents() -> None:
    names = Names(Flavor(vendor=Vendor.MARIADB, version=(10, 11, 19)))
    assert names.same_column("É", "é")
    assert not names.same_column("e", "é")
    assert names.column_key("İd") == names.column_key("İD")
