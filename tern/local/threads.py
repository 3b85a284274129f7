"""The data plane's one bridge from the event loop to threads: bounded, named, stoppable, joined.

A call awaits its thread. When the awaiting task is cancelled, the work is told to stop and then
waited for, because a cancelled drive must be off its target before it is gone. That wait is
bounded: a thread that does not end in time is left behind, said so in the log, and keeps its place
among the counted ones until it does end.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Thread
from typing import Generic, TypeVar

from anyio import CancelScope, CapacityLimiter, Event, RunFinishedError, from_thread, move_on_after
from anyio.lowlevel import EventLoopToken, checkpoint, current_token

T = TypeVar("T")

DEFAULT_LIMIT = 64
JOIN_WITHIN = timedelta(seconds=10)

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Job(Generic[T]):
    """One function on its way through a thread."""

    function: Callable[[], T]
    token: EventLoopToken
    limiter: CapacityLimiter
    ended: Event = field(default_factory=Event)
    result: list[T] = field(default_factory=list)
    error: BaseException | None = None

    def run(self) -> None:
        """On the thread: call, keep what came of it, tell the loop."""
        try:
            self.result.append(self.function())
        except BaseException as error:  # noqa: BLE001  # it is raised where the call is awaited
            self.error = error
        with suppress(RunFinishedError):
            from_thread.run_sync(self._end, token=self.token)

    def answer(self) -> T:
        """What the function returned, or the error it raised."""
        if self.error is not None:
            raise self.error
        return self.result[0]

    def _end(self) -> None:
        self.limiter.release_on_behalf_of(self)
        self.ended.set()


class Threads:
    """At most so many threads at a time; further calls wait for their turn."""

    def __init__(self, *, limit: int = DEFAULT_LIMIT, join_within: timedelta = JOIN_WITHIN) -> None:
        self._limiter = CapacityLimiter(limit)
        self._join_within = join_within

    async def call(
        self, function: Callable[[], T], *, name: str, stop: Callable[[], None] | None = None
    ) -> T:
        """The function's result, from a thread of this name that has ended when this returns.

        When the call is cancelled, `stop` is called on the event loop; it must return quickly and
        make the function end soon.
        """
        job = _Job(function=function, token=current_token(), limiter=self._limiter)
        await self._limiter.acquire_on_behalf_of(job)
        thread = Thread(target=job.run, name=name, daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the process may have no more threads
            self._limiter.release_on_behalf_of(job)
            raise
        try:
            await job.ended.wait()
        finally:
            if not job.ended.is_set():
                await self._end(job, name, stop)
            if job.ended.is_set():
                await _join(thread)
        return job.answer()

    async def _end(self, job: _Job[T], name: str, stop: Callable[[], None] | None) -> None:
        """Have a cancelled call's thread end, and wait for it, as long as may be waited."""
        if stop is not None:
            stop()
        seconds = self._join_within.total_seconds()
        with CancelScope(shield=True), move_on_after(seconds):
            await job.ended.wait()
        if not job.ended.is_set():
            log.critical("thread %s did not end within %g s and is left behind", name, seconds)


async def _join(thread: Thread) -> None:
    """Wait for what is left of a thread whose work has ended, without blocking the loop."""
    with CancelScope(shield=True):
        while thread.is_alive():
            await checkpoint()
