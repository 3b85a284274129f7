"""The one table of states and transitions; storage refuses any change that is not in it.

States have ranks. A run only climbs, and may skip, because samples of an engine miss states; what
falls does so by name: a retry, a start, a cutover taken back, the next table.

    0 pending              6 waiting_for_deploy     11 completed
    1 preparing_branch     7 running                 - failed, cancelled, reverted   (terminal)
    2 applying_branch_changes   8 waiting_for_cutover  - failed_retryable  (retry-waiting)
    3 validating_branch    9 cutting_over            - stopped           (resumable)
    4 creating_deploy_request   10 revert_window
    5 validating_deploy_request

Requirements: queue.md Q-9 to Q-12.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from schemabot.domain.errors import IllegalTransition


class ApplyState(StrEnum):
    """State of one execution of a plan."""

    PENDING = "pending"
    PREPARING_BRANCH = "preparing_branch"
    APPLYING_BRANCH_CHANGES = "applying_branch_changes"
    VALIDATING_BRANCH = "validating_branch"
    CREATING_DEPLOY_REQUEST = "creating_deploy_request"
    VALIDATING_DEPLOY_REQUEST = "validating_deploy_request"
    WAITING_FOR_DEPLOY = "waiting_for_deploy"
    RUNNING = "running"
    WAITING_FOR_CUTOVER = "waiting_for_cutover"
    CUTTING_OVER = "cutting_over"
    REVERT_WINDOW = "revert_window"
    COMPLETED = "completed"
    FAILED = "failed"
    FAILED_RETRYABLE = "failed_retryable"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    REVERTED = "reverted"


class TaskState(StrEnum):
    """State of one table's statement within an apply."""

    PENDING = "pending"
    WAITING_FOR_DEPLOY = "waiting_for_deploy"
    RUNNING = "running"
    WAITING_FOR_CUTOVER = "waiting_for_cutover"
    CUTTING_OVER = "cutting_over"
    REVERT_WINDOW = "revert_window"
    COMPLETED = "completed"
    FAILED = "failed"
    FAILED_RETRYABLE = "failed_retryable"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    REVERTED = "reverted"


RANKS: Mapping[str, int] = MappingProxyType({
    ApplyState.PENDING: 0,
    ApplyState.PREPARING_BRANCH: 1,
    ApplyState.APPLYING_BRANCH_CHANGES: 2,
    ApplyState.VALIDATING_BRANCH: 3,
    ApplyState.CREATING_DEPLOY_REQUEST: 4,
    ApplyState.VALIDATING_DEPLOY_REQUEST: 5,
    ApplyState.WAITING_FOR_DEPLOY: 6,
    ApplyState.RUNNING: 7,
    ApplyState.WAITING_FOR_CUTOVER: 8,
    ApplyState.CUTTING_OVER: 9,
    ApplyState.REVERT_WINDOW: 10,
    ApplyState.COMPLETED: 11,
})

TERMINAL_APPLY_STATES = frozenset({
    ApplyState.COMPLETED,
    ApplyState.FAILED,
    ApplyState.CANCELLED,
    ApplyState.REVERTED,
})
TERMINAL_TASK_STATES = frozenset({
    TaskState.COMPLETED,
    TaskState.FAILED,
    TaskState.CANCELLED,
    TaskState.REVERTED,
})
SET_UP_STATES = frozenset(
    state
    for state in ApplyState
    if 1 <= RANKS.get(state, -1) <= 5  # noqa: PLR2004 (ranks above)
)

# What a state may become besides any state of a higher rank.
_BESIDES: Mapping[str, frozenset[str]] = MappingProxyType({
    "pending": frozenset({"stopped", "cancelled"}),
    "preparing_branch": frozenset({"cancelled"}),
    "applying_branch_changes": frozenset({"cancelled"}),
    "validating_branch": frozenset({"cancelled"}),
    "creating_deploy_request": frozenset({"cancelled"}),
    "validating_deploy_request": frozenset({"cancelled"}),
    "waiting_for_deploy": frozenset({"cancelled"}),
    "running": frozenset({"stopped", "cancelled"}),
    "waiting_for_cutover": frozenset({"stopped", "cancelled"}),
    "cutting_over": frozenset({"waiting_for_cutover"}),
    "revert_window": frozenset({"reverted"}),
})
_ERRORS = frozenset({"failed", "failed_retryable"})
_FROM_RETRYABLE = frozenset({
    "pending",
    "running",
    "stopped",
    "completed",
    "failed",
    "cancelled",
    "reverted",
})
_FROM_STOPPED = frozenset({
    "pending",
    "running",
    "waiting_for_cutover",
    "completed",
    "failed",
    "cancelled",
    "reverted",
})


def _targets(state: str, all_states: Sequence[str]) -> frozenset[str]:
    if state == "failed_retryable":
        return _FROM_RETRYABLE
    if state == "stopped":
        return _FROM_STOPPED
    rank = RANKS.get(state)
    if rank is None or state == "completed":
        return frozenset()
    higher = frozenset(other for other in all_states if RANKS.get(other, -1) > rank)
    return higher | _BESIDES[state] | _ERRORS


APPLY_TRANSITIONS: Mapping[ApplyState, frozenset[ApplyState]] = MappingProxyType({
    state: frozenset(ApplyState(t) for t in _targets(state, list(ApplyState)))
    # the next table of a sequential apply begins after a cutover
    | (frozenset({ApplyState.RUNNING}) if state is ApplyState.CUTTING_OVER else frozenset())
    for state in ApplyState
})
TASK_TRANSITIONS: Mapping[TaskState, frozenset[TaskState]] = MappingProxyType({
    state: frozenset(TaskState(t) for t in _targets(state, list(TaskState))) for state in TaskState
})


def apply_may_become(old: ApplyState, new: ApplyState) -> bool:
    """Whether an apply may go from one state to the other; staying is always allowed."""
    return old is new or new in APPLY_TRANSITIONS[old]


def task_may_become(old: TaskState, new: TaskState) -> bool:
    """Whether a task may go from one state to the other; staying is always allowed."""
    return old is new or new in TASK_TRANSITIONS[old]


def is_terminal(state: ApplyState) -> bool:
    """Whether nothing can follow."""
    return state in TERMINAL_APPLY_STATES


_FIRST_MATCH = (
    TaskState.CUTTING_OVER,
    TaskState.RUNNING,
    TaskState.WAITING_FOR_CUTOVER,
    TaskState.WAITING_FOR_DEPLOY,
    TaskState.REVERT_WINDOW,
    TaskState.FAILED_RETRYABLE,
    TaskState.STOPPED,
)
_ENDED_BADLY = (TaskState.FAILED, TaskState.CANCELLED, TaskState.REVERTED)


def derive_apply_state(
    tasks: Sequence[TaskState], *, set_up: ApplyState = ApplyState.PENDING
) -> ApplyState:
    """The apply's state as it follows from its tasks (Q-11); first match wins.

    Args:
        tasks: The states of all tasks of the apply, at least one.
        set_up: The set-up state last reported (ranks 1 to 5), or pending.
    """
    present = set(tasks)
    for state in _FIRST_MATCH:
        if state in present:
            return ApplyState(state)
    if present == {TaskState.PENDING}:
        return set_up
    if TaskState.PENDING in present and TaskState.FAILED not in present:
        return ApplyState.RUNNING
    for state in _ENDED_BADLY:
        if state in present:
            return ApplyState(state)
    return ApplyState.COMPLETED


_VIA = (TaskState.WAITING_FOR_CUTOVER, TaskState.REVERT_WINDOW, TaskState.FAILED_RETRYABLE)


def task_way(old: TaskState, new: TaskState) -> tuple[TaskState, ...]:
    """The legal steps by which a drive's end takes a task to a state; empty when it is there.

    Samples miss states, so an end may need one step in between: a swap that was ordered is taken
    back before it is stopped or cancelled, a revert passes its window.

    Raises:
        IllegalTransition: no legal way leads there.
    """
    if old is new:
        return ()
    if new in TASK_TRANSITIONS[old]:
        return (new,)
    for via in _VIA:
        if via in TASK_TRANSITIONS[old] and new in TASK_TRANSITIONS[via]:
            return (via, new)
    raise IllegalTransition(subject="task", old=old, new=new)


def apply_way(old: ApplyState, new: ApplyState) -> tuple[ApplyState, ...]:
    """As `task_way`, for an apply."""
    if old is new:
        return ()
    if new in APPLY_TRANSITIONS[old]:
        return (new,)
    for via in (ApplyState(state) for state in _VIA):
        if via in APPLY_TRANSITIONS[old] and new in APPLY_TRANSITIONS[via]:
            return (via, new)
    raise IllegalTransition(subject="apply", old=old, new=new)
