"""What a run says, made durable under its lease: the Reporter of one drive (T-4, Q-45).

A change of state, an id or a settled request is written before the call returns. Rows and
percentages alone are written once a second at most; the newest ones wait here meanwhile and go with
the next write. So do an acceptance that brings no id and answers no request, and a sample in which
every task has ended: mostly the drive's end follows at once. While the storage is away calls wait
for it, as long as the lease is trusted.

Two things wait for the drive's end, to be stored in one transaction with it (Q-51): samples that
say `stopped`, and the settling of a stop or cancel. A crash in between would otherwise leave an
apply that nobody asks to stop any more, and that runs on.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import anyio

from schemabot.domain.execution import Recorded, Report
from schemabot.scheduler.queue import Queue
from schemabot.scheduler.signals import ENDING, DriveSignals
from schemabot.scheduler.trust import Trust
from tern.errors import LeaseLost, Transient
from tern.values.control import Settled, SettledResult, SignalKind
from tern.values.progress import LogLine, Progress, TaskStatus

PROGRESS_GAP = timedelta(seconds=1)
AFTER_OUTAGE_SECONDS = (0.1, 0.2, 0.5, 1.0)

_ENDED = frozenset({
    TaskStatus.COMPLETED,
    TaskStatus.FAILED,
    TaskStatus.REVERTED,
    TaskStatus.CANCELLED,
})
_AT_REST = frozenset({
    TaskStatus.WAITING_FOR_CUTOVER,
    TaskStatus.REVERT_WINDOW,
    TaskStatus.STOPPED,
    *_ENDED,
})

T = TypeVar("T")


class DriveReporter:
    """Writes reports one after the other; each is complete, so order is all that counts.

    Args:
        queue: Where reports go.
        trust: The lease that they are written under.
        on_report: Told of each stored report, for observers.
        signals: Whose requests are settled; acceptance settles a start (Q-52).
        progress_gap: Between writes that change no state.
    """

    def __init__(
        self,
        queue: Queue,
        trust: Trust,
        *,
        on_report: Callable[[Report, Recorded], None],
        signals: DriveSignals,
        progress_gap: timedelta = PROGRESS_GAP,
    ) -> None:
        self._queue = queue
        self._trust = trust
        self._on_report = on_report
        self._signals = signals
        self._gap = progress_gap.total_seconds()
        self._writing = anyio.Lock()
        self._waiting: Progress | None = None
        self._ending: list[Settled] = []
        self._is_acceptance_waiting = False
        self._sequence = -1
        self._statuses: Mapping[str, TaskStatus] = {}
        self._written_at = -self._gap
        self._advanced_at = time.monotonic()
        self._stopped_at: float | None = None
        self.is_accepted = False

    @property
    def says_stopped(self) -> bool:
        """Whether the newest sample has a stopped task."""
        return self._stopped_at is not None

    @property
    def stopped_for(self) -> timedelta:
        """How long samples have said so without a break."""
        since = self._stopped_at
        return timedelta(seconds=0 if since is None else time.monotonic() - since)

    @property
    def idle_for(self) -> timedelta:
        """How long the engine has made no advance, waits for people not counted."""
        return timedelta(seconds=time.monotonic() - self._advanced_at)

    async def accepted(self, external_id: str | None) -> None:
        """The target took the work on; that also answers a start request."""
        done = [Settled(request_id=i, result=SettledResult.DONE) for i in self._signals.starts]
        self._is_acceptance_waiting = True
        if done or external_id is not None:
            await self._write(Report(external_id=external_id, settled=tuple(done)))
        else:
            self._must_be_ours()
            self._written_at = time.monotonic()
        self.is_accepted = True

    async def remember(self, resume_metadata: Mapping[str, str]) -> None:
        """Store what the next run needs."""
        await self._write(Report(resume_metadata=resume_metadata))

    async def settled(self, settled: Settled) -> None:
        """Store how a signal ended; a pause has no request to settle."""
        kind = self._signals.kind_of(settled.request_id)
        if kind in ENDING and settled.result is SettledResult.DONE:
            self._ending.append(settled)
        elif kind is not SignalKind.PAUSE:
            await self._write(Report(settled=(settled,)))

    async def log(self, line: LogLine) -> None:
        """Store one line."""
        await self._write(Report(lines=(line,)))

    async def progress(self, progress: Progress) -> None:
        """Store the picture at once when a state changed, else within the gap."""
        if progress.sequence <= self._sequence:
            return
        self._sequence = progress.sequence
        if progress.advanced or all(task.status in _AT_REST for task in progress.tasks):
            self._advanced_at = time.monotonic()
        self._waiting = progress
        self._must_be_ours()
        self._note_stopped(progress)
        statuses = _statuses(progress)
        has_ended = _ENDED.issuperset(statuses.values())
        if not self.says_stopped and not has_ended and statuses != self._statuses:
            await self._write(Report())

    async def flush(self) -> None:
        """Write the waiting progress once the gap has passed; an outage leaves it waiting."""
        is_due = time.monotonic() - self._written_at >= self._gap
        is_waiting = self._waiting is not None and not self.says_stopped
        if is_due and (is_waiting or self._is_acceptance_waiting):
            with suppress(Transient):
                await self._write_once(Report())

    def last_words(self) -> Report:
        """What was not written yet, for the drive's last write."""
        return Report(
            progress=self._waiting,
            settled=tuple(self._ending),
            accepted=self._is_acceptance_waiting,
        )

    async def _write(self, report: Report) -> None:
        await through_outages(lambda: self._write_once(report), self._trust)

    async def _write_once(self, report: Report) -> None:
        async with self._writing:
            self._must_be_ours()
            progress = None if self.says_stopped else self._waiting
            accepted = self._is_acceptance_waiting
            report = replace(report, progress=progress, accepted=accepted)
            if report == Report():  # written meanwhile, together with another report
                return
            recorded = await self._queue.record(self._trust.lease, report)
            self._is_acceptance_waiting &= not accepted
            self._note_written(progress)
        self._signals.offer(recorded.orders)
        self._on_report(report, recorded)

    def _note_written(self, progress: Progress | None) -> None:
        if progress is None:
            return
        self._written_at = time.monotonic()
        self._statuses = _statuses(progress)
        if self._waiting is progress:
            self._waiting = None

    def _note_stopped(self, progress: Progress) -> None:
        if TaskStatus.STOPPED not in _statuses(progress).values():
            self._stopped_at = None
        elif self._stopped_at is None:
            self._stopped_at = time.monotonic()

    def _must_be_ours(self) -> None:
        if self._trust.lost is not None:
            raise LeaseLost(subject=self._trust.lease.apply_id, reason=self._trust.lost)


def _statuses(progress: Progress) -> dict[str, TaskStatus]:
    return {task.task_id: task.status for task in progress.tasks}


async def through_outages(call: Callable[[], Awaitable[T]], trust: Trust) -> T:
    """What the call returns, once storage answers; for as long as the lease is trusted.

    Raises:
        LeaseLost: the trust ended first, or the call said so.
    """
    failures = 0
    while True:
        try:
            return await call()
        except Transient as error:
            if trust.lost is not None:
                raise LeaseLost(subject=trust.lease.apply_id, reason=trust.lost) from error
        await anyio.sleep(AFTER_OUTAGE_SECONDS[min(failures, len(AFTER_OUTAGE_SECONDS) - 1)])
        failures += 1
