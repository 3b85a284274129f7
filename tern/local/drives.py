"""One run of a piece of work on one target: who does what, and how it ends.

Three tasks share a run. One takes the steps (`carrying`), one listens for signals, one watches the
engine's snapshot and reports. All that touches the target happens on threads, one thing at a time,
through `target_side`. When the lease is lost, by the fence's word, by a report that is refused or
by cancellation, the target is abandoned; then the run raises and reports no more.
"""

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic

from anyio import CancelScope, Event, create_task_group, move_on_after

from tern.client import Fence, Reporter, Signals
from tern.engine.outcomes import internal_failure, outcome_of
from tern.errors import LeaseLost, SchemaBotError, Transient
from tern.local.carrying import Carrying
from tern.local.control import Control, Rest
from tern.local.ending import end_tasks, final_note
from tern.local.picture import Picture
from tern.local.reports import Reports
from tern.local.target_side import TargetSide
from tern.values.control import Settled
from tern.values.progress import TaskStatus
from tern.values.run import Outcome, Work

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whoever had the work run."""

    fence: Fence
    signals: Signals
    report: Reporter


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often a run looks at its engine and reports (T-5, T-8, T-9)."""

    look: timedelta = field(default=timedelta(milliseconds=500))
    report: timedelta = field(default=timedelta(seconds=5))
    cutover_wait: timedelta = field(default=timedelta(days=14))


class Drive:
    """One run."""

    def __init__(
        self, work: Work, *, caller: Caller, target: TargetSide, rhythm: Rhythm | None = None
    ) -> None:
        self._caller = caller
        self._target = target
        self._rhythm = rhythm or Rhythm()
        self._picture = Picture(work)
        self._control = Control(has_pace=target.has_pace, volume=work.options.volume)
        self._reports = Reports(self._picture, caller.report, is_lost=lambda: self._target.is_lost)
        self._carrying = Carrying(
            work,
            target=target,
            control=self._control,
            picture=self._picture,
            reports=self._reports,
        )
        self._settled: list[Settled] = []
        self._bell = Event()
        self._listening = CancelScope()
        self._is_done = False
        self._held_since: float | None = None

    async def run(self) -> Outcome:
        """Carry the work out to its outcome; on return nothing of it runs here.

        Raises:
            LeaseLost: the work is somebody else's now.
        """
        self._caller.fence.when_lost(self._target.abandon)
        try:
            async with create_task_group() as group:
                group.start_soon(self._listen, name="tern: signals")
                group.start_soon(self._watch, name="tern: reports")
                outcome = await self._carry()
        except BaseExceptionGroup as errors:
            raise _cause(errors) from errors
        await self._finish(outcome)
        return outcome

    async def _carry(self) -> Outcome:
        try:
            return await self._carrying.to_outcome()
        except LeaseLost:
            raise
        except SchemaBotError as error:
            return outcome_of(error)
        except Exception as error:  # noqa: BLE001  # one run is isolated from all others here
            return internal_failure(error)
        finally:
            self._is_done = True
            self._listening.cancel()
            self._bell.set()

    async def _listen(self) -> None:
        with self._listening:
            while True:
                signal = await self._caller.signals.next()
                self._settled += self._control.obey(signal)
                self._bell.set()

    async def _watch(self) -> None:
        reported = monotonic()
        while not self._is_done:
            with move_on_after(self._rhythm.look.total_seconds()):
                await self._bell.wait()
            self._bell = Event()
            self._target.sample_lease()
            self._look()
            await self._settle()
            is_due = monotonic() - reported >= self._rhythm.report.total_seconds()
            if self._picture.is_news() or is_due:
                reported = monotonic()
                await self._reports.send()

    def _look(self) -> None:
        """Take over what the engine shows, and end a wait for a cutover that nobody orders."""
        self._picture.volume = self._control.volume
        engine = self._carrying.current
        if engine is None:
            return
        snapshot = engine.progress()
        self._picture.merge(snapshot)
        if self._control.volume is None:
            self._picture.volume = next((task.volume for task in snapshot), None)
        if not any(task.status is TaskStatus.WAITING_FOR_CUTOVER for task in snapshot):
            self._held_since = None
            return
        self._held_since = self._held_since or monotonic()
        if monotonic() - self._held_since > self._rhythm.cutover_wait.total_seconds():
            self._control.ask(Rest.STOP)

    async def _settle(self) -> None:
        settled, self._settled = self._settled, []
        await self._reports.settle(settled)

    async def _finish(self, outcome: Outcome) -> None:
        """The caller knows the last picture, and so does the target as far as it can be reached."""
        self._picture.volume = self._control.volume
        end_tasks(self._picture, outcome)
        await self._reports.send()
        await self._settle()
        await self._reports.settle(self._control.end(outcome))
        try:
            await self._target.note(final_note(self._picture, outcome))
        except Transient as error:
            # The caller's own record decides; the next run, if any, takes the target's anew.
            log.warning("the end of a run is not on the target's record: %s", error)


def _cause(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """The one error to raise for several: a lost lease before all else."""
    lost = errors.subgroup(LeaseLost)
    found: BaseException = lost or errors
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found
