"""One claimed apply, from its lease to a durable outcome (Q-39 to Q-45, Q-51, Q-52).

First runs, resumes, starts and retries are the same: the Tern finds out what is done. The drive
adds what belongs to the control plane: the lease that fences it, the signals, durable reports, the
stall limit, and the one write that ends it.
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import anyio
import structlog
from anyio import CancelScope

from schemabot.domain.errors import RunStalled
from schemabot.domain.execution import (
    DriveEnd,
    Execution,
    HandedBack,
    Recorded,
    Refused,
    Report,
    Unreachable,
)
from schemabot.domain.states import ApplyState
from schemabot.offload import LoopDoor
from schemabot.periodic import Pace, run_periodically
from schemabot.scheduler.heartbeat import Heartbeat
from schemabot.scheduler.outcomes import end_of_error, end_of_outcome
from schemabot.scheduler.queue import Queue
from schemabot.scheduler.reporter import DriveReporter, through_outages
from schemabot.scheduler.signals import DriveSignals
from schemabot.scheduler.trust import Trust
from tern.client import Tern
from tern.errors import (
    Conflict,
    InvalidRequest,
    LeaseLost,
    SchemaBotError,
    ServerUnavailable,
)
from tern.values.control import Settled, SettledResult, SignalKind
from tern.values.progress import LogLine
from tern.values.run import Outcome, Permanent, Retryable, Stopped, Unknown, Waiting
from tern.values.target import Target

_log = structlog.stdlib.get_logger(__name__)

_LOOKS_PER_GAP = 4
"""How often a drive sees whether something waits to be written, so that it waits little longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveLimits:
    """`queue.stall.*`, `queue.control.start_grace`, and what follows from them.

    Attributes:
        stall_report: Without an advance for so long, the apply's log says so.
        stall_limit: Then it is brought to rest at a checkpoint and retried later.
        pause_patience: How long that may take before the run is cut off.
        start_grace: How long a started apply may go on saying that it is stopped.
        progress_gap: Between writes of progress that change no state.
    """

    stall_report: timedelta = timedelta(minutes=5)
    stall_limit: timedelta = timedelta(minutes=30)
    pause_patience: timedelta = timedelta(seconds=30)
    start_grace: timedelta = timedelta(seconds=30)
    progress_gap: timedelta = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A drive's end as it was stored."""

    end: DriveEnd
    report: Report
    recorded: Recorded


class Drive:
    """Carries one execution out; used once.

    Args:
        execution: As claimed.
        tern_for: The Tern that serves its target; raises when there is none (Q-19).
        queue: Where reports and the outcome go.
        heartbeat: Keeps the lease meanwhile.
        trust: The lease, as held by the heartbeat.
        signals: What is asked of the run; the heartbeat feeds it.
    """

    def __init__(  # noqa: PLR0913 (its parts, all by name)
        self,
        execution: Execution,
        *,
        tern_for: Callable[[Target], Tern],
        queue: Queue,
        heartbeat: Heartbeat,
        trust: Trust,
        signals: DriveSignals,
        limits: DriveLimits,
        on_report: Callable[[Report, Recorded], None],
    ) -> None:
        self._work = execution.work
        self._was_stopped = execution.state is ApplyState.STOPPED
        self._tern_for = tern_for
        self._queue = queue
        self._heartbeat = heartbeat
        self._trust = trust
        self._signals = signals
        self._limits = limits
        self._reporter = DriveReporter(
            queue, trust, signals=signals, on_report=on_report, progress_gap=limits.progress_gap
        )
        self._scope = CancelScope()
        self._forced: DriveEnd | None = None
        self._refusal: str | None = None
        self._is_shutdown = False
        self._is_stall_reported = False

    async def run(self) -> Ended | None:
        """Its stored end; None when the lease was lost, and nothing was stored."""
        end = await self._carry_out()
        if end is None or self._trust.lost is not None:
            return None
        return await self._store(end)

    async def hand_back(self) -> Ended | None:
        """Its stored end when it is given back without having been run."""
        return await self._store(HandedBack())

    def pause_for_shutdown(self) -> None:
        """Have the run come to rest at a checkpoint and hand the apply back (Q-58)."""
        self._is_shutdown = True
        self._signals.pause()

    async def _carry_out(self) -> DriveEnd | None:
        door = LoopDoor()
        self._trust.when_lost(lambda: door.call(self._scope.cancel))
        end: DriveEnd | None = None
        with self._scope:
            async with anyio.create_task_group() as group:
                group.start_soon(self._attend, name=f"attend {self._work.apply_id}")
                end = await self._run_tern()
                group.cancel_scope.cancel()
        if isinstance(end, Waiting | Stopped | HandedBack | None):
            return self._forced or end
        return end

    async def _run_tern(self) -> DriveEnd | None:
        try:
            tern = self._tern_for(self._work.target)
        except SchemaBotError as error:
            return Refused(reason=error.message)
        try:
            outcome = await tern.run(
                self._work, fence=self._trust, signals=self._signals, report=self._reporter
            )
        except Exception as error:  # noqa: BLE001 (one drive is isolated from the others)
            return self._end_of(error)
        unreachable = self._unreachable(outcome)
        if unreachable is not None:
            return unreachable
        is_stopped = self._signals.was_given(SignalKind.STOP)
        return end_of_outcome(outcome, for_shutdown=self._is_shutdown and not is_stopped)

    def _unreachable(self, outcome: Outcome) -> Unreachable | None:
        """The outage, if the target never answered this run (Q-56)."""
        match outcome:
            case Retryable(error=ServerUnavailable() as error) if not self._reporter.is_accepted:
                return Unreachable(error=error)
            case _:
                return None

    def _end_of(self, error: Exception) -> DriveEnd | None:
        end = end_of_error(error, apply_id=self._work.apply_id)
        if isinstance(end, Retryable):
            return self._unreachable(end) or end
        if end is None:
            reason = error.reason if isinstance(error, LeaseLost) else str(error)
            self._heartbeat.lose(self._trust, reason)
        elif isinstance(end, Permanent) and end.error is not error:
            _log.exception("drive.crashed", exc_info=error)
        return end

    async def _attend(self) -> None:
        pace = Pace(interval=self._limits.progress_gap / _LOOKS_PER_GAP, jitter=0)
        await run_periodically(
            self._look_after, pace=pace, span=nullcontext, on_error=self._note_trouble
        )

    async def _look_after(self) -> None:
        self._judge_start()
        await self._judge_stall()
        await self._reporter.flush()

    def _note_trouble(self, error: Exception) -> None:
        if isinstance(error, LeaseLost):
            self._heartbeat.lose(self._trust, error.reason)
        else:
            _log.warning("drive.attend", error=error)

    def _judge_start(self) -> None:
        grace = self._limits.start_grace
        if self._was_stopped and self._reporter.stopped_for > grace and self._forced is None:
            self._refusal = f"start_not_effective: still stopped after {grace.total_seconds():g} s"
            self._forced = Stopped()
            self._scope.cancel()

    async def _judge_stall(self) -> None:
        idle, limits = self._reporter.idle_for, self._limits
        if idle <= limits.stall_report:
            self._is_stall_reported = False
        elif not self._is_stall_reported:
            self._is_stall_reported = True
            await self._reporter.log(_stall_line(idle))
        if idle > limits.stall_limit + limits.pause_patience:
            self._scope.cancel()
        elif idle > limits.stall_limit and self._forced is None:
            error = RunStalled(apply_id=self._work.apply_id, limit=limits.stall_limit)
            self._forced = Retryable(error=error)
            self._signals.pause()

    async def _store(self, end: DriveEnd) -> Ended | None:
        self._trust.is_ending = True
        try:
            return await self._finish(end, self._last_report(end))
        except LeaseLost as error:
            self._heartbeat.lose(self._trust, error.reason)
            return None
        except (InvalidRequest, Conflict) as error:
            _log.exception("drive.end_refused")
            return await self._finish(Permanent(error=error), Report())

    async def _finish(self, end: DriveEnd, report: Report) -> Ended:
        finish = partial(self._queue.finish, self._trust.lease, end, report)
        recorded = await through_outages(finish, self._trust)
        return Ended(end=end, report=report, recorded=recorded)

    def _last_report(self, end: DriveEnd) -> Report:
        report = self._reporter.last_words()
        if self._reporter.is_accepted or isinstance(end, HandedBack | Refused):
            return report
        message = self._refusal or _reason(end)
        refused = tuple(
            Settled(request_id=start, result=SettledResult.FAILED, message=message)
            for start in self._signals.starts
        )
        return replace(report, settled=report.settled + refused)


def _reason(end: DriveEnd) -> str:
    if isinstance(end, Permanent | Retryable | Unknown | Unreachable):
        return end.error.message
    return "the run ended before the target took it on"


def _stall_line(idle: timedelta) -> LogLine:
    return LogLine(
        level="warning",
        event="stalled",
        message=f"no progress for {idle.total_seconds():.0f} s",
    )
