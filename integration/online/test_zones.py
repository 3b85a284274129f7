"""TIMESTAMP and other times are converted by the server's global zone, as its own ALTER does."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from integration.databases import Database, query
from integration.online.workbench import bench
from tern.engine.port import CutoverOrder
from tern.values.run import Completed, Permanent

ZONE = "+05:30"
LAX = "SET sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+00:00'"
COLUMNS = (
    "id INT PRIMARY KEY, a TIMESTAMP(6) NULL, b DATETIME(6), "
    "c TIMESTAMP NULL, d DATE, e TIMESTAMP NULL"
)
CHANGE = (
    "ALTER TABLE `{}` MODIFY COLUMN `a` DATETIME(6), MODIFY COLUMN `b` TIMESTAMP(6) NULL, "
    "MODIFY COLUMN `c` DATE, MODIFY COLUMN `d` TIMESTAMP NULL, MODIFY COLUMN `e` VARCHAR(30)"
)
TIMES = ("2026-01-01 22:45:00.123456", "1999-12-31 23:59:59", "2001-02-03 00:00:01")
ROWS = [f"'{time}', '{time}', '{time}', '{time[:10]}', '{time}'" for time in TIMES]
ROWS += ["NULL, NULL, NULL, NULL, NULL", ", ".join(["'0000-00-00'"] * 5)]


@pytest.fixture
def database(database: Database) -> Iterator[Database]:
    """A schema on a server whose clock is not UTC."""
    query(database.server, f"SET GLOBAL time_zone = '{ZONE}'")
    yield database
    query(database.server, "SET GLOBAL time_zone = 'SYSTEM'")


def test_times_come_out_as_the_servers_alter_makes_them(database: Database) -> None:
    for table in ("item", "twin"):
        database.query(f"CREATE TABLE {table} ({COLUMNS})")
        with closing(database.connect(init_command=LAX)) as session:
            for number, row in enumerate(ROWS):
                session.query(f"INSERT INTO {table} VALUES ({number}, {row})")  # noqa: S608
    alter = CHANGE.format("item")
    change = bench(database, ("item", alter), allow_unsafe=True, defer_cutover=True)
    with change.running():
        change.until(lambda task: task.ready)
        for table in ("item", "twin"):
            database.query(f"UPDATE {table} SET a = b, c = b, e = b WHERE id = 1")  # noqa: S608
        change.engine.cutover(CutoverOrder.GO)
    assert change.outcome == Completed()
    assert change.engine.progress()[0].differences == 0
    with closing(database.connect(sql_mode="ALLOW_INVALID_DATES")) as session:
        session.query(f"{CHANGE.format('twin')}, ALGORITHM=COPY")
    texts = ", ".join(f"CAST({name} AS CHAR)" for name in ("id", "a", "b", "c", "d", "e"))
    found = [database.query(f"SELECT {texts} FROM {table}") for table in ("item", "twin")]  # noqa: S608
    assert found[0] == found[1]


def test_a_time_that_has_no_timestamp_there_is_named(database: Database) -> None:
    """00:30 local time on the first day lies before the epoch in UTC, and no time at all."""
    database.query("CREATE TABLE item (id INT PRIMARY KEY, v DATETIME)")
    database.query("INSERT INTO item VALUES (7, '1970-01-01 00:30:00')")
    alter = "ALTER TABLE `item` MODIFY COLUMN `v` TIMESTAMP NULL"
    outcome = bench(database, ("item", alter), allow_unsafe=True).apply()
    assert isinstance(outcome, Permanent), outcome
    assert (outcome.error.code, "id=7" in outcome.error.message) == ("does_not_fit", True)
    for (name,) in database.query("SHOW TABLES LIKE 'item%_sb%'"):
        database.query(f"DROP TABLE `{name}`")


def test_text_is_not_turned_into_times_of_a_zone(database: Database) -> None:
    database.query("CREATE TABLE item (id INT PRIMARY KEY, v VARCHAR(30))")
    alter = "ALTER TABLE `item` MODIFY COLUMN `v` TIMESTAMP NULL"
    outcome = bench(database, ("item", alter), allow_unsafe=True).apply()
    assert isinstance(outcome, Permanent), outcome
    assert f"lossy: {database.name}.item.v: varchar(30) can't be read" in outcome.error.message
