"""A volume is what the table of volumes says, at once, while the copy runs (E-63)."""

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from threading import Event
from time import monotonic

import pytest

from integration.databases import Database
from integration.online.victim import OPTIONS
from integration.online.workbench import Bench, bench
from tern.engine.online.chunk_sizing import SizeLimits
from tern.engine.port import StopKind

CHANGE = "ALTER TABLE `item` MODIFY COLUMN `amount` BIGINT"
SLOW = replace(OPTIONS, volume=1, chunk=SizeLimits(start=10, least=10, most=10))
SECONDS = 1.0
PATIENCE_SECONDS = 30


@pytest.fixture
def change(database: Database) -> Iterator[Bench]:
    # No AUTO_INCREMENT: with that, MariaDB lets one copier at a time insert (E-19).
    database.query("CREATE TABLE item (id INT PRIMARY KEY, amount INT)")
    rows = ", ".join(f"({n}, {n})" for n in range(80_000))
    database.query(f"INSERT INTO item VALUES {rows}")  # noqa: S608  # texts of ours
    with bench(database, ("item", CHANGE), options=SLOW).running() as change:
        change.until(lambda task: task.rows_copied > 0)
        yield change
        change.engine.stop(StopKind.CANCEL)


def workers(change: Bench) -> tuple[int, int]:
    """Copiers and replayers at work now."""
    names = [thread.name for thread in threading.enumerate()]
    prefix = f"online:{change.run.change_id}"
    return tuple(
        sum(name.startswith(f"{prefix}:{role}-") for name in names) for role in ("copy", "replay")
    )  # type: ignore[return-value]  # two of two


def sessions(change: Bench) -> int:
    """All sessions on the server."""
    with closing(change.database.connect()) as session, session.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM information_schema.PROCESSLIST")
        found = cursor.fetchone()
    return int(found[0]) if found else 0


def seconds_until(change: Bench, wanted: tuple[int, int]) -> float:
    begun = monotonic()
    while workers(change) != wanted:
        assert monotonic() - begun < PATIENCE_SECONDS, workers(change)
        Event().wait(0.02)
    return monotonic() - begun


def test_threads_come_and_go_as_the_volume_says(change: Bench) -> None:
    assert seconds_until(change, (1, 1)) < PATIENCE_SECONDS
    took = []
    for volume, wanted in ((3, (4, 4)), (11, (32, 16)), (1, (1, 1))):
        change.engine.volume(volume)
        took.append(seconds_until(change, wanted))
    # A thread that is at a statement ends it first, so the median tells, not the worst.
    assert sorted(took)[1] < SECONDS, took
    assert change.outcome is None


def test_every_thread_has_a_session_of_its_own(change: Bench) -> None:
    seconds_until(change, (1, 1))
    before = sessions(change)
    change.engine.volume(3)
    deadline = monotonic() + PATIENCE_SECONDS
    while sessions(change) < before + 6:
        assert monotonic() < deadline
        Event().wait(0.05)


def test_a_low_volume_rests_and_a_high_one_does_not(change: Bench) -> None:
    slow = rows_in(change, seconds=1.5)
    change.engine.volume(3)
    seconds_until(change, (4, 4))
    assert rows_in(change, seconds=1.5) > 1.5 * slow
    change.engine.volume(1)
    seconds_until(change, (1, 1))
    change.until(lambda task: task.volume == 1)


def rows_in(change: Bench, *, seconds: float) -> int:
    before = change.engine.progress()[0].rows_copied
    Event().wait(seconds)
    return change.engine.progress()[0].rows_copied - before
