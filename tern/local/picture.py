"""The whole picture of a run as its caller gets it: never a difference, always in order."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tern.engine.fence.record import TaskState
from tern.errors import SchemaBotError
from tern.local.site import FINISHED, is_finished
from tern.values.progress import Actual, Progress, TaskProgress, TaskStatus
from tern.values.run import Work

# How a task that waits for its turn again is shown: as one that has not begun.
_WAITS_AGAIN = frozenset({TaskStatus.STOPPED, TaskStatus.FAILED_RETRYABLE})


class Picture:
    """All tasks of a piece of work, in plan order."""

    def __init__(self, work: Work) -> None:
        self._tasks = {
            statement.task_id: TaskProgress(
                task_id=statement.task_id,
                status=TaskStatus.PENDING if statement.status in _WAITS_AGAIN else statement.status,
            )
            for statement in work.statements
        }
        self._finished = {each.task_id for each in work.statements if is_finished(each)}
        self._sequence = 0
        self._last_sent: tuple[TaskProgress, ...] = ()
        self.volume: int | None = None

    def status(self, task_id: str) -> TaskStatus:
        """The task's status now."""
        return self._tasks[task_id].status

    def actual(self, task_id: str) -> Actual | None:
        """What the task has taken; None where nothing tells."""
        return self._tasks[task_id].actual

    def unfinished(self) -> tuple[str, ...]:
        """Task ids that have no end yet, in plan order."""
        return tuple(task_id for task_id in self._tasks if task_id not in self._finished)

    def merge(self, snapshot: Iterable[TaskProgress]) -> None:
        """Take over what an engine shows; that a task ended is not the snapshot's to say."""
        for task in snapshot:
            if task.task_id in self._finished:
                continue
            status = self.status(task.task_id) if task.status in FINISHED else task.status
            self._tasks[task.task_id] = replace(task, status=status)

    def set(
        self,
        task_id: str,
        status: TaskStatus,
        *,
        error: SchemaBotError | None = None,
        detail: Mapping[str, str] | None = None,
    ) -> None:
        """Give a task its status, with the reason or remark that goes with it."""
        task = self._tasks[task_id]
        self._tasks[task_id] = replace(
            task,
            status=status,
            error_code=None if error is None else error.code,
            error=None if error is None else error.message,
            detail=task.detail if detail is None else dict(detail),
        )
        if status in FINISHED:
            self._finished.add(task_id)

    def is_news(self) -> bool:
        """Whether a state changed since the last report, so that it must be sent at once."""
        return _signature(self._last_sent) != _signature(self._tasks.values())

    def progress(self) -> Progress:
        """The next report."""
        self._sequence += 1
        tasks = tuple(self._tasks.values())
        advanced = tasks != self._last_sent
        self._last_sent = tasks
        done = sum(task.status is TaskStatus.COMPLETED for task in tasks)
        return Progress(
            sequence=self._sequence,
            tasks=tasks,
            summary=f"{done} of {len(tasks)} statements done",
            volume=self.volume,
            advanced=advanced,
        )

    def states(self) -> dict[str, TaskState]:
        """The same for the target's record."""
        return {
            task_id: TaskState(
                status=str(task.status), error_code=task.error_code, error=task.error
            )
            for task_id, task in self._tasks.items()
        }


def _signature(tasks: Iterable[TaskProgress]) -> tuple[object, ...]:
    return tuple(
        (
            task.status,
            task.phase,
            task.ready,
            task.cutover_attempts,
            task.error_code,
            task.throttle and task.throttle.reason,
        )
        for task in tasks
    )
