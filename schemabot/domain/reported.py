"""What an engine's sample does to a task's stored state: total, and it only climbs (Q-9, Q-12).

A sample shows where a run is, never how it ended: failures, stops and cancellations come with the
drive's outcome. So a stale `stopped` from before a start, a state that an engine passes through
again after recovery, and a word that nobody knows all leave the stored state as it is.
"""

from schemabot.domain.states import TaskState, task_may_become
from tern.values.progress import TaskProgress, TaskStatus

_WHILE_DRIVEN = frozenset({
    TaskStatus.PENDING,
    TaskStatus.RUNNING,
    TaskStatus.WAITING_FOR_CUTOVER,
    TaskStatus.CUTTING_OVER,
    TaskStatus.REVERT_WINDOW,
    TaskStatus.COMPLETED,
})
_AT_REST = frozenset({
    TaskState.STOPPED,
    TaskState.FAILED_RETRYABLE,
})  # left by start and retry only


def sampled_state(stored: TaskState, progress: TaskProgress) -> TaskState:
    """The state after a sample; the stored one where the sample can't be taken at its word."""
    if progress.raw_status is not None or progress.status not in _WHILE_DRIVEN:
        return stored
    if stored in _AT_REST:
        return stored
    shown = TaskState(progress.status)
    return shown if task_may_become(stored, shown) else stored


def final_state(stored: TaskState, progress: TaskProgress) -> TaskState:
    """The state that an outcome's own report gives, ends included; unknown words leave it."""
    return stored if progress.raw_status is not None else TaskState(progress.status)
