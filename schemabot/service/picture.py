"""The arithmetic of an apply's progress: rows in, figures out, nothing read and no clock (A-26)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from schemabot.domain.apply import Apply, Task
from schemabot.domain.control import (
    ENDING,
    ControlRequest,
    Operation,
    RequestStatus,
    is_accepted,
)
from schemabot.domain.ids import ApplyId
from schemabot.domain.queue_place import QueuePlace
from schemabot.domain.scoring import Score, score, total_actual
from schemabot.domain.states import ApplyState, TaskState, is_terminal
from schemabot.service.engines import traits_of
from tern.values.plan import Estimate, Verdict
from tern.values.progress import Actual, Throttle

STALE_AFTER = timedelta(seconds=30)
_REPORTING = frozenset({
    ApplyState.RUNNING,
    ApplyState.WAITING_FOR_CUTOVER,
    ApplyState.CUTTING_OVER,
    ApplyState.REVERT_WINDOW,
})
_DONE = frozenset({TaskState.COMPLETED, TaskState.REVERT_WINDOW, TaskState.REVERTED})
_ENDED = _DONE | {TaskState.FAILED, TaskState.CANCELLED}
_ALMOST = 99.9
_QUICK = frozenset({Verdict.INSTANT, Verdict.INPLACE, Verdict.DIRECT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Everything that a progress page shows of one apply, from one consistent read.

    Attributes:
        estimates: One per task, in order; the plan's own first.
        now: By the database's clock.
        rollback_of: The apply that this one takes back (P-50).
        max_attempts: How many attempts an apply has in all.
    """

    apply: Apply
    requests: tuple[ControlRequest, ...]
    place: QueuePlace | None
    plan_estimate: Estimate | None
    estimates: tuple[Estimate | None, ...]
    now: datetime
    max_attempts: int
    rollback_of: ApplyId | None = None

    @property
    def is_terminal(self) -> bool:
        """Whether nothing can follow."""
        return is_terminal(self.apply.state)

    @property
    def is_stale(self) -> bool:
        """Whether the owner has been silent for longer than a reporting state allows (A-27)."""
        if self.apply.state not in _REPORTING:
            return False
        last = self.apply.progress_at or self.apply.started_at or self.apply.updated_at
        return self.now - last > STALE_AFTER

    @property
    def elapsed_seconds(self) -> float | None:
        """From the start to the end, or to now; None before the start."""
        if self.apply.started_at is None:
            return None
        end = self.apply.completed_at or self.now
        return max(0.0, (end - self.apply.started_at).total_seconds())

    @property
    def percent(self) -> float | None:
        """Of the whole apply, each task weighing as many rows as it has; None when unknown."""
        weighed = [
            (self._weight(task, estimate), task_percent(task))
            for task, estimate in zip(self.apply.tasks, self.estimates, strict=True)
        ]
        if not weighed or all(percent is None for _, percent in weighed):
            return None
        total = sum(weight for weight, _ in weighed)
        return sum(weight * (percent or 0.0) for weight, percent in weighed) / total

    @property
    def eta_seconds(self) -> float | None:
        """Until the last task's end; None as long as any part of it is unknown (A-32)."""
        if self.is_terminal or self.apply.state not in _REPORTING:
            return None
        tasks = list(zip(self.apply.tasks, self.estimates, strict=True))
        to_come = [_eta(task, guess) for task, guess in tasks if task.state is TaskState.PENDING]
        # what has begun and not ended is copied together and swapped as one
        under_way = [
            _eta(task, guess)
            for task, guess in tasks
            if task.state is not TaskState.PENDING and task.state not in _ENDED
        ]
        known = [part for part in (*to_come, *under_way) if part is not None]
        if not known or len(known) < len(to_come) + len(under_way):
            return None
        return max([0.0, *(part for part in under_way if part is not None)]) + sum(
            part for part in to_come if part is not None
        )

    @property
    def throttle(self) -> Throttle | None:
        """Why it holds back: the first running task's reason."""
        running = (task.progress for task in self.apply.tasks if task.state not in _ENDED)
        return next((shown.throttle for shown in running if shown and shown.throttle), None)

    @property
    def actual(self) -> Actual | None:
        """The sum of what finished tasks took; None while there is none."""
        return total_actual(self.apply.tasks)

    @property
    def score(self) -> Score:
        """How good the estimates were, once it is done."""
        if self.apply.state is not ApplyState.COMPLETED:
            return Score()
        return score(self.actual, self.plan_estimate)

    @property
    def next_actions(self) -> tuple[Operation, ...]:
        """What may be asked of it now, in the order of the operations."""
        pending = {
            request.operation
            for request in self.requests
            if request.status is RequestStatus.PENDING and request.operation in ENDING
        }
        traits = traits_of(self.apply.target.type)
        return tuple(
            operation
            for operation in Operation
            if is_accepted(operation, self.apply.state)
            and traits.can(operation)
            and (not pending or (operation is Operation.CANCEL and operation not in pending))
        )

    @staticmethod
    def _weight(task: Task, estimate: Estimate | None) -> int:
        rows = task.progress.rows_total if task.progress is not None else None
        if rows is None and estimate is not None:
            rows = estimate.rows
        return max(rows or 0, 1)


def task_percent(task: Task) -> float | None:
    """0 to 100; 100 only when it is done, None when nothing is known of it."""
    if task.state in _DONE:
        return 100.0
    if task.state is TaskState.PENDING:
        return 0.0
    if task.progress is None or task.progress.percent is None:
        return None
    return min(max(task.progress.percent, 0.0), _ALMOST)


def _eta(task: Task, estimate: Estimate | None) -> float | None:
    if task.state is not TaskState.PENDING:
        return task.progress.eta_seconds if task.progress is not None else None
    if task.verdict in _QUICK:
        return 0.0
    if estimate is None or estimate.seconds_low is None or estimate.seconds_high is None:
        return None
    return (estimate.seconds_low + estimate.seconds_high) / 2
