"""Several tables of one schema change their names at one moment (E-49, E-51)."""

from contextlib import closing
from threading import Event, Thread  # noqa: TID251  # a test's own

import pymysql
import pytest
from pymysql.cursors import Cursor

from integration.databases import Database, leftover_tables
from integration.online.victim import OPTIONS
from integration.online.workbench import bench
from tern.values.run import Completed

TABLES = ("apple", "melon", "zebra")


@pytest.fixture
def tables(database: Database) -> Database:
    for name in TABLES:
        database.query(f"CREATE TABLE {name} (id INT PRIMARY KEY, amount INT NOT NULL)")
        rows = ", ".join(f"({n}, 0)" for n in range(500))
        database.query(f"INSERT INTO {name} VALUES {rows}")  # noqa: S608  # texts of ours
    return database


def add_everywhere(database: Database, stopping: Event, done: list[int]) -> None:
    """Each transaction adds one in every table, so that their sums are equal at any commit."""
    with closing(database.connect(autocommit=False)) as session, session.cursor() as cursor:
        number = 0
        while not stopping.is_set():
            number += 1
            try:
                _add_one(cursor, row=number % 500)
                session.commit()
                done.append(number)
            except pymysql.err.Error:
                session.rollback()


def _add_one(cursor: Cursor, *, row: int) -> None:
    for name in TABLES:
        cursor.execute(f"UPDATE {name} SET amount = amount + 1 WHERE id = %s", (row,))  # noqa: S608


def test_all_tables_of_a_group_hold_what_was_committed(tables: Database) -> None:
    stopping, done = Event(), list[int]()
    thread = Thread(target=add_everywhere, args=(tables, stopping, done))
    changes = [(n, f"ALTER TABLE `{n}` MODIFY COLUMN `amount` BIGINT NOT NULL") for n in TABLES]
    change = bench(tables, *changes, options=OPTIONS)
    thread.start()
    try:
        outcome = change.apply()
    finally:
        stopping.set()
        thread.join()
    assert outcome == Completed()
    for name in TABLES:
        assert tables.query(f"SELECT SUM(amount) FROM {name}") == [(len(done),)]  # noqa: S608
        assert "bigint" in tables.query(f"SHOW CREATE TABLE {name}")[0][1]
    assert leftover_tables(tables) == []
