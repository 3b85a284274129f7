"""The life of a server process: all parts up, one signal drains them, a second ends it (C-41)."""

import os
import signal
import socket
from collections.abc import Callable, Coroutine
from datetime import timedelta

import anyio
import structlog
from anyio.abc import TaskStatus

from cli.exit_codes import ExitCode
from cli.processes.compose import ServerProcess
from cli.processes.http_server import HttpServer, url_of
from schemabot.offload import ExitDeadline

_log = structlog.stdlib.get_logger(__name__)

Beside = Callable[[], Coroutine[object, object, None]]

# Beyond the grace: leaving the registry, closing connections.
_LAST_MOMENTS = timedelta(seconds=5)


async def run_until_signalled(
    process: ServerProcess,
    *,
    grace: timedelta,
    server: HttpServer | None = None,
    bound: socket.socket | None = None,
    beside: Beside | None = None,
) -> ExitCode:
    """Run the workers, and HTTP where there is a server, until a signal has drained both.

    What is to run `beside` them begins with them and is cancelled when the draining begins.
    """
    asked, deadline = anyio.Event(), ExitDeadline()
    has_workers = process.parts.settings.queue.workers > 0
    async with anyio.create_task_group() as group:
        await group.start(_listen_for_signals, asked, deadline, grace, name="signals")
        await group.start(process.parts.services.after_commit.run, name="hooks")
        if has_workers:
            await group.start(process.waker.run, name="registry")
            await group.start(process.pool.run, name="workers")
        else:
            await group.start(process.waker.send, name="wakes")
        async with anyio.create_task_group() as serving:
            await serving.start(_keep_house, process, asked, beside, name="house")
            if server is not None and bound is not None:
                serving.start_soon(_serve, server, bound, asked, name="http")
                _log.info("process.listening", url=url_of(bound, process.parts.settings.server))
            _log.info("process.running", workers=process.parts.settings.queue.workers)
            await asked.wait()
            _log.info("process.draining", grace_seconds=grace.total_seconds())
            process.parts.closing.set()
            if server is not None:
                server.should_exit = True
            await process.pool.stop(grace=grace)
        group.cancel_scope.cancel()
    deadline.clear()
    _log.info("process.ended")
    return ExitCode.DONE


async def _keep_house(
    process: ServerProcess,
    asked: anyio.Event,
    beside: Beside | None,
    *,
    task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED,
) -> None:
    """What is cut off at the signal; in a scope of its own, so that the draining is not."""
    async with anyio.create_task_group() as house:
        await house.start(process.housekeeping.run, name="housekeeping")
        if beside is not None:
            house.start_soon(beside, name="beside")
        task_status.started()
        await asked.wait()
        house.cancel_scope.cancel()


async def _serve(server: HttpServer, bound: socket.socket, asked: anyio.Event) -> None:
    """HTTP until it is asked to end; should it end by itself, the process does too."""
    try:
        await server.serve(sockets=[bound])
    finally:
        asked.set()


async def _listen_for_signals(
    asked: anyio.Event,
    deadline: ExitDeadline,
    grace: timedelta,
    *,
    task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED,
) -> None:
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        task_status.started()
        async for _ in signals:
            if asked.is_set():
                os._exit(ExitCode.INTERRUPTED)
            deadline.set(grace + _LAST_MOMENTS)
            asked.set()
