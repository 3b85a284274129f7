import pytest

from tern.ddl.diff.policy import DiffPolicy
from tern.ddl.diff.table import diff_table
from tern.ddl.flavor import Flavor
from tern.ddl.render import clause_text
from tests.tern.ddl.texts import MARIADB, MYSQL, table

COLUMNS = ("`a` int", "`b` int", "`e` timestamp(6) GENERATED ALWAYS AS ROW END")
HIDDEN = "/*!80000 INVISIBLE */"


def texts(
    live: list[str], desired: list[str], *, flavor: Flavor = MYSQL, options: str = ""
) -> list[str]:
    before = table(*COLUMNS, *live, options=options)
    after = table(*COLUMNS, *desired, options=options)
    found = diff_table(before, after, flavor=flavor, policy=DiffPolicy())
    return [clause_text(clause, flavor) for clause in found]


def test_index_that_changes_is_dropped_and_added() -> None:
    assert texts(["KEY `k` (`a`)"], ["KEY `k` (`a`,`b`)"]) == [
        "DROP INDEX `k`", "ADD KEY `k` (`a`,`b`)"
    ]  # fmt: skip
    assert texts(["KEY `k` (`a`)"], ["UNIQUE KEY `k` (`a`)"])[1] == "ADD UNIQUE KEY `k` (`a`)"
    assert texts(["KEY `k` (`a`)"], ["KEY `k` (`a`) COMMENT 'x'"])[0] == "DROP INDEX `k`"


def test_index_that_only_changes_its_name_is_renamed() -> None:
    assert texts(["KEY `k` (`a`)"], ["KEY `l` (`a`)"]) == ["RENAME INDEX `k` TO `l`"]


def test_each_index_is_renamed_once() -> None:
    found = texts(["KEY `k` (`a`)"], ["KEY `l` (`a`)", "KEY `m` (`a`)"])
    assert found == ["RENAME INDEX `k` TO `l`", "ADD KEY `m` (`a`)"]


def test_rename_takes_the_name_of_an_index_that_stays_from_nobody() -> None:
    found = texts(["KEY `k` (`a`)", "KEY `l` (`b`)"], ["KEY `l` (`a`)", "KEY `m` (`b`)"])
    assert found == ["DROP INDEX `k`", "DROP INDEX `l`", "ADD KEY `l` (`a`)", "ADD KEY `m` (`b`)"]


def test_server_without_rename_index_drops_and_adds() -> None:
    found = texts(["KEY `k` (`a`)"], ["KEY `l` (`a`)"], flavor=Flavor.parse("10.4.1-MariaDB"))
    assert found == ["DROP INDEX `k`", "ADD KEY `l` (`a`)"]


def test_visibility_alone_is_altered() -> None:
    assert texts(["KEY `k` (`a`)"], [f"KEY `k` (`a`) {HIDDEN}"]) == ["ALTER INDEX `k` INVISIBLE"]
    assert texts([f"KEY `k` (`a`) {HIDDEN}"], ["KEY `k` (`a`)"]) == ["ALTER INDEX `k` VISIBLE"]
    assert texts(["KEY `k` (`a`)"], ["KEY `k` (`a`) IGNORED"], flavor=MARIADB) == [
        "ALTER INDEX `k` IGNORED"
    ]


def test_name_and_visibility_together_need_a_new_index() -> None:
    found = texts(["KEY `k` (`a`)"], [f"KEY `l` (`a`) {HIDDEN}"])
    assert found == ["DROP INDEX `k`", f"ADD KEY `l` (`a`) {HIDDEN}"]


def test_primary_key_goes_first_and_comes_first() -> None:
    found = texts(["KEY `k` (`a`)", "PRIMARY KEY (`a`)"], ["KEY `k` (`b`)", "PRIMARY KEY (`b`)"])
    assert found == [
        "DROP PRIMARY KEY", "DROP INDEX `k`", "ADD PRIMARY KEY (`b`)", "ADD KEY `k` (`b`)"
    ]  # fmt: skip


def test_order_of_indexes_is_no_difference() -> None:
    """P-23."""
    assert texts(["KEY `k` (`a`)", "KEY `l` (`b`)"], ["KEY `l` (`b`)", "KEY `k` (`a`)"]) == []


def test_row_end_that_the_server_adds_to_unique_keys_is_no_difference() -> None:
    period = "PERIOD FOR SYSTEM_TIME (`b`, `e`)"
    assert texts([period, "PRIMARY KEY (`a`,`e`)"], [period, "PRIMARY KEY (`a`)"]) == []
    assert texts([period, "KEY `k` (`a`,`e`)"], [period, "KEY `k` (`a`)"]) != []
    assert texts(["PRIMARY KEY (`a`,`e`)"], ["PRIMARY KEY (`a`)"]) != []
    assert texts([period, "PRIMARY KEY (`e`)"], [period, "PRIMARY KEY (`a`)"]) != []


def key(name: str) -> str:
    return f"CONSTRAINT `{name}` FOREIGN KEY (`a`) REFERENCES `p` (`id`)"


@pytest.mark.parametrize("flavor", [MYSQL, MARIADB])
def test_index_that_a_new_foreign_key_would_rename_is_given_anew(flavor: Flavor) -> None:
    """P-55: servers put the new key's own index in the place of one that the old key had made."""
    index = "KEY `a` (`a`)"
    found = texts([index, key("old")], [index, key("new")], flavor=flavor)
    indexes = [text for text in found if "INDEX" in text or "ADD KEY" in text]
    assert indexes == ["DROP INDEX `a`", "ADD KEY `a` (`a`)"]
    own = "KEY `new` (`a`)"
    found = texts([own, key("old")], [own, key("new")], flavor=flavor)
    assert not [text for text in found if "INDEX" in text]
