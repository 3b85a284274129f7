"""E-18: a key that was refused for long is shown with the session that holds it."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from pymysql.connections import Connection
from pymysql.cursors import Cursor

from integration.databases import Database
from integration.online.workbench import QUICK, Bench, bench
from tern.engine.port import CutoverOrder
from tern.values.run import Completed

SOON = replace(QUICK, name_blocker_after=timedelta(seconds=1), replay_linger=timedelta(seconds=1))


@pytest.fixture
def change(database: Database) -> Bench:
    database.query("CREATE TABLE item (id INT PRIMARY KEY, v INT)")
    database.query("INSERT INTO item VALUES (1, 1), (2, 2), (3, 3)")
    ddl = "ALTER TABLE `item` MODIFY COLUMN `v` BIGINT"
    return bench(database, ("item", ddl), options=SOON, defer_cutover=True)


def session(holder: "Connection[Cursor]") -> str:
    """How progress begins to name it."""
    number: int = holder.thread_id()  # type: ignore[no-untyped-call]  # the driver's own
    return f"session {number} ("


def test_who_holds_a_row_that_is_to_be_copied_is_named(change: Bench) -> None:
    with closing(change.database.connect(autocommit=False)) as holder:
        holder.query("UPDATE item SET v = 20 WHERE id = 2")
        with change.running():
            words = session(holder)
            change.until(lambda task: words in task.detail.get("blocked_by", ""))
            holder.commit()
            change.until(lambda task: task.ready and "blocked_by" not in task.detail)
            change.engine.cutover(CutoverOrder.GO)
    assert change.outcome == Completed()


def test_who_holds_a_changed_row_is_named(change: Bench) -> None:
    with closing(change.database.connect(autocommit=False)) as holder, change.running():
        change.until(lambda task: task.ready)
        change.database.query("UPDATE item SET v = 20 WHERE id = 2")
        holder.query("UPDATE item SET v = 30 WHERE id = 2")
        words = session(holder)
        change.until(lambda task: words in task.detail.get("blocked_by", ""))
        holder.commit()
        change.until(lambda task: "blocked_by" not in task.detail)
        change.engine.cutover(CutoverOrder.GO)
    assert change.outcome == Completed()
