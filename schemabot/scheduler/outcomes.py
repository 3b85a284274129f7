"""How a drive ends, from what its run returned or raised: one of the four tables of errors."""

from schemabot.domain.errors import DriveCrashed
from schemabot.domain.execution import DriveEnd, HandedBack, Refused
from tern.errors import (
    LeaseLost,
    OutcomeUnknown,
    SchemaBotError,
    TargetBusy,
    TargetUnknown,
    Transient,
)
from tern.values.run import Outcome, Permanent, Retryable, Stopped, Unknown, Waiting


def end_of_error(error: Exception, *, apply_id: str) -> DriveEnd | None:
    """The end that an exception of a run stands for (Q-44); None: the lease is lost, store nothing.

    Several at once, as a task group raises them, count as one when they are one, and as a lost
    lease when one of them is.
    """
    match _single(error):
        case LeaseLost():
            return None
        case TargetBusy() | TargetUnknown() as refusal:
            return Refused(reason=refusal.message, lock_wait=isinstance(refusal, TargetBusy))
        case Transient() as transient:
            return Retryable(error=transient)
        case OutcomeUnknown() as unknown:
            return Unknown(error=unknown)
        case SchemaBotError() as definite:
            return Permanent(error=definite)
        case _:
            return Permanent(error=DriveCrashed(apply_id=apply_id))


def end_of_outcome(outcome: Outcome, *, for_shutdown: bool) -> DriveEnd:
    """The end to store for what a run returned.

    Args:
        outcome: As returned.
        for_shutdown: Whether the run was paused for the process's shutdown and by nobody stopped:
            then its rest is a hand-back, due for a peer at once (Q-58).
    """
    match outcome:
        case Waiting() | Stopped() if for_shutdown:
            return HandedBack()
        case Permanent(error=TargetBusy() as busy) | Retryable(error=TargetBusy() as busy):
            return Refused(reason=busy.message, lock_wait=True)
        case Permanent(error=TargetUnknown() as unknown_here):
            return Refused(reason=unknown_here.message)
        case _:
            return outcome


def _single(error: Exception) -> Exception:
    if not isinstance(error, ExceptionGroup):
        return error
    lost, _ = error.split(LeaseLost)
    if lost is not None:
        return _single(lost.exceptions[0])
    return _single(error.exceptions[0]) if len(error.exceptions) == 1 else error
