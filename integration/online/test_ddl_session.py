"""The DDL session is lost: all pauses, it is taken anew, and the run goes on or is over (E-60)."""

import pytest

from integration.databases import Database, leftover_tables
from integration.online.test_orders import CHANGE, CREATE, SLOW
from integration.online.victim import OPTIONS
from integration.online.workbench import Bench, bench
from tern.engine.fence.claimant import lock_name
from tern.engine.port import CutoverOrder, StopKind
from tern.values.run import Completed, EndState


@pytest.fixture
def item(database: Database) -> Database:
    database.query(CREATE)
    database.query("INSERT INTO item (amount) VALUES " + ", ".join(f"({n})" for n in range(5000)))  # noqa: S608  # texts of ours
    return database


def holder(database: Database) -> int | None:
    """The session that holds the target's named lock."""
    ((found,),) = database.query("SELECT IS_USED_LOCK(%s)", lock_name(database.name))
    return None if found is None else int(found)


def lose(change: Bench) -> None:
    """The session ends; the block is over when another one holds the lock."""
    lost = holder(change.database)
    change.database.query(f"KILL {lost}")
    change.until(lambda _: holder(change.database) not in {None, lost})


def test_a_copy_goes_on_over_another_session(item: Database) -> None:
    with bench(item, ("item", CHANGE), options=SLOW).running() as change:
        change.until(lambda task: task.rows_copied > 1000)
        lose(change)
        change.until(lambda task: task.rows_copied > 1000 and "interrupted" not in task.detail)
        assert change.engine.progress()[0].rows_copied < 5000
        change.engine.volume(11)
        item.query("UPDATE item SET amount = -1 WHERE id IN (1, 4999)")
    assert change.outcome == Completed()
    assert item.query("SELECT COUNT(*), SUM(amount = -1) FROM item") == [(5000, 2)]


def test_a_held_cutover_is_held_again(item: Database) -> None:
    with bench(item, ("item", CHANGE), options=OPTIONS, defer_cutover=True).running() as change:
        change.until(lambda task: task.ready)
        lose(change)
        change.until(lambda task: task.ready)
        change.engine.cutover(CutoverOrder.GO)
    assert change.outcome == Completed()
    assert "bigint" in item.query("SHOW CREATE TABLE item")[0][1]


def test_a_run_that_lost_it_to_a_newer_one_is_over(item: Database) -> None:
    change = bench(item, ("item", CHANGE), options=OPTIONS, defer_cutover=True)
    with change.running():
        change.until(lambda task: task.ready)
        again = change.again()
        with again.running():
            change.join()
            assert change.lost is not None, change.outcome
            again.until(lambda task: task.ready)
            again.engine.stop(StopKind.CANCEL)
    assert again.outcome == Completed(end=EndState.CANCELLED)
    assert leftover_tables(item) == []
