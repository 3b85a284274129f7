"""A Tern that changes a real target in small steps, so that the target can tell what happened."""

from collections.abc import Sequence
from datetime import timedelta

import anyio

from integration.queue.target_side import Address, TargetSession
from schemabot.offload import Offload
from tern.client import Fence, Reporter, Signals
from tern.errors import LeaseLost
from tern.values.control import Settled, SettledResult, Signal, SignalKind
from tern.values.plan import PlanRequest, PlanResult, PulledSchema, PullRequest
from tern.values.progress import LogLine, Progress, TaskProgress, TaskStatus
from tern.values.run import (
    Completed,
    EndState,
    Health,
    LogsRequest,
    Outcome,
    Stopped,
    Waiting,
    Work,
)

STEPS = 3
MARGIN = timedelta(milliseconds=300)
_ENDED = frozenset({TaskStatus.COMPLETED, TaskStatus.CANCELLED, TaskStatus.FAILED})


class JournalTern:
    """Takes the target's lock, notes each step, and lets each task take effect once."""

    def __init__(self, address: Address, *, worker: str, step: timedelta, threads: int) -> None:
        self._address = address
        self._worker = worker
        self._step = step
        self._threads = Offload("target", limit=threads)

    async def plan(self, request: PlanRequest) -> PlanResult:
        raise NotImplementedError

    async def pull(self, request: PullRequest) -> PulledSchema:
        raise NotImplementedError

    async def logs(self, request: LogsRequest) -> Sequence[LogLine]:
        raise NotImplementedError

    async def health(self) -> Health:
        return Health(status="ok", version="journal")

    async def run(self, work: Work, *, fence: Fence, signals: Signals, report: Reporter) -> Outcome:
        session = await self._threads.run(
            TargetSession,
            self._address,
            worker=self._worker,
            apply_id=work.apply_id,
            epoch=fence.epoch,
        )
        fence.when_lost(session.cut)
        try:
            await self._threads.run(session.enter, work.target.key)
            run = _Run(work, signals, report, session=session, threads=self._threads)
            return await run.carry_out(self._step, fence)
        finally:
            session.cut()


class _Run:
    """One run, between its first signal and its outcome."""

    def __init__(
        self,
        work: Work,
        signals: Signals,
        report: Reporter,
        *,
        session: TargetSession,
        threads: Offload,
    ) -> None:
        self._work = work
        self._signals = signals
        self._report = report
        self._session = session
        self._threads = threads
        self._statuses = {s.task_id: s.status for s in work.statements}
        self._sequence = 0

    async def carry_out(self, step: timedelta, fence: Fence) -> Outcome:
        if (ended := await self._hear(timedelta(0))) is not None:
            return ended
        await self._report.accepted(None)
        for statement in self._work.statements:
            if self._statuses[statement.task_id] in _ENDED:
                continue
            if (ended := await self._one_task(statement.task_id, step, fence)) is not None:
                return ended
        return Completed()

    async def _one_task(self, task_id: str, step: timedelta, fence: Fence) -> Outcome | None:
        if not await self._threads.run(self._session.is_done, task_id):
            await self._say(task_id, TaskStatus.RUNNING)
            for number in range(STEPS):
                await self._threads.run(self._session.note, task_id, number)
                if (ended := await self._hear(step)) is not None:
                    return ended
            if fence.remaining() < MARGIN:
                raise LeaseLost(subject=self._work.apply_id, reason="too little is left of it")
            await self._threads.run(self._session.take_effect, task_id)
        await self._say(task_id, TaskStatus.COMPLETED)
        return None

    async def _hear(self, wait: timedelta) -> Outcome | None:
        with anyio.move_on_after(max(0.001, wait.total_seconds())):
            return await self._obey(await self._signals.next())
        return None

    async def _obey(self, signal: Signal) -> Outcome | None:
        match signal.kind:
            case SignalKind.PAUSE:
                return Waiting(reason="shutdown")
            case SignalKind.STOP:
                await self._say_open(TaskStatus.STOPPED)
                await self._settle(signal, SettledResult.DONE)
                return Stopped()
            case SignalKind.CANCEL:
                await self._say_open(TaskStatus.CANCELLED)
                await self._settle(signal, SettledResult.DONE)
                return Completed(end=EndState.CANCELLED)
            case _:
                await self._settle(signal, SettledResult.REFUSED)
                return None

    async def _settle(self, signal: Signal, result: SettledResult) -> None:
        await self._report.settled(Settled(request_id=signal.request_id, result=result))

    async def _say_open(self, status: TaskStatus) -> None:
        for task_id, old in self._statuses.items():
            if old not in _ENDED:
                self._statuses[task_id] = status
        await self._show()

    async def _say(self, task_id: str, status: TaskStatus) -> None:
        self._statuses[task_id] = status
        await self._show()

    async def _show(self) -> None:
        self._sequence += 1
        pictures = tuple(
            TaskProgress(task_id=task, status=status) for task, status in self._statuses.items()
        )
        await self._report.progress(Progress(sequence=self._sequence, tasks=pictures))
