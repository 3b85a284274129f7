"""The bridge to threads: bounded, named, stoppable, joined."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import anyio
import pytest

from tern.local.threads import Threads


@pytest.fixture(autouse=True)
def no_thread_stays() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


async def test_a_call_gives_what_the_function_returns_from_a_thread_of_that_name() -> None:
    name = await Threads().call(lambda: threading.current_thread().name, name="tern:x")
    assert name == "tern:x"


async def test_an_error_of_the_function_is_raised_where_the_call_is_awaited() -> None:
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await Threads().call(fail, name="x")


async def test_no_more_run_at_a_time_than_the_limit() -> None:
    threads = Threads(limit=2)
    running: list[int] = []
    most: list[int] = []
    gate = threading.Barrier(2, timeout=10)

    def work() -> None:
        running.append(1)
        most.append(len(running))
        gate.wait()
        running.pop()

    async with anyio.create_task_group() as group:
        for _ in range(4):
            group.start_soon(_call, threads, work)
    assert max(most) == 2


async def test_a_cancelled_call_stops_the_work_and_waits_for_its_end() -> None:
    stop, ended = threading.Event(), threading.Event()

    def work() -> None:
        stop.wait(10)
        ended.set()

    with anyio.move_on_after(0.05):
        await Threads().call(work, name="x", stop=stop.set)
    assert ended.is_set()


async def test_a_thread_that_does_not_end_is_left_and_said_and_keeps_its_place(
    caplog: pytest.LogCaptureFixture,
) -> None:
    release = threading.Event()
    threads = Threads(limit=1, join_within=timedelta(milliseconds=50))
    with anyio.move_on_after(0.05):
        await threads.call(lambda: release.wait(10), name="stubborn")
    assert "stubborn" in caplog.text
    with anyio.move_on_after(0.05) as scope:
        await threads.call(lambda: None, name="next")
    assert scope.cancelled_caught
    release.set()
    with anyio.fail_after(10):
        assert await threads.call(lambda: 7, name="next") == 7


async def _call(threads: Threads, work: object) -> None:
    assert callable(work)
    await threads.call(work, name="x")
