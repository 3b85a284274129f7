"""The bridge between the event loop and threads."""

import subprocess
import sys
import threading
from datetime import timedelta

import anyio

from schemabot.offload import EXIT_TOO_LATE, Companion, LoopDoor, Offload


async def test_a_call_runs_on_another_thread() -> None:
    assert await Offload("storage", limit=1).run(threading.get_ident) != threading.get_ident()


async def test_no_more_calls_run_at_once_than_the_limit() -> None:
    threads, lock = Offload("storage", limit=2), threading.Lock()
    together = threading.Barrier(2)
    running, most = 0, 0

    def call() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        together.wait(5)
        with lock:
            running -= 1

    async with anyio.create_task_group() as group:
        for _ in range(6):
            group.start_soon(threads.run, call)
    assert most == 2


async def test_a_cancelled_caller_still_gets_the_result_of_its_call() -> None:
    """A claim or a commit that happened must not be forgotten."""
    begun, go_on = anyio.Event(), threading.Event()
    door, kept = LoopDoor(), []

    def call() -> str:
        door.call(begun.set)
        go_on.wait(5)
        return "committed"

    async def caller() -> None:
        kept.append(await Offload("storage", limit=1).run(call))

    async with anyio.create_task_group() as group:
        group.start_soon(caller)
        await begun.wait()
        group.cancel_scope.cancel()
        go_on.set()
    assert kept == ["committed"]


async def test_a_thread_reaches_the_loop_without_waiting_for_it() -> None:
    door, came = LoopDoor(), anyio.Event()
    companion = Companion("knocker", lambda: door.call(came.set), ask_to_stop=lambda: None)
    companion.start()
    with anyio.fail_after(5):
        await came.wait()
    assert await Offload("join", limit=1).run(companion.stop, within=timedelta(seconds=5))


def test_a_companion_ends_when_it_is_asked_to() -> None:
    stopping = threading.Event()

    def body() -> None:
        stopping.wait(30)

    companion = Companion("waiter", body, ask_to_stop=stopping.set)
    companion.start()
    assert companion.stop(within=timedelta(seconds=5))


def test_a_process_that_hangs_ends_at_its_exit_deadline() -> None:
    hang = (
        "import threading; from datetime import timedelta; "
        "from schemabot.offload import ExitDeadline; "
        "ExitDeadline().set(timedelta(seconds=0.2)); threading.Event().wait(60)"
    )
    ended = subprocess.run(  # noqa: S603 (our own text)
        [sys.executable, "-c", hang], check=False, timeout=20, capture_output=True
    )
    assert ended.returncode == EXIT_TOO_LATE
    assert b"shutdown took longer" in ended.stderr
