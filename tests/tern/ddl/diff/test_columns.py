import pytest

from tern.ddl.clauses import AddColumn, ChangeColumn, Clause, ModifyColumn, Place, RenameColumn
from tern.ddl.diff.columns import is_same_column
from tern.ddl.diff.policy import DiffPolicy
from tern.ddl.diff.table import diff_table
from tern.ddl.flavor import Flavor
from tern.ddl.render import clause_text
from tern.ddl.table import Collations, Table, with_collations
from tests.tern.ddl.texts import MARIADB, MYSQL, table

UTF8 = ("utf8mb4", "utf8mb4_general_ci")
LATIN = ("latin1", "latin1_swedish_ci")


def texts(live: Table, desired: Table, flavor: Flavor = MYSQL) -> list[str]:
    found = diff_table(live, desired, flavor=flavor, policy=DiffPolicy())
    return [clause_text(clause, flavor) for clause in found]


def with_known(read: Table, **known: tuple[str, str]) -> Table:
    collations: Collations = dict(known)
    return with_collations(read, collations)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("int", "bigint"),
        ("int DEFAULT NULL", "int DEFAULT '5'"),
        ("int NOT NULL", "int DEFAULT NULL"),
        ("int", "int COMMENT 'x'"),
        ("int", "int /*!80023 INVISIBLE */"),
        ("geometry /*!80003 SRID 4326 */", "geometry /*!80003 SRID 0 */"),
        ("datetime", "datetime ON UPDATE CURRENT_TIMESTAMP"),
        ("int GENERATED ALWAYS AS (1) VIRTUAL", "int GENERATED ALWAYS AS (2) VIRTUAL"),
        ("int FROBNICATED 'a'", "int FROBNICATED 'b'"),
    ],
)
def test_any_difference_of_the_text_is_a_modify_with_the_desired_text(old: str, new: str) -> None:
    assert texts(table(f"`a` {old}"), table(f"`a` {new}")) == [f"MODIFY COLUMN `a` {new}"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("int", "int GENERATED ALWAYS AS (1) VIRTUAL"),
        ("int GENERATED ALWAYS AS (1) VIRTUAL", "int GENERATED ALWAYS AS (1) STORED"),
        ("int GENERATED ALWAYS AS (1) STORED", "int"),
    ],
)
def test_another_kind_of_column_is_dropped_and_added(old: str, new: str) -> None:
    found = texts(table(f"`a` {old}", "`b` int"), table(f"`a` {new}", "`b` int"))
    assert found == ["DROP COLUMN `a`", f"ADD COLUMN `a` {new} FIRST"]


def test_spelled_charset_is_no_difference_when_the_catalogue_agrees() -> None:
    """P-22."""
    bare = with_known(table("`a` varchar(9) NOT NULL"), a=UTF8)
    spelled = with_known(
        table("`a` varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL"), a=UTF8
    )
    assert texts(bare, spelled) == []
    assert not is_same_column(table("`a` text").columns[0], spelled.columns[0])
    assert is_same_column(spelled.columns[0], table(spelled.columns[0].text).columns[0])


def test_other_collation_is_a_modify_with_both_written_out() -> None:
    live = with_known(table("`a` varchar(9) DEFAULT NULL"), a=UTF8)
    desired = with_known(table("`a` varchar(9) COLLATE latin1_swedish_ci DEFAULT NULL"), a=LATIN)
    assert texts(live, desired) == [
        "MODIFY COLUMN `a` varchar(9) CHARACTER SET latin1 COLLATE latin1_swedish_ci DEFAULT NULL"
    ]


def test_new_column_spells_its_charset_where_the_default_changes() -> None:
    live = table("`a` int", options="COLLATE=utf8mb4_bin")
    desired = with_known(table("`a` int", "`b` text NOT NULL"), b=UTF8)
    assert texts(live, desired)[0] == (
        "ADD COLUMN `b` text CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL"
    )
    same = with_known(table("`a` int", "`b` text NOT NULL"), b=UTF8)
    assert texts(table("`a` int"), same) == ["ADD COLUMN `b` text NOT NULL"]


def test_case_of_a_column_name_is_no_difference() -> None:
    """P-24."""
    live = table("`Id` int", "KEY `K` (`Id`)", "CONSTRAINT `C` CHECK ((`Id` > 1))")
    desired = table("`id` int", "KEY `k` (`id`)", "CONSTRAINT `c` CHECK ((`id` > 1))")
    assert texts(live, desired) == []


def test_what_uses_a_replaced_column_is_made_anew() -> None:
    live = table(
        "`a` int", "`g` int GENERATED ALWAYS AS (`a`) STORED", "`d` int DEFAULT (`a`)",
        "PRIMARY KEY (`a`)", "KEY `k` (`a`)",
        "CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `p` (`i`)", "CONSTRAINT `c` CHECK ((`a` > 1))",
    )  # fmt: skip
    desired = table(
        "`a` int GENERATED ALWAYS AS (1) STORED", "`g` int GENERATED ALWAYS AS (`a`) STORED",
        "`d` int DEFAULT (`a`)", "PRIMARY KEY (`a`)", "KEY `k` (`a`)",
        "CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `p` (`i`)", "CONSTRAINT `c` CHECK ((`a` > 1))",
    )  # fmt: skip
    assert texts(live, desired) == [
        "DROP FOREIGN KEY `f`",
        "DROP CHECK `c`",
        "DROP PRIMARY KEY",
        "DROP INDEX `k`",
        "DROP COLUMN `a`",
        "DROP COLUMN `g`",
        "ADD COLUMN `a` int GENERATED ALWAYS AS (1) STORED FIRST",
        "ADD COLUMN `g` int GENERATED ALWAYS AS (`a`) STORED AFTER `a`",
        "MODIFY COLUMN `d` int DEFAULT (`a`)",
        "ADD PRIMARY KEY (`a`)",
        "ADD KEY `k` (`a`)",
        "ADD CONSTRAINT `c` CHECK ((`a` > 1))",
        "ADD CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `p` (`i`)",
    ]


def test_expressions_over_a_recast_column_are_given_anew_on_mysql() -> None:
    live = table(
        "`a` varchar(9)", "KEY `k` ((`a` = _utf8mb4'x'))", "CONSTRAINT `c` CHECK ((`a` > 1))"
    )
    desired = table("`a` int", "KEY `k` ((`a` = _utf8mb4'x'))", "CONSTRAINT `c` CHECK ((`a` > 1))")
    assert [text.split()[0] for text in texts(live, desired)] == [
        "DROP",
        "DROP",
        "MODIFY",
        "ADD",
        "ADD",
    ]
    assert texts(live, desired, MARIADB) == ["MODIFY COLUMN `a` int"]


def test_longer_column_leaves_its_check_alone() -> None:
    live = table("`a` varchar(9)", "CONSTRAINT `c` CHECK ((`a` > 1))")
    desired = table("`a` varchar(90)", "CONSTRAINT `c` CHECK ((`a` > 1))")
    assert texts(live, desired) == ["MODIFY COLUMN `a` varchar(90)"]


def renamed(live_old: str, desired: str, flavor: Flavor) -> tuple[Clause, ...]:
    """The clauses for column b, called a while live."""
    before = table("`x` int", live_old).columns[1]
    live = table("`x` int", live_old.replace("`a`", "`b`"))
    return diff_table(
        live, table("`x` int", desired), flavor=flavor, policy=DiffPolicy(), old_names={"b": before}
    )


def test_renamed_column_that_stays_the_same_is_only_renamed() -> None:
    (clause,) = renamed("`a` int", "`b` int", MYSQL)
    assert isinstance(clause, RenameColumn)
    assert clause_text(clause, MYSQL) == "RENAME COLUMN `a` TO `b`"


def test_renamed_column_that_changes_is_changed() -> None:
    (clause,) = renamed("`a` int", "`b` bigint", MYSQL)
    assert isinstance(clause, ChangeColumn)
    assert clause_text(clause, MYSQL) == "CHANGE COLUMN `a` `b` bigint"


def test_old_server_without_rename_column_takes_change_column() -> None:
    old = Flavor.parse("5.7.44")
    (clause,) = renamed("`a` int", "`b` int", old)
    assert clause_text(clause, old) == "CHANGE COLUMN `a` `b` int"


def test_moved_column_is_modified_into_its_place() -> None:
    found = diff_table(
        table("`a` int", "`b` int", "`c` int"),
        table("`c` int", "`a` int", "`b` int", "`d` int"),
        flavor=MYSQL,
        policy=DiffPolicy(),
    )
    moved, added = found
    assert isinstance(moved, ModifyColumn)
    assert moved.place == Place(after=None)
    assert isinstance(added, AddColumn)
    assert added.place is None
