"""What a unique index will hold of a row, said of the source's columns."""

# the texts that are expected

import pytest

from tern.binlog.watched_table import TableName
from tern.ddl.create_table import parse_create_table
from tern.ddl.table import with_collations
from tern.engine.online.duplicate_statements import duplicates, grouped_values
from tern.engine.online.link import ColumnPair
from tests.tern.engine.online.test_verification_statements import PLAIN, link

BIN, FOLDING = ("utf8mb4", "utf8mb4_bin"), ("utf8mb4", "utf8mb4_general_ci")
FOLDED = "CONVERT(`v` USING utf8mb4) COLLATE utf8mb4_general_ci"


def values(before: str, after: str, part: str, *, is_folded: bool = False) -> object:
    """Of an index over this part, where column `v` changes its type and maybe its collation."""
    origin, target = (
        parse_create_table(
            f"CREATE TABLE `t` (\n  `v` {kind} DEFAULT NULL,\n  UNIQUE KEY `k` ({part})\n) "
            "ENGINE=InnoDB"
        )
        for kind in (before, after)
    )
    origin = with_collations(origin, {"v": BIN if "char" in before else (None, None)})
    target = with_collations(target, {"v": FOLDING if is_folded else BIN})
    pair = ColumnPair(origin=origin.columns[0], target=target.columns[0])
    return grouped_values(target.indexes[0], [pair])


@pytest.mark.parametrize(
    ("before", "after", "value"),
    [
        ("int", "bigint", "`v`"),
        ("decimal(9,4)", "decimal(9,2)", "CAST(`v` AS DECIMAL(9,2))"),
        ("datetime(6)", "datetime(3)", "CAST(`v` AS DATETIME(3))"),
        ("datetime", "date", "CAST(`v` AS DATE)"),
        ("varchar(9)", "varchar(20)", "`v`"),
    ],
)
def test_a_value_is_as_the_new_type_tells_it_apart(before: str, after: str, value: str) -> None:
    assert values(before, after, "`v`") == (value,)


def test_a_new_collation_decides() -> None:
    assert values("varchar(9)", "varchar(9)", "`v`", is_folded=True) == (FOLDED,)
    assert values("varchar(9)", "varchar(9)", "`v`(3) DESC", is_folded=True) == (
        f"LEFT({FOLDED}, 3)",
    )


@pytest.mark.parametrize(
    ("before", "after", "part"),
    [("varchar(9)", "int", "`v`"), ("int", "int", "(`v` + 1)"), ("int", "int", "`w`")],
)
def test_what_only_the_copy_knows_is_not_asked_for(before: str, after: str, part: str) -> None:
    assert values(before, after, part) is None


def test_values_are_asked_for_with_the_ends_of_their_rows() -> None:
    key = link(PLAIN, PLAIN).key
    assert duplicates(TableName("a", "s"), key, ("`v`", "`w`"), limit=5) == (
        "SELECT CAST(`v` AS CHAR), CAST(`w` AS CHAR), MIN(`id`+0), MAX(`id`+0) FROM `a`.`s` "
        "WHERE `v` IS NOT NULL AND `w` IS NOT NULL GROUP BY `v`, `w` HAVING COUNT(*) > 1 LIMIT 5"
    )
