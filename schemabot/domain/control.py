"""Control requests: what may be asked in which state, and how each request ends (Q-46 to Q-53)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from schemabot.domain.ids import ApplyId, RequestId
from schemabot.domain.states import TERMINAL_APPLY_STATES, ApplyState


class Operation(StrEnum):
    """What can be asked of an apply."""

    STOP = "stop"
    CANCEL = "cancel"
    START = "start"
    DEPLOY = "deploy"
    CUTOVER = "cutover"
    TAKE_BACK = "take_back"
    VOLUME = "volume"
    REVERT = "revert"
    SKIP_REVERT = "skip_revert"


class RequestStatus(StrEnum):
    """Where a control request stands."""

    PENDING = "pending"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlRequest:
    """One row per (apply, operation); `generation` grows when it is armed again."""

    request_id: RequestId
    apply_id: ApplyId
    operation: Operation
    status: RequestStatus
    generation: int
    requested_by: str
    requested_at: datetime
    value: int | None = None
    outcome: str | None = None
    message: str | None = None
    resolved_at: datetime | None = None


class AnswerStatus(StrEnum):
    """What became of a control request (A-22)."""

    QUEUED = "queued"
    ALREADY_REQUESTED = "already_requested"
    ALREADY_IN_PROGRESS = "already_in_progress"
    NO_OP = "no_op"


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlAnswer:
    """The durable answer to one control request.

    Attributes:
        operation: As it was taken: a start in `waiting_for_deploy` is a deploy.
        state: Of the apply when the answer was committed.
        request: The row that carries it; None for a no-op.
    """

    apply_id: ApplyId
    operation: Operation
    status: AnswerStatus
    state: ApplyState
    request: ControlRequest | None = None
    previous_volume: int | None = None
    new_volume: int | None = None


_ACTIVE = frozenset(set(ApplyState) - TERMINAL_APPLY_STATES)

ACCEPTED_IN: Mapping[Operation, frozenset[ApplyState]] = MappingProxyType({
    Operation.STOP: frozenset({
        ApplyState.PENDING,
        ApplyState.RUNNING,
        ApplyState.WAITING_FOR_CUTOVER,
        ApplyState.CUTTING_OVER,
        ApplyState.FAILED_RETRYABLE,
    }),
    Operation.CANCEL: _ACTIVE,
    Operation.START: frozenset({ApplyState.STOPPED, ApplyState.FAILED_RETRYABLE}),
    Operation.DEPLOY: frozenset({ApplyState.WAITING_FOR_DEPLOY}),
    Operation.CUTOVER: frozenset({ApplyState.WAITING_FOR_CUTOVER, ApplyState.CUTTING_OVER}),
    Operation.TAKE_BACK: frozenset({ApplyState.WAITING_FOR_CUTOVER, ApplyState.CUTTING_OVER}),
    Operation.VOLUME: _ACTIVE - {ApplyState.CUTTING_OVER},
    Operation.REVERT: frozenset({ApplyState.REVERT_WINDOW}),
    Operation.SKIP_REVERT: frozenset({ApplyState.REVERT_WINDOW}),
})

WAIT_FOR: Mapping[Operation, str] = MappingProxyType({
    Operation.STOP: "use cancel to end it for good",
    Operation.CANCEL: "nothing is left to cancel",
    Operation.START: "stop it first, or wait until it is stopped or waiting for its retry",
    Operation.DEPLOY: "wait until it is waiting_for_deploy",
    Operation.CUTOVER: "wait until it is waiting_for_cutover",
    Operation.TAKE_BACK: "a cutover can be taken back after it was ordered, before the swap",
    Operation.VOLUME: "wait until the cutover has ended",
    Operation.REVERT: "a revert is possible in the revert window only",
    Operation.SKIP_REVERT: "there is no open revert window to skip",
})

_SET_UP = frozenset({
    ApplyState.PREPARING_BRANCH,
    ApplyState.APPLYING_BRANCH_CHANGES,
    ApplyState.VALIDATING_BRANCH,
    ApplyState.CREATING_DEPLOY_REQUEST,
    ApplyState.VALIDATING_DEPLOY_REQUEST,
})

ENDING = frozenset({Operation.STOP, Operation.CANCEL})
PRECEDENCE = (Operation.CANCEL, Operation.STOP)  # served before all others, in this order


def effective_operation(operation: Operation, state: ApplyState) -> Operation:
    """A start of an apply that waits for its deploy is the deploy."""
    if operation is Operation.START and state is ApplyState.WAITING_FOR_DEPLOY:
        return Operation.DEPLOY
    return operation


def needed_for(operation: Operation, state: ApplyState) -> str:
    """What has to happen, or to be asked instead, where the operation is refused."""
    if operation is Operation.START and state in _SET_UP:
        return "wait until it is waiting_for_deploy: a start is its deploy then"
    if operation is Operation.START and state is ApplyState.PENDING:
        return "a worker starts it by itself once it is due"
    return WAIT_FOR[operation]


def is_accepted(operation: Operation, state: ApplyState) -> bool:
    """Whether the operation may be asked in this state."""
    return state in ACCEPTED_IN[effective_operation(operation, state)]
