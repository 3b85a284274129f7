"""What a run tells: estimated before, figures meanwhile, the score afterwards (E-64, E-66)."""

from collections.abc import Iterator
from dataclasses import replace
from threading import Event

import pytest

from integration.databases import Database, leftover_tables
from integration.online.victim import OPTIONS
from integration.online.workbench import Bench, bench
from integration.servers.program import Flavor
from tern.engine.online.chunk_sizing import SizeLimits
from tern.engine.port import StopKind
from tern.values.progress import Actual, TaskProgress
from tern.values.run import Completed, Permanent, Stopped

CHANGE = "ALTER TABLE `item` MODIFY COLUMN `amount` BIGINT"
SLOW = replace(OPTIONS, volume=1, chunk=SizeLimits(start=10, least=10, most=10))
ROWS = 6_000


@pytest.fixture
def rows() -> int:
    return ROWS


@pytest.fixture
def item(database: Database, rows: int) -> Database:
    database.query("CREATE TABLE item (id INT PRIMARY KEY AUTO_INCREMENT, amount INT)")
    values = ", ".join(f"({n})" for n in range(rows))
    database.query(f"INSERT INTO item (amount) VALUES {values}")  # noqa: S608  # texts of ours
    database.query("ANALYZE TABLE item")
    return database


def shown(change: Bench) -> TaskProgress:
    return change.engine.progress()[0]


def actual(change: Bench) -> Actual:
    found = shown(change).actual
    assert found is not None
    return found


@pytest.fixture
def slow(item: Database) -> Iterator[Bench]:
    """A slow copy under way; cancelled at the end."""
    with bench(item, ("item", CHANGE), options=SLOW).running() as change:
        change.until(lambda task: task.rows_copied > 200)
        yield change
        change.engine.stop(StopKind.CANCEL)


def test_a_copy_tells_how_far_it_is(slow: Bench) -> None:
    slow.until(lambda task: (task.rows_per_second or 0) > 0)
    task = shown(slow)
    assert task.rows_total is not None
    assert task.rows_total > ROWS / 2
    assert 0 < task.bytes_copied < int(task.detail["bytes_total"])
    assert task.percent is not None
    assert 0 < task.percent < 100
    assert task.volume == 1
    assert [phase.name for phase in task.phases] == ["copy"]
    assert task.phases[0].seconds > 0
    assert float(task.detail["checkpoint_age_seconds"]) < 30
    assert task.detail["chunk_rows"] == "10"
    is_latched = slow.database.server.flavor is Flavor.MARIADB
    assert ("innodb_autoinc_lock_mode is 1" in task.detail.get("notice", "")) is is_latched


def test_changed_keys_are_counted_in_and_out(slow: Bench) -> None:
    slow.database.query("UPDATE item SET amount = -1 WHERE id <= 100")
    slow.until(lambda task: task.detail["keys_written"] == "100")
    assert shown(slow).detail["keys_received"] == "100"
    assert float(shown(slow).detail["keys_written_per_second"]) > 0


@pytest.mark.parametrize("rows", [150_000])
def test_what_is_left_is_told_once_ten_seconds_were_measured(slow: Bench) -> None:
    assert shown(slow).eta_seconds is None
    seen: list[TaskProgress] = []

    def is_told(task: TaskProgress) -> bool:
        seen.append(task)
        return task.eta_seconds is not None

    slow.until(is_told)
    task = seen[-1]
    assert task.phase == "copy"
    assert task.phases[0].seconds > 9
    assert task.rows_total is not None
    assert task.rows_per_second is not None
    left = (task.rows_total - task.rows_copied) / task.rows_per_second
    assert task.eta_seconds is not None
    assert task.eta_seconds > left * 0.9


def test_a_change_is_scored_against_what_was_expected_of_it(item: Database) -> None:
    change = bench(item, ("item", CHANGE), options=OPTIONS)
    change = Bench(item, replace(change.run, copy_rates=(2e6, 2e6, 2e6)), OPTIONS)
    assert change.apply() == Completed()
    took = actual(change)
    assert took.rows == ROWS
    assert took.estimate is not None
    assert took.estimate.bytes == took.bytes > 0
    assert took.estimate.basis == "table statistics; history of 3 copies on this target"
    assert took.estimate.disk_needed_bytes is not None
    assert took.estimate.disk_needed_bytes > took.bytes
    assert took.peak_disk_bytes is not None
    assert took.peak_disk_bytes >= 16_384
    assert {"copy", "catch_up", "verify", "cutover"} <= took.phase_seconds.keys()
    assert took.seconds == pytest.approx(sum(took.phase_seconds.values()), abs=0.01)


def test_time_held_back_is_told_apart(item: Database) -> None:
    with bench(item, ("item", CHANGE), options=OPTIONS).running() as change:
        change.engine.pause()
        change.until(lambda task: task.throttle is not None)
        Event().wait(1)
        change.engine.resume()
    assert change.outcome == Completed()
    assert 1 <= actual(change).throttled_seconds <= actual(change).seconds


def test_the_time_of_an_earlier_run_counts_and_its_estimate_stays(item: Database) -> None:
    with bench(item, ("item", CHANGE), options=SLOW).running() as change:
        change.until(lambda task: task.rows_copied > 100)
        Event().wait(2)
        change.engine.stop(StopKind.STOP)
    assert change.outcome == Stopped()
    again = Bench(item, replace(change.again().run, copy_rates=(5.0,)), OPTIONS)
    assert again.apply() == Completed()
    assert actual(again).phase_seconds["copy"] > 1.5  # of the 2 s or more, up to its last look
    estimate = actual(again).estimate
    assert estimate is not None
    assert estimate.basis == "table statistics; no history of copies on this target"


def test_a_disk_without_room_is_refused_before_anything_is_touched(item: Database) -> None:
    options = replace(OPTIONS, free_space_sql="SELECT 1000")
    outcome = bench(item, ("item", CHANGE), options=options).apply()
    assert isinstance(outcome, Permanent)
    assert outcome.error.code == "disk"
    assert "0.0 MiB are free" in outcome.error.message
    assert leftover_tables(item) == []


def test_a_disk_with_room_is_no_obstacle(item: Database) -> None:
    options = replace(OPTIONS, free_space_sql="SELECT 1e12")
    assert bench(item, ("item", CHANGE), options=options).apply() == Completed()


def test_a_free_space_query_without_a_number_is_refused_by_name(item: Database) -> None:
    options = replace(OPTIONS, free_space_sql="SELECT 'plenty'")
    outcome = bench(item, ("item", CHANGE), options=options).apply()
    assert isinstance(outcome, Permanent)
    assert outcome.error.code == "free_space_sql"
    assert leftover_tables(item) == []


def test_tables_copied_together_share_the_time(item: Database) -> None:
    item.query("CREATE TABLE other LIKE item")
    item.query("INSERT INTO other SELECT * FROM item")
    other = "ALTER TABLE `other` MODIFY COLUMN `amount` BIGINT"
    change = bench(item, ("item", CHANGE), ("other", other), options=OPTIONS)
    assert change.apply() == Completed()
    both = [task.actual for task in change.engine.progress()]
    assert all(each is not None and each.rows == ROWS for each in both)
    seconds = [each.seconds for each in both if each is not None]
    assert len(seconds) == 2
    assert all(each > 0 for each in seconds)
