"""What a script for the scripted Tern stands on: the work, its caller, and short ways to speak."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tern.client import Fence, Reporter, Signals
from tern.values.control import Settled, SettledResult, Signal
from tern.values.progress import LogLine, Progress, TaskProgress, TaskStatus
from tern.values.run import Work

FINISHED = frozenset({
    TaskStatus.COMPLETED,
    TaskStatus.FAILED,
    TaskStatus.REVERTED,
    TaskStatus.CANCELLED,
})


@dataclass(slots=True, kw_only=True)
class Stage:
    """One run: statuses of its tasks, and what has been said and heard so far."""

    work: Work
    fence: Fence
    signals: Signals
    report: Reporter
    seen: list[Signal]
    volume: int | None = None
    statuses: dict[str, TaskStatus] = field(default_factory=dict)
    _sequence: int = 0

    def __post_init__(self) -> None:
        self.statuses = {s.task_id: s.status for s in self.work.statements}
        self.volume = self.work.options.volume

    @property
    def unfinished(self) -> Sequence[str]:
        """Ids of the tasks that have not ended, in order."""
        return [task for task, status in self.statuses.items() if status not in FINISHED]

    async def accept(self, external_id: str | None = None) -> None:
        await self.report.accepted(external_id)

    async def say(
        self,
        status: TaskStatus | None = None,
        *,
        tasks: Sequence[str] | None = None,
        rows: int = 0,
        rows_total: int | None = None,
        advanced: bool = True,
    ) -> None:
        """Report the whole picture, after setting a status of some tasks or all unfinished ones."""
        if status is not None:
            for task in self.unfinished if tasks is None else tasks:
                self.statuses[task] = status
        self._sequence += 1
        await self.report.progress(
            Progress(
                sequence=self._sequence,
                tasks=tuple(
                    TaskProgress(
                        task_id=task,
                        status=status,
                        rows_copied=rows,
                        rows_total=rows_total,
                        ready=status is TaskStatus.WAITING_FOR_CUTOVER,
                    )
                    for task, status in self.statuses.items()
                ),
                volume=self.volume,
                advanced=advanced,
            )
        )

    async def note(self, message: str, *, event: str = "scripted") -> None:
        await self.report.log(LogLine(level="info", event=event, message=message))

    async def signal(self) -> Signal:
        """The next signal; it stands until it is settled."""
        signal = await self.signals.next()
        self.seen.append(signal)
        return signal

    async def settle(
        self, signal: Signal, result: SettledResult = SettledResult.DONE, message: str = ""
    ) -> None:
        await self.report.settled(
            Settled(request_id=signal.request_id, result=result, message=message)
        )
