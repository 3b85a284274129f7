"""What a direct run shows of itself."""

from collections.abc import Mapping
from dataclasses import replace

from tern.values.progress import TaskProgress, TaskStatus


class Snapshot:
    """The run's picture; replaced as a whole, so that readers on other threads need no lock."""

    def __init__(self) -> None:
        self._task: TaskProgress | None = None

    def begin(self, task_id: str) -> None:
        """Show the task as running from now on."""
        self._task = TaskProgress(task_id=task_id, status=TaskStatus.RUNNING)

    def phase(self, phase: str, *, attempts: int, detail: Mapping[str, str]) -> None:
        """Show what the run is at; of earlier details nothing stays."""
        if self._task is not None:
            self._task = replace(
                self._task, phase=phase, cutover_attempts=attempts, detail=dict(detail)
            )

    def complete(self, detail: Mapping[str, str]) -> None:
        """Show the task as done."""
        if self._task is not None:
            self._task = replace(self._task, status=TaskStatus.COMPLETED, detail=dict(detail))

    def read(self) -> tuple[TaskProgress, ...]:
        """What is shown now."""
        return () if self._task is None else (self._task,)
