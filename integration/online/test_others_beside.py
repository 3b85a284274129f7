"""Other sessions that come in between: what they hold, and how they write (E-78)."""

from contextlib import closing

import pytest
from pymysql.connections import Connection
from pymysql.cursors import Cursor

from integration.databases import Database
from integration.online.ledger import CHANGED, Ledger
from integration.online.strikes import LOCK, Blow, Strike, striking
from integration.online.test_refusals import CREATE, held
from integration.online.victim import OPTIONS
from integration.online.workbench import bench
from tern.engine.port import CutoverOrder
from tern.values.run import Completed, Waiting


@pytest.fixture
def item(database: Database) -> Database:
    database.query(CREATE)
    rows = ", ".join(f"({n})" for n in range(2000))
    database.query(f"INSERT INTO item (amount) VALUES {rows}")  # noqa: S608  # texts of ours
    return database


def reading(session: "Connection[Cursor]") -> Blow:
    """The session begins to read the table, in a transaction that stays."""

    def read(driver: object) -> None:
        del driver
        session.query("SELECT 1 FROM ledger LIMIT 1")

    return read


@pytest.mark.long
def test_a_blocker_that_comes_after_the_look_is_waited_for(database: Database) -> None:
    ledger = Ledger(database, seed=1, rows=300)
    change = bench(database, ("ledger", CHANGED), options=OPTIONS)
    with closing(database.connect(autocommit=False)) as session:
        read = Strike(looks_like=LOCK, blow=reading(session))
        with striking(read), change.running():
            change.until(lambda task: task.cutover_attempts > 1)
            session.rollback()
    assert change.outcome == Completed()
    ledger.check()


def test_another_change_of_the_schema_waits(item: Database) -> None:
    other = held(item)
    with held(item).running() as change:
        change.until(lambda task: task.ready)
        outcome = other.apply()
        assert isinstance(outcome, Waiting), outcome
        assert change.outcome is None
        change.engine.cutover(CutoverOrder.GO)
    assert change.outcome == Completed()


def test_writes_logged_with_their_key_alone_are_followed(item: Database) -> None:
    with held(item).running() as change:
        change.until(lambda task: task.ready)
        with closing(item.connect()) as session:
            for sql in (
                "SET SESSION binlog_row_image = MINIMAL",
                "UPDATE item SET amount = -1 WHERE id IN (3, 1999)",
                "UPDATE item SET id = 5000 WHERE id = 4",
                "DELETE FROM item WHERE id = 5",
                "INSERT INTO item (id, amount) VALUES (6000, -1)",
            ):
                session.query(sql)
        change.engine.cutover(CutoverOrder.GO)
    assert change.outcome == Completed()
    assert change.engine.progress()[0].differences == 0
    found = item.query("SELECT id FROM item WHERE id IN (4, 5) OR id > 4000 OR amount = -1")
    assert sorted(key for (key,) in found) == [3, 1999, 5000, 6000]
