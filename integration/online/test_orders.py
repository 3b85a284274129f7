"""Stop, start, cancel, a held cutover, volume: what a run is asked while it goes on."""

from dataclasses import replace

import pytest

from integration.databases import Database, leftover_tables
from integration.online.victim import OPTIONS
from integration.online.workbench import Bench, bench
from tern.engine.online.chunk_sizing import SizeLimits
from tern.engine.port import CutoverOrder, StopKind
from tern.errors import WrongState
from tern.values.progress import TaskProgress, TaskStatus
from tern.values.run import Completed, EndState, Stopped

CREATE = "CREATE TABLE item (id INT PRIMARY KEY AUTO_INCREMENT, amount INT, KEY (amount))"
CHANGE = "ALTER TABLE `item` MODIFY COLUMN `amount` BIGINT"
SLOW = replace(OPTIONS, volume=1, chunk=SizeLimits(start=10, least=10, most=10))


@pytest.fixture
def item(database: Database) -> Database:
    database.query(CREATE)
    database.query("INSERT INTO item (amount) VALUES " + ", ".join(f"({n})" for n in range(5000)))  # noqa: S608  # texts of ours
    return database


def slow(item: Database) -> Bench:
    return bench(item, ("item", CHANGE), options=SLOW)


def has_copied_some(task: TaskProgress) -> bool:
    return task.rows_copied > 100


def is_held(task: TaskProgress) -> bool:
    return task.ready


def test_a_stopped_run_goes_on_where_it_was(item: Database) -> None:
    with slow(item).running() as change:
        change.until(has_copied_some)
        change.engine.stop(StopKind.STOP)
    assert change.outcome == Stopped()
    item.query("UPDATE item SET amount = -1 WHERE id IN (1, 4999)")
    item.query("DELETE FROM item WHERE id IN (2, 4998)")
    again = replace_options(change.again())
    with again.running():
        again.until(has_copied_some)
    assert again.outcome == Completed()
    assert item.query("SELECT COUNT(*), SUM(amount = -1) FROM item") == [(4998, 2)]


def replace_options(change: Bench) -> Bench:
    return Bench(change.database, change.run, OPTIONS)


def test_a_cancelled_run_leaves_nothing(item: Database) -> None:
    with slow(item).running() as change:
        change.until(has_copied_some)
        change.engine.stop(StopKind.CANCEL)
    assert change.outcome == Completed(end=EndState.CANCELLED)
    assert leftover_tables(item) == []
    assert "bigint" not in item.query("SHOW CREATE TABLE item")[0][1]


def test_a_stopped_run_can_be_cancelled_later(item: Database) -> None:
    with slow(item).running() as change:
        change.until(has_copied_some)
        change.engine.stop(StopKind.STOP)
    assert leftover_tables(item) != []
    again = change.again()
    assert again.engine.has_checkpoint(again.run)
    again.engine.stop(StopKind.CANCEL)
    assert again.apply() == Completed(end=EndState.CANCELLED)
    assert leftover_tables(item) == []


def test_a_held_cutover_waits_for_its_order(item: Database) -> None:
    with bench(item, ("item", CHANGE), options=OPTIONS, defer_cutover=True).running() as change:
        change.until(is_held)
        assert change.engine.progress()[0].status is TaskStatus.WAITING_FOR_CUTOVER
        item.query("INSERT INTO item (amount) VALUES (77)")
        assert "bigint" not in item.query("SHOW CREATE TABLE item")[0][1]
        change.engine.cutover(CutoverOrder.GO)
    assert change.outcome == Completed()
    assert item.query("SELECT COUNT(*), MAX(id) FROM item WHERE amount = 77") == [(2, 5001)]


def test_an_order_to_cut_over_is_refused_before_its_time(item: Database) -> None:
    with slow(item).running() as change:
        change.until(has_copied_some)
        with pytest.raises(WrongState):
            change.engine.cutover(CutoverOrder.GO)
        change.engine.stop(StopKind.CANCEL)


def test_an_order_can_be_taken_back_while_a_blocker_delays_it(item: Database) -> None:
    with bench(item, ("item", CHANGE), options=OPTIONS, defer_cutover=True).running() as change:
        change.until(is_held)
        session = item.connect(autocommit=False)
        session.cursor().execute("SELECT * FROM item LIMIT 1")
        change.engine.cutover(CutoverOrder.GO)
        change.until(lambda task: task.cutover_attempts > 0)
        change.engine.cutover(CutoverOrder.TAKE_BACK)
        session.close()
        change.until(is_held)
        assert "bigint" not in item.query("SHOW CREATE TABLE item")[0][1]
        change.engine.cutover(CutoverOrder.GO)
    assert change.outcome == Completed()


def test_a_held_cutover_survives_a_stop(item: Database) -> None:
    with bench(item, ("item", CHANGE), options=OPTIONS, defer_cutover=True).running() as change:
        change.until(is_held)
        change.engine.stop(StopKind.STOP)
    assert change.outcome == Stopped()
    with change.again().running() as again:
        again.until(is_held)
        again.engine.cutover(CutoverOrder.GO)
    assert again.outcome == Completed()


def test_a_new_volume_acts_while_the_copy_runs(item: Database) -> None:
    slowest = replace(SLOW, chunk=SizeLimits(start=10, least=10, most=100_000))
    with bench(item, ("item", CHANGE), options=slowest).running() as change:
        change.until(has_copied_some)
        assert change.engine.volume(11) == 1
    assert change.outcome == Completed()


def test_the_counter_goes_on_where_it_was(item: Database) -> None:
    item.query("INSERT INTO item (id, amount) VALUES (9000, 1)")
    item.query("DELETE FROM item WHERE id = 9000")
    assert bench(item, ("item", CHANGE), options=OPTIONS).apply() == Completed()
    item.query("INSERT INTO item (amount) VALUES (1)")
    assert item.query("SELECT MAX(id) FROM item") == [(9001,)]


def test_a_table_that_is_as_desired_is_left_alone(item: Database) -> None:
    change = bench(item, ("item", CHANGE), options=OPTIONS)
    item.query(CHANGE)
    assert change.apply() == Completed()
