"""Indexes that are built after the copy: the server's own failures, and a stop (E-15a)."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from threading import Event
from time import monotonic

import pymysql
import pytest
from pymysql.connections import Connection
from pymysql.cursors import Cursor

from integration.databases import Database, leftover_tables
from integration.online.ledger import CHANGED, Ledger
from integration.online.strikes import Blow, Strike, striking
from integration.online.victim import OPTIONS
from integration.online.workbench import bench
from tern.engine.port import StopKind
from tern.values.run import Completed, Permanent, Stopped

BUILD = r"^ALTER TABLE .*_n` ADD KEY"
FALSE = {
    1859: "Duplicate entry for key 'note'",
    1799: "Creating index 'note' required more than 'innodb_online_alter_log_max_size' bytes",
}
STOPS_WITHIN = 20.0
"""A statement that is not ended waits for its lock far longer."""


def refusing(number: int) -> Blow:
    """The server answers so instead of building."""

    def refuse(driver: "Connection[Cursor]") -> None:
        del driver
        raise pymysql.err.IntegrityError(number, FALSE[number])

    return refuse


def test_a_duplicate_that_is_none_fails_no_change(database: Database) -> None:
    build_anew(database, 1859)


@pytest.mark.long
def test_a_full_log_of_writes_beside_the_build_fails_no_change(database: Database) -> None:
    build_anew(database, 1799)


def build_anew(database: Database, number: int) -> None:
    ledger = Ledger(database, seed=number, rows=300)
    with ledger.written():
        change = bench(database, ("ledger", CHANGED), options=OPTIONS)
        with striking(Strike(looks_like=BUILD, blow=refusing(number))):
            assert change.apply() == Completed()
    ledger.check()
    assert "KEY `note` (`note`)" in database.query("SHOW CREATE TABLE ledger")[0][1]


@pytest.mark.long
def test_an_index_that_is_never_built_is_not_called_a_duplicate(database: Database) -> None:
    Ledger(database, seed=0, rows=50)
    change = bench(database, ("ledger", CHANGED), options=OPTIONS)
    first = Strike(looks_like=BUILD, blow=refusing(1859))
    with striking(first), striking(Strike(looks_like=BUILD, blow=refusing(1859))):
        outcome = change.apply()
    assert isinstance(outcome, Permanent), outcome
    assert outcome.error.code == "statement_rejected"
    assert change.again().apply() == Completed()


def test_rows_are_compared_while_an_index_is_built(database: Database) -> None:
    ledger = Ledger(database, seed=0, rows=300)
    change = bench(database, ("ledger", CHANGED), options=OPTIONS)

    def wait(driver: "Connection[Cursor]") -> None:
        del driver
        change.until(lambda task: task.phase == "index" and task.rows_verified == 300)

    with striking(Strike(looks_like=BUILD, blow=wait)):
        assert change.apply() == Completed()
    ledger.check()


@pytest.mark.long
def test_a_row_that_ddl_keeps_from_being_compared_is_compared_later(database: Database) -> None:
    ledger = Ledger(database, seed=0, rows=300)
    change = bench(database, ("ledger", CHANGED), options=OPTIONS)
    keeping = Event()

    def keep(driver: "Connection[Cursor]") -> None:
        """The shadow is somebody else's for longer than a session waits for it."""
        del driver
        (shadow,) = (name for name in leftover_tables(database) if name.endswith("_n"))
        with closing(database.connect()) as session, session.cursor() as cursor:
            cursor.execute(f"LOCK TABLES `{shadow}` WRITE")
            keeping.wait(4)

    with striking(Strike(looks_like=BUILD, blow=keep)):
        assert change.apply() == Completed()
    assert change.engine.progress()[0].rows_verified == 300
    ledger.check()


@contextmanager
def shadow_read(database: Database) -> Iterator[Blow]:
    """Somebody begins to read the shadow at that moment and keeps it: its build can't end."""
    with closing(database.connect(autocommit=False)) as session:

        def read(driver: "Connection[Cursor]") -> None:
            del driver
            (shadow,) = (name for name in leftover_tables(database) if name.endswith("_n"))
            assert re.fullmatch(r"\w+", shadow)
            with session.cursor() as cursor:
                cursor.execute(f"SELECT COUNT(*) FROM {shadow}")  # noqa: S608  # a name of ours

        yield read


def test_a_stop_ends_the_build(database: Database) -> None:
    Ledger(database, seed=0, rows=50)
    change = bench(database, ("ledger", CHANGED), options=OPTIONS)
    change.run = replace(change.run, session={"lock_wait_timeout": "60"})
    with shadow_read(database) as read, striking(Strike(looks_like=BUILD, blow=read)):
        with change.running():
            change.until(lambda task: task.phase == "index")
            begun = monotonic()
            change.engine.stop(StopKind.STOP)
        assert change.outcome == Stopped(), change.outcome
        assert monotonic() - begun < STOPS_WITHIN
    assert change.again().apply() == Completed()
