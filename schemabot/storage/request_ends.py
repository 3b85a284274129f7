"""How open control requests end when the drive does, so that none stays open for ever (Q-53).

What is left open at rest is only what the next driver must serve: a stop or cancel of work that may
still live elsewhere, or a request of an apply that is parked or handed back.
"""

from schemabot.domain.control import Operation, RequestStatus
from schemabot.domain.execution import DriveEnd, Refused, Unreachable
from schemabot.domain.states import ApplyState, TaskState, is_terminal, task_way
from schemabot.storage.locked_apply import LockedApply
from tern.values.run import Retryable, Unknown

_DONE, _FAILED = RequestStatus.COMPLETED, RequestStatus.FAILED

_REACHED = {
    Operation.CANCEL: frozenset({ApplyState.CANCELLED}),
    Operation.CUTOVER: frozenset({ApplyState.COMPLETED}),
    Operation.DEPLOY: frozenset({ApplyState.COMPLETED}),
    Operation.REVERT: frozenset({ApplyState.REVERTED}),
    Operation.SKIP_REVERT: frozenset({ApplyState.COMPLETED}),
}
_LATE_IS_FINE = frozenset({Operation.STOP, Operation.CANCEL, Operation.VOLUME, Operation.START})
_UNSTARTED = frozenset({ApplyState.PENDING, ApplyState.FAILED_RETRYABLE})


def close_requests(locked: LockedApply) -> None:
    """End what the new state of a row without a lease has decided."""
    if is_terminal(locked.state):
        _close_all(locked)
        return
    locked.requests.end(Operation.VOLUME, status=_DONE, outcome="kept")
    stop_idle(locked)
    if locked.state in {ApplyState.STOPPED, ApplyState.FAILED_RETRYABLE}:
        _close_forward(locked)


def stop_idle(locked: LockedApply) -> None:
    """Carry out an open stop of work that can't be running (Q-49)."""
    if not locked.requests.is_open(Operation.STOP):
        return
    if locked.state in _UNSTARTED and locked["external_id"] is None:
        for place, state in enumerate(locked.tasks.states):
            if state in {TaskState.PENDING, TaskState.FAILED_RETRYABLE}:
                locked.tasks.move(place, task_way(state, TaskState.STOPPED))
        locked.move((ApplyState.STOPPED,))
        locked.set(retry_after=None)
    if locked.state is ApplyState.STOPPED:
        locked.requests.end(Operation.STOP, status=_DONE, outcome="stopped")


def fail_start(locked: LockedApply, end: DriveEnd) -> None:
    """A start that no engine had accepted when the drive came to rest (Q-52)."""
    _fail(locked, Operation.START, end, outcome="start_not_effective")


def fail_cancel(locked: LockedApply, end: DriveEnd) -> None:
    """A cancel that could not be carried out on stopped work; failures aren't retried (Q-50)."""
    _fail(locked, Operation.CANCEL, end, outcome="cancel_failed")


def _fail(locked: LockedApply, operation: Operation, end: DriveEnd, *, outcome: str) -> None:
    if locked.requests.is_open(operation):
        reason = _reason(end)
        locked.requests.end(operation, status=_FAILED, outcome=outcome, message=reason)
        locked.log("request_failed", f"{operation} had no effect: {reason}")


def _reason(end: DriveEnd) -> str:
    match end:
        case Retryable() | Unknown() | Unreachable():
            return end.error.message
        case Refused():
            return end.reason
        case _:
            return "the engine stopped before it had begun"


def _close_all(locked: LockedApply) -> None:
    for operation in list(locked.requests.operations()):
        if locked.state in _REACHED.get(operation, frozenset()):
            locked.requests.end(operation, status=_DONE, outcome=locked.state.value)
        elif operation in _LATE_IS_FINE:
            locked.requests.end(operation, status=_DONE, outcome="already_finished")
        else:
            locked.requests.end(
                operation,
                status=_FAILED,
                outcome="apply_ended",
                message=f"the apply had ended: {locked.state}",
            )


def _close_forward(locked: LockedApply) -> None:
    for operation in list(locked.requests.operations()):
        if operation in {Operation.STOP, Operation.CANCEL}:
            continue
        if operation is Operation.START and locked.state is ApplyState.STOPPED:
            continue  # still to be served: the drive that was given up had not begun it
        locked.requests.end(
            operation,
            status=_FAILED,
            outcome="run_ended",
            message=f"the run came to rest: {locked.state}; ask again when it is possible",
        )
