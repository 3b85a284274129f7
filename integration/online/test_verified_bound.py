"""E-55: a comparison that was broken off goes on from its bound, with all that was still in doubt.

Whether a row was compared again shows in what the test did to it in the shadow meanwhile.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from integration.databases import Database
from integration.online.test_beginning import document
from integration.online.test_ddl_session import lose
from integration.online.victim import OPTIONS, Point, kill_at
from integration.online.workbench import Bench, bench
from tern.engine.online.chunk_sizing import SizeLimits
from tern.engine.port import CutoverOrder, StopKind
from tern.values.progress import TaskProgress
from tern.values.run import Completed, Stopped

ROWS = 1000
NEAR, FAR = 5, 995
COMPARISON = (
    "SELECT (SELECT COUNT(*) FROM `item` FORCE INDEX (`PRIMARY`) WHERE `id` >= ? AND `id` < ?),"
)
SMALL = replace(
    OPTIONS,
    chunk=SizeLimits(start=10, least=10, most=10),
    checkpoint_every=timedelta(0),
    sample_every=10**6,
)


@pytest.fixture
def change(database: Database) -> Bench:
    database.query("CREATE TABLE item (id INT PRIMARY KEY, v INT)")
    values = ", ".join(f"({n}, 1)" for n in range(1, ROWS + 1))
    database.query(f"INSERT INTO item VALUES {values}")  # noqa: S608  # the test's own
    ddl = "ALTER TABLE `item` MODIFY COLUMN `v` BIGINT"
    return bench(database, ("item", ddl), options=SMALL, defer_cutover=True)


def is_comparing(task: TaskProgress) -> bool:
    return task.phase == "verify"


def is_half_way(task: TaskProgress) -> bool:
    return is_comparing(task) and task.rows_verified > 200


def damage(change: Bench, *keys: int) -> None:
    ((shadow,),) = change.database.query("SHOW TABLES LIKE 'item%_n'")
    for key in keys:
        change.database.query(f"UPDATE `{shadow}` SET v = 2 WHERE id = {key}")  # noqa: S608


def stop_half_way(change: Bench, *, damaged: tuple[int, ...] = ()) -> None:
    with change.running():
        change.until(is_comparing)
        change.engine.volume(1)
        damage(change, *damaged)
        change.until(is_half_way)
        change.engine.stop(StopKind.STOP)
    assert change.outcome == Stopped()


def bound(change: Bench) -> int:
    """The first key that is not compared."""
    ((key,), rows) = map(document(change)["tables"]["item"]["verified"].get, ("bound", "rows"))
    assert rows == key - 1
    return int(key)


def differences_of_next(change: Bench) -> int:
    """How many rows the next run mends; it is carried to its end."""
    again = change.again()
    with again.running():
        again.until(lambda task: task.ready)
        assert again.engine.progress()[0].rows_verified == ROWS
        again.engine.cutover(CutoverOrder.GO)
    assert again.outcome == Completed()
    return again.engine.progress()[0].differences


def test_a_stopped_comparison_goes_on_from_its_bound(change: Bench) -> None:
    stop_half_way(change)
    assert NEAR < bound(change) < FAR
    damage(change, NEAR, FAR)
    assert differences_of_next(change) == 1
    assert change.database.query("SELECT id FROM item WHERE v = 2") == [(NEAR,)]


def test_a_killed_comparison_goes_on_from_its_bound(change: Bench) -> None:
    change.options = replace(SMALL, volume=1)
    kill_at(change, Point(shape=COMPARISON, is_after=True, number=80))
    assert NEAR < bound(change) < FAR
    damage(change, NEAR, FAR)
    change.options = SMALL
    assert differences_of_next(change) == 1


def test_a_comparison_goes_on_over_another_session(change: Bench) -> None:
    with change.running():
        change.until(is_comparing)
        change.engine.volume(1)
        change.until(is_half_way)
        assert NEAR < bound(change) < ROWS
        damage(change, NEAR)
        lose(change)
        change.until(lambda task: task.ready and "interrupted" not in task.detail)
        task = change.engine.progress()[0]
        assert (task.rows_verified, task.differences) == (ROWS, 0)
        change.engine.cutover(CutoverOrder.GO)
    assert change.outcome == Completed()


def test_what_was_in_doubt_is_settled_by_the_next_run(change: Bench) -> None:
    stop_half_way(change, damaged=(150,))
    assert bound(change) > 150
    assert document(change)["tables"]["item"]["verified"]["doubts"] == [[150]]
    assert differences_of_next(change) == 1
    assert change.database.query("SELECT SUM(v) FROM item") == [(ROWS,)]


def test_what_another_server_compared_is_compared_anew(change: Bench) -> None:
    stop_half_way(change)
    ((name,),) = change.database.query("SHOW TABLES LIKE 'item%_c'")
    began = document(change)["started_at"]
    text = f"UPDATE `{name}` SET doc = REPLACE(doc, '{began}', '{began - 60}') WHERE id = 1"  # noqa: S608
    change.database.query(text)
    damage(change, NEAR, FAR)
    assert differences_of_next(change) == 2


def test_what_an_earlier_run_mended_stays_counted(change: Bench) -> None:
    with change.running():
        change.until(is_comparing)
        change.engine.volume(1)
        damage(change, FAR)
        change.engine.volume(11)
        change.until(lambda task: task.ready)
        assert change.engine.progress()[0].differences == 1
        change.engine.stop(StopKind.STOP)
    assert differences_of_next(change) == 1
