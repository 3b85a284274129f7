"""A loss that the server would let pass is refused, unless it was named and agreed to (E-37)."""

from contextlib import closing
from dataclasses import replace

import pytest

from integration.databases import Database, leftover_tables
from integration.online.workbench import bench
from integration.servers.program import Flavor
from tern.engine.port import StopKind
from tern.values.run import Completed, EndState, Outcome, Permanent

# Old type, new type, a value that would lose something, one that would not.
PAIRS = {
    "microseconds": ("DATETIME(6)", "DATETIME(3)", "'2026-01-01 00:00:00.0006'", "'2026-01-01'"),
    "of an invalid date": ("DATETIME(6)", "DATETIME", "'2026-02-31 00:00:00.5'", "'2026-02-31'"),
    "of a timestamp": ("TIMESTAMP(6) NULL", "TIMESTAMP NULL", "'2026-01-01 00:00:00.6'", "NULL"),
    "of a time": ("TIME(6)", "TIME", "'-10:00:00.6'", "'-10:00:00'"),
    "time of day": ("DATETIME", "DATE", "'2026-01-01 10:00:00'", "'0000-00-00'"),
    "double to float": ("DOUBLE", "FLOAT", "0.1", "0.5"),
    "double to integer": ("DOUBLE", "INT", "1.5", "2"),
    "float to integer": ("FLOAT", "BIGINT", "-1.5", "-2"),
    "double to decimal": ("DOUBLE", "DECIMAL(10,2)", "1.555", "1.55"),
    "float to decimal": ("FLOAT", "DECIMAL(20,10)", "0.1", "0.5"),
    "decimal of smaller scale": ("DECIMAL(10,4)", "DECIMAL(10,2)", "1.5555", "1.55"),
    "decimal to integer": ("DECIMAL(10,4)", "INT", "1.5555", "2"),
    "decimal to double": ("DECIMAL(30,4)", "DOUBLE", "12345678901234567890.5555", "0.1"),
    "integer to double": ("BIGINT UNSIGNED", "DOUBLE", "18446744073709551615", "9007199254740992"),
    "integer to float": ("INT", "FLOAT", "16777217", "16777216"),
    "blanks for a shorter text": ("VARCHAR(9)", "VARCHAR(3)", "'abc  '", "'abc'"),
    "blanks for a char": ("VARCHAR(9)", "CHAR(9)", "'abc  '", "'a b'"),
    "no element to text": ("ENUM('a','b')", "VARCHAR(9)", "0", "'b'"),
    "bytes padded": ("VARBINARY(4)", "BINARY(4)", "x'61'", "x'61626364'"),
    "a year of two digits": ("INT", "YEAR", "5", "2026"),
}
# Every row changes its meaning.
ALWAYS = {
    "elements to numbers": ("ENUM('a','b')", "INT"),
    "a set to numbers": ("SET('a','b')", "INT"),
    "timestamp to datetime": ("TIMESTAMP NULL", "DATETIME"),
    "datetime to timestamp": ("DATETIME", "TIMESTAMP NULL"),
    "text to numbers": ("VARCHAR(9)", "INT"),
}
LAX = "SET sql_mode = 'ALLOW_INVALID_DATES'"


def table(database: Database, types: list[str], rows: list[list[str]]) -> None:
    """Table `item` with columns c0, c1 ... of these types; rows are numbered from 0."""
    columns = ", ".join(f"c{place} {name}" for place, name in enumerate(types))
    database.query(f"CREATE TABLE item (id INT PRIMARY KEY, {columns})")
    with closing(database.connect(init_command=LAX)) as session:
        for number, values in enumerate(rows):
            session.query(f"INSERT INTO item VALUES ({number}, {', '.join(values)})")  # noqa: S608


def altered(types: list[str]) -> tuple[str, str]:
    """The change that gives the columns these types."""
    clauses = (f"MODIFY COLUMN `c{place}` {name}" for place, name in enumerate(types))
    return "item", f"ALTER TABLE `item` {', '.join(clauses)}"


def refusals(database: Database, outcome: Outcome) -> dict[str, str]:
    """What was said of each column of `item`; nothing was made."""
    assert isinstance(outcome, Permanent), outcome
    assert leftover_tables(database) == []
    _, _, told = outcome.error.message.partition("no online copy is possible: ")
    found = (each.split(": ", 2) for each in told.split(" | "))
    assert {code for code, _, _ in found} == {"lossy"}
    return {each.split(": ", 2)[1].split(".")[-1]: each for each in told.split(" | ")}


def test_each_silent_loss_is_refused_and_its_row_named(database: Database) -> None:
    olds, news, lost, kept = (list(column) for column in zip(*PAIRS.values(), strict=True))
    table(database, olds, [kept, lost, ["NULL"] * len(olds)])
    told = refusals(database, bench(database, altered(news)).apply())
    for place, name in enumerate(PAIRS):
        assert "(id=1); " in told.pop(f"c{place}", ""), name
    assert told == {}


def test_rows_that_lose_nothing_pass(database: Database) -> None:
    olds, news, _, kept = (list(column) for column in zip(*PAIRS.values(), strict=True))
    table(database, olds, [kept, ["NULL"] * len(olds)])
    assert bench(database, altered(news)).apply() == Completed()


def test_a_change_of_meaning_needs_consent_whatever_the_rows(database: Database) -> None:
    olds, news = (list(column) for column in zip(*ALWAYS.values(), strict=True))
    table(database, olds, [])
    told = refusals(database, bench(database, altered(news)).apply())
    assert sorted(told) == [f"c{place}" for place in range(len(ALWAYS))]


def test_what_was_agreed_to_is_done(database: Database) -> None:
    # MySQL has an error for it, in an ALTER too.
    loud = {"blanks for a shorter text"} if database.server.flavor is Flavor.MYSQL else set()
    pairs = [pair for name, pair in PAIRS.items() if name not in loud]
    olds, news, lost, kept = (list(column) for column in zip(*pairs, strict=True))
    table(database, olds, [kept, lost])
    assert bench(database, altered(news), allow_unsafe=True).apply() == Completed()


def test_consent_to_a_column_is_none_to_another(database: Database) -> None:
    table(database, ["DOUBLE", "DOUBLE"], [["1.5", "1.5"]])
    change = bench(database, altered(["INT", "INT"]), allow_unsafe=True)
    (statement,) = change.run.statements
    named = replace(statement, unsafe_reasons=statement.unsafe_reasons[:1])
    change.run = replace(change.run, statements=(named,))
    assert sorted(refusals(database, change.apply())) == ["c1"]


def test_five_rows_are_named_at_most(database: Database) -> None:
    table(database, ["DOUBLE"], [["1.5"]] * 9)
    told = refusals(database, bench(database, altered(["INT"])).apply())
    assert "(id=0; id=1; id=2; id=3; id=4); " in told["c0"]


@pytest.mark.parametrize(
    "write", ["UPDATE item SET c0 = 1.5 WHERE id = 3", "INSERT INTO item VALUES (77, 1.5)"]
)
def test_a_loss_written_after_the_probe_ends_the_run(database: Database, write: str) -> None:
    table(database, ["DOUBLE"], [["1"]] * 9)
    change = bench(database, altered(["INT"]), defer_cutover=True)
    with change.running():
        change.until(lambda task: task.ready)
        database.query(write)
    assert isinstance(change.outcome, Permanent), change.outcome
    assert change.outcome.error.code == "lossy"
    again = change.again()
    again.engine.stop(StopKind.CANCEL)
    assert again.apply() == Completed(end=EndState.CANCELLED)
