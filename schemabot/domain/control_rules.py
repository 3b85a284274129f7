"""What is answered to a control request: one judgement, made under the apply's row lock.

A pending stop or cancel wins, cancel over stop; the engine's truth wins over both. Repeats and what
is so already write nothing. What can't be running is settled by the accepting transaction, all else
is queued for the owner (Q-46 to Q-50).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from schemabot.domain.control import (
    ENDING,
    Operation,
    effective_operation,
    is_accepted,
    needed_for,
)
from schemabot.domain.errors import ApplyTerminal, InvalidState, RevertWindowClosed, StopPending
from schemabot.domain.ids import ApplyId
from schemabot.domain.states import ApplyState, TaskState, is_terminal


class Judgement(StrEnum):
    """What the accepting transaction has to do."""

    NO_OP = "no_op"
    ALREADY_REQUESTED = "already_requested"
    ALREADY_IN_PROGRESS = "already_in_progress"
    SETTLE = "settle"
    QUEUE = "queue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the judgement rests on.

    Attributes:
        is_leased: A token stands on the row, expired or not: a driver may be at work.
        was_driven: A claim may have touched the target.
        pending: Operation -> value of its open request.
    """

    apply_id: ApplyId
    state: ApplyState
    task_states: frozenset[TaskState]
    is_leased: bool
    has_external_id: bool
    was_driven: bool
    volume: int | None
    pending: Mapping[Operation, int | None]

    @property
    def cannot_run(self) -> bool:
        """No driver, and nothing of it lives elsewhere."""
        return not self.is_leased and not self.has_external_id


_SO_ALREADY = {
    Operation.STOP: frozenset({ApplyState.STOPPED}),
    Operation.CANCEL: frozenset({ApplyState.CANCELLED}),
    Operation.START: frozenset({ApplyState.RUNNING, ApplyState.WAITING_FOR_CUTOVER}),
    Operation.REVERT: frozenset({ApplyState.REVERTED}),
}
_REVERTS = frozenset({Operation.REVERT, Operation.SKIP_REVERT})
_UNSTARTED = frozenset({ApplyState.PENDING, ApplyState.FAILED_RETRYABLE})
_NEVER_BEGUN = frozenset({ApplyState.PENDING, ApplyState.STOPPED})


def judge(operation: Operation, situation: Situation, *, value: int | None) -> Judgement:
    """What becomes of the request.

    Raises:
        ApplyTerminal, InvalidState, StopPending, RevertWindowClosed: nothing may be stored.
    """
    asked = effective_operation(operation, situation.state)
    repeated = _repeated(asked, situation, value=value)
    if repeated is not None:
        return repeated
    _refuse_after_end(asked, situation)
    _refuse_under_stop(asked, situation)
    if not _is_possible(asked, situation):
        raise InvalidState(
            operation=asked, state=situation.state, wait_for=needed_for(asked, situation.state)
        )
    if asked is Operation.CUTOVER and situation.state is ApplyState.CUTTING_OVER:
        return Judgement.ALREADY_IN_PROGRESS
    return Judgement.SETTLE if _is_settled_here(asked, situation) else Judgement.QUEUE


def _repeated(asked: Operation, situation: Situation, *, value: int | None) -> Judgement | None:
    if asked in situation.pending:
        is_same = asked is not Operation.VOLUME or situation.pending[asked] == value
        return Judgement.ALREADY_REQUESTED if is_same else None
    if asked is Operation.STOP and Operation.START in situation.pending:
        return None  # it undoes the start
    if situation.state in _SO_ALREADY.get(asked, frozenset()) and not _is_ending(situation):
        return Judgement.NO_OP
    if asked is Operation.VOLUME and situation.volume == value and _takes_volume(situation):
        return Judgement.NO_OP
    return None


def _takes_volume(situation: Situation) -> bool:
    return is_accepted(Operation.VOLUME, situation.state)


def _is_ending(situation: Situation) -> bool:
    return any(operation in situation.pending for operation in ENDING)


def _refuse_after_end(asked: Operation, situation: Situation) -> None:
    if not is_terminal(situation.state):
        return
    if asked in _REVERTS and situation.state is ApplyState.COMPLETED:
        raise RevertWindowClosed(apply_id=situation.apply_id, state=situation.state)
    raise ApplyTerminal(apply_id=situation.apply_id, state=situation.state)


def _refuse_under_stop(asked: Operation, situation: Situation) -> None:
    for wins in (Operation.CANCEL, Operation.STOP):
        if asked is Operation.CANCEL:
            return
        if wins in situation.pending:
            raise StopPending(apply_id=situation.apply_id, pending=wins)


def _is_possible(asked: Operation, situation: Situation) -> bool:
    match asked:
        case Operation.CUTOVER:
            is_waiting = TaskState.WAITING_FOR_CUTOVER in situation.task_states
            return is_accepted(asked, situation.state) or is_waiting
        case Operation.TAKE_BACK:
            is_ordered = Operation.CUTOVER in situation.pending
            return is_ordered or situation.state is ApplyState.CUTTING_OVER
        case Operation.STOP:
            is_starting = Operation.START in situation.pending
            return is_accepted(asked, situation.state) or is_starting
        case _:
            return is_accepted(asked, situation.state)


def _is_settled_here(asked: Operation, situation: Situation) -> bool:
    match asked:
        case Operation.VOLUME:
            return not situation.is_leased  # kept for the next drive
        case Operation.STOP:
            at_rest = situation.state is ApplyState.STOPPED and not situation.is_leased
            return at_rest or (situation.cannot_run and situation.state in _UNSTARTED)
        case Operation.CANCEL:
            is_unbegun = not situation.was_driven and situation.state in _NEVER_BEGUN
            return situation.cannot_run and is_unbegun
        case _:
            return False
