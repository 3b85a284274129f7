"""A thread that does not come back in time is broken off, on the server as well (E-61)."""

from time import monotonic

import pytest
from pymysql.connections import Connection
from pymysql.cursors import Cursor

from integration.databases import Database
from integration.online.ledger import CHANGED, Ledger
from integration.online.strikes import RANGE, REPLAY, Strike, striking
from integration.online.victim import OPTIONS
from integration.online.workbench import bench
from tern.engine.port import StopKind
from tern.values.run import Completed, Stopped

SLEEP = "SELECT SLEEP(77)"
STOPS_WITHIN = 40.0
"""Far less than the statement would take."""


def sleep(driver: "Connection[Cursor]") -> None:
    driver.query(SLEEP)


def sleepers(database: Database) -> int:
    sql = "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO = %s"
    return int(database.query(sql, SLEEP)[0][0])


@pytest.mark.long
def test_a_stop_does_not_wait_for_a_copier_s_long_statement(database: Database) -> None:
    Ledger(database, seed=0, rows=700)
    change = bench(database, ("ledger", CHANGED), options=OPTIONS)
    with striking(Strike(looks_like=RANGE, blow=sleep)):
        with change.running():
            change.until(lambda _: sleepers(database) == 1)
            begun = monotonic()
            change.engine.stop(StopKind.STOP)
        assert change.outcome == Stopped(), change.outcome
        assert monotonic() - begun < STOPS_WITHIN
    assert sleepers(database) == 0
    assert change.again().apply() == Completed()


@pytest.mark.long
def test_a_stop_does_not_wait_for_a_replayer_s_long_statement(database: Database) -> None:
    ledger = Ledger(database, seed=0, rows=700)
    with ledger.written():
        change = bench(database, ("ledger", CHANGED), options=OPTIONS)
        with striking(Strike(looks_like=REPLAY, blow=sleep)):
            with change.running():
                change.until(lambda _: sleepers(database) == 1)
                change.engine.stop(StopKind.STOP)
            assert change.outcome == Stopped(), change.outcome
        assert sleepers(database) == 0
    assert change.again().apply() == Completed()
    ledger.check()
