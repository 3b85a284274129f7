"""Rows that a new unique index forbids are told before the copy, as it will see them (E-38)."""

from dataclasses import replace

import pytest

from integration.databases import Database, leftover_tables
from integration.online.workbench import QUICK, bench
from tern.engine.port import StopKind
from tern.values.run import Completed, EndState, Permanent

# Columns, rows, the change, and what is said of the rows.
FORBIDDEN = {
    "text": (
        "v VARCHAR(9)",
        "(1, 'a'), (2, 'b'), (3, 'a')",
        "ADD UNIQUE (v)",
        "'a' in rows id=1 and id=3",
    ),
    "another collation": (
        "v VARCHAR(9) COLLATE utf8mb4_bin",
        "(1, 'a'), (2, 'A')",
        "MODIFY COLUMN v VARCHAR(9) COLLATE utf8mb4_general_ci, ADD UNIQUE (v)",
        " in rows id=1 and id=2",
    ),
    "an old index under another collation": (
        "v VARCHAR(9) COLLATE utf8mb4_bin UNIQUE",
        "(1, 'a'), (2, 'A')",
        "MODIFY COLUMN v VARCHAR(9) COLLATE utf8mb4_general_ci",
        " in rows id=1 and id=2",
    ),
    "a prefix": ("v VARCHAR(9)", "(1, 'abc'), (2, 'abd')", "ADD UNIQUE (v(2))", "'ab' in rows"),
    "rounded": (
        "v DECIMAL(9,4)",
        "(1, 1.0001), (2, 1.0002)",
        "MODIFY COLUMN v DECIMAL(9,2), ADD UNIQUE (v)",
        "'1.00' in rows id=1 and id=2",
    ),
    "fewer columns": (
        "v INT, w INT, UNIQUE a (v, w)",
        "(1, 5, 1), (2, 5, 2)",
        "DROP INDEX a, ADD UNIQUE a (v)",
        "'5' in rows id=1 and id=2",
    ),
    "renamed": ("v INT", "(1, 5), (2, 5)", "CHANGE COLUMN v x INT, ADD UNIQUE (x)", "'5' in rows"),
}
QUIET = {
    "nulls": ("v INT", "(1, NULL), (2, NULL)", "ADD UNIQUE (v)"),
    "a finer collation": (
        "v VARCHAR(9) COLLATE utf8mb4_general_ci",
        "(1, 'a'), (2, 'A')",
        "MODIFY COLUMN v VARCHAR(9) COLLATE utf8mb4_bin, ADD UNIQUE (v)",
    ),
    "more columns": ("v INT, w INT", "(1, 5, 1), (2, 5, 2)", "ADD UNIQUE (v, w)"),
}


def altered(alter: str) -> tuple[str, str]:
    return "item", f"ALTER TABLE `item` {alter}"


def table(database: Database, columns: str, rows: str) -> None:
    database.query(f"CREATE TABLE item (id INT PRIMARY KEY, {columns})")
    database.query(f"INSERT INTO item VALUES {rows}")  # noqa: S608  # texts of ours


@pytest.mark.parametrize("name", FORBIDDEN)
def test_values_that_will_be_equal_are_refused(database: Database, name: str) -> None:
    columns, rows, alter, told = FORBIDDEN[name]
    table(database, columns, rows)
    outcome = bench(database, altered(alter), allow_unsafe=True).apply()
    assert isinstance(outcome, Permanent), outcome
    assert f"duplicate: {database.name}.item." in outcome.error.message
    assert told in outcome.error.message
    assert leftover_tables(database) == []


def test_what_the_index_allows_passes(database: Database) -> None:
    for columns, rows, alter in QUIET.values():
        table(database, columns, rows)
        assert bench(database, altered(alter)).apply() == Completed()
        database.query("DROP TABLE item")


def test_five_values_are_named_at_most(database: Database) -> None:
    table(database, "v INT", ", ".join(f"({n}, {n % 7})" for n in range(14)))
    outcome = bench(database, altered("ADD UNIQUE (v)")).apply()
    assert isinstance(outcome, Permanent), outcome
    assert outcome.error.message.count(" in rows ") == 5


def test_a_table_too_large_to_probe_is_judged_by_its_copy(database: Database) -> None:
    """Of several values one is told, with the rows that have it and no others."""
    columns = "v VARBINARY(4), w VARCHAR(9) COLLATE utf8mb4_general_ci"
    table(
        database,
        columns,
        "(1, x'00ff', 'b'), (2, x'00ff', 'a'), (3, x'00ff', 'B'), (4, x'00ff', 'A')",
    )
    options = replace(QUICK, probe_bytes=0)
    change = bench(database, altered("ADD UNIQUE both_of (v, w)"), options=options)
    outcome = change.apply()
    assert isinstance(outcome, Permanent), outcome
    assert outcome.error.code == "duplicate"
    told = "duplicate value '0x00FF-a' for unique index both_of (rows id=2, id=4)"
    assert told in outcome.error.message
    assert leftover_tables(database) != []
    again = change.again()
    again.engine.stop(StopKind.CANCEL)
    assert again.apply() == Completed(end=EndState.CANCELLED)
