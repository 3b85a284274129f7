"""What a drive's end makes of the tasks (Q-42 to Q-44); pure, and every change it asks is legal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import assert_never

from schemabot.domain.errors import OutcomeIncomplete
from schemabot.domain.execution import DriveEnd, HandedBack, Refused, Unreachable
from schemabot.domain.ids import ApplyId, TaskId
from schemabot.domain.reported import final_state, sampled_state
from schemabot.domain.states import TERMINAL_TASK_STATES, TaskState
from tern.values.progress import TaskProgress
from tern.values.run import Completed, EndState, Permanent, Retryable, Stopped, Unknown, Waiting

_NOT_STARTED = frozenset({TaskState.PENDING, TaskState.STOPPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFacts:
    """A task as stored, and the last word of its engine, if there was one."""

    task_id: TaskId
    state: TaskState
    progress: TaskProgress | None = None


def end_tasks(
    apply_id: ApplyId, tasks: Sequence[TaskFacts], end: DriveEnd
) -> tuple[TaskState, ...]:
    """The state of each task after the end, in order. Finished tasks stay as they are.

    Raises:
        OutcomeIncomplete: `completed` is said of an apply with an unfinished task.
    """
    match end:
        case Completed():
            return _completed(apply_id, tasks, end.end)
        case Stopped() | Unknown():
            return _ended(tasks, lambda _state: TaskState.STOPPED)
        case Retryable():
            return _retryable(tasks, named=end.task_id)
        case Permanent():
            return _failed(tasks, named=end.task_id)
        case Waiting() | Refused() | HandedBack() | Unreachable():
            return tuple(_sampled(task) for task in tasks)
        case _:
            assert_never(end)


def first_open(states: Sequence[TaskState]) -> int | None:
    """Place of the first task that has not ended, started ones first; None when all have."""
    still_open = [place for place, state in enumerate(states) if state not in TERMINAL_TASK_STATES]
    started = [place for place in still_open if states[place] not in _NOT_STARTED]
    return next(iter(started or still_open), None)


def _sampled(task: TaskFacts) -> TaskState:
    if task.progress is None:
        return task.state
    return sampled_state(task.state, task.progress)


def _final(task: TaskFacts) -> TaskState:
    if task.progress is None or task.state in TERMINAL_TASK_STATES:
        return task.state
    return final_state(task.state, task.progress)


def _completed(
    apply_id: ApplyId, tasks: Sequence[TaskFacts], end: EndState
) -> tuple[TaskState, ...]:
    match end:
        case EndState.COMPLETED:
            return _all_finished(apply_id, tasks)
        case EndState.CANCELLED:
            return _ended(tasks, _cancelled)
        case EndState.REVERTED:
            return _ended(tasks, _reverted)
        case _:
            assert_never(end)


def _all_finished(apply_id: ApplyId, tasks: Sequence[TaskFacts]) -> tuple[TaskState, ...]:
    states = tuple(_final(task) for task in tasks)
    still_open = [
        task.task_id
        for task, state in zip(tasks, states, strict=True)
        if state not in TERMINAL_TASK_STATES
    ]
    if still_open:
        raise OutcomeIncomplete(apply_id=apply_id, open_tasks=still_open)
    return states


def _ended(
    tasks: Sequence[TaskFacts], ending: Callable[[TaskState], TaskState]
) -> tuple[TaskState, ...]:
    states = (_final(task) for task in tasks)
    return tuple(
        state if state in TERMINAL_TASK_STATES else ending(_live(task, state))
        for task, state in zip(tasks, states, strict=True)
    )


def _live(task: TaskFacts, state: TaskState) -> TaskState:
    """A swap that is done stays done, whatever later sample the engine gave."""
    return TaskState.REVERT_WINDOW if task.state is TaskState.REVERT_WINDOW else state


def _cancelled(state: TaskState) -> TaskState:
    return TaskState.COMPLETED if state is TaskState.REVERT_WINDOW else TaskState.CANCELLED


def _reverted(state: TaskState) -> TaskState:
    return TaskState.CANCELLED if state in _NOT_STARTED else TaskState.REVERTED


def _retryable(tasks: Sequence[TaskFacts], *, named: str | None) -> tuple[TaskState, ...]:
    states = [_sampled(task) for task in tasks]
    first = first_open(states)
    for place, (task, state) in enumerate(zip(tasks, states, strict=True)):
        is_started = state not in _NOT_STARTED
        is_meant = task.task_id == named or is_started or (named is None and place == first)
        if is_meant and state not in TERMINAL_TASK_STATES:
            states[place] = TaskState.FAILED_RETRYABLE
    return _with_one(states, first, TaskState.FAILED_RETRYABLE)


def _failed(tasks: Sequence[TaskFacts], *, named: str | None) -> tuple[TaskState, ...]:
    states = [_sampled(task) for task in tasks]
    first = first_open(states)
    for place, task in enumerate(tasks):
        if states[place] in TERMINAL_TASK_STATES:
            continue
        is_meant = task.task_id == named or (named is None and place == first)
        states[place] = TaskState.FAILED if is_meant else _cancelled(states[place])
    return tuple(states)


def _with_one(
    states: list[TaskState], first: int | None, wanted: TaskState
) -> tuple[TaskState, ...]:
    """An unfinished apply shows its end on at least one task, or it would look as if unbegun."""
    if first is not None and wanted not in states:
        states[first] = wanted
    return tuple(states)
