"""Observers: expected per target, bound and taken once, never in the way (Q-54)."""

from datetime import timedelta

import anyio
import pytest

from schemabot.domain.execution import Recorded
from schemabot.domain.states import ApplyState
from schemabot.scheduler.observers import KEPT_FOR, Feed, Observer, Observers, Picture
from schemabot.telemetry.span import Spans
from tests.support.work import a_target, an_execution


class Watcher:
    def __init__(self) -> None:
        self.pictures: list[Picture] = []

    async def __call__(self, picture: Picture) -> None:
        self.pictures.append(picture)


def a_picture(state: ApplyState = ApplyState.RUNNING) -> Picture:
    recorded = Recorded(state=state)
    return Picture(apply_id=an_execution().lease.apply_id, recorded=recorded, progress=None)


def test_an_expected_observer_is_bound_and_taken_once() -> None:
    observers, watcher, execution = Observers(), Watcher(), an_execution()
    observers.expect(a_target(), watcher)
    observers.bind(a_target(), execution.lease.apply_id)

    assert observers.take(execution) is watcher
    assert observers.take(execution) is None
    assert observers.waiting == 0


def test_a_refused_admission_leaves_no_observer() -> None:
    observers, execution = Observers(), an_execution()
    observers.expect(a_target(), Watcher())
    observers.discard(a_target())
    observers.bind(a_target(), execution.lease.apply_id)
    assert observers.take(execution) is None


@pytest.mark.parametrize("is_bound", [True, False])
def test_an_observer_that_nobody_takes_is_dropped_in_time(*, is_bound: bool) -> None:
    now = 0.0
    observers, execution = Observers(clock=lambda: now), an_execution()
    observers.expect(a_target(), Watcher())
    if is_bound:
        observers.bind(a_target(), execution.lease.apply_id)
    now = KEPT_FOR.total_seconds()
    assert observers.waiting == 0
    assert observers.take(execution) is None


def test_a_process_without_the_observer_makes_it_from_the_row() -> None:
    watcher = Watcher()
    made: Observer = watcher
    observers = Observers(rebuild=lambda _: made)
    assert observers.take(an_execution()) is watcher


async def test_the_newest_picture_wins_and_the_last_one_arrives() -> None:
    begun, go_on, seen = anyio.Event(), anyio.Event(), []

    async def slow(picture: Picture) -> None:
        seen.append(picture.recorded.state)
        begun.set()
        await go_on.wait()

    feed = Feed(slow, spans=Spans())
    async with anyio.create_task_group() as group:
        group.start_soon(feed.run)
        feed.show(a_picture(ApplyState.PENDING))
        await begun.wait()
        feed.show(a_picture(ApplyState.RUNNING))
        feed.show(a_picture(ApplyState.COMPLETED))
        feed.close()
        go_on.set()
    assert seen == [ApplyState.PENDING, ApplyState.COMPLETED]


@pytest.mark.parametrize("is_slow", [True, False])
async def test_an_observer_that_hangs_or_fails_hurts_nobody(*, is_slow: bool) -> None:
    calls = 0

    async def bad(_: Picture) -> None:
        nonlocal calls
        calls += 1
        if is_slow:
            await anyio.sleep_forever()
        raise ValueError

    feed = Feed(bad, spans=Spans(), call_limit=timedelta(milliseconds=20))
    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            group.start_soon(feed.run)
            feed.show(a_picture())
            await anyio.wait_all_tasks_blocked()
            feed.show(a_picture(ApplyState.COMPLETED))
            feed.close()
    assert calls in {1, 2}
