"""How a run ends by what went wrong in it: the one table from error to outcome."""

import logging
from datetime import timedelta
from uuid import uuid4

from tern.errors import (
    DiskFull,
    InternalError,
    LeaseLost,
    OutcomeUnknown,
    SchemaBotError,
    TargetBusy,
    Transient,
)
from tern.values.run import Outcome, Permanent, Retryable, Unknown, Waiting

BUSY_TARGET_DUE = timedelta(seconds=5)
FULL_DISK_DUE = timedelta(seconds=60)
_REFERENCE_DIGITS = 8

log = logging.getLogger(__name__)


def outcome_of(error: SchemaBotError, *, task_id: str | None = None) -> Outcome:
    """The outcome for an error, by its branch; what no other row names is permanent.

    A target that somebody else is changing costs no attempt: it is asked again soon (Q-19). Nor
    does a full disk: whoever looks after the server frees it, or cancels the change.

    Raises:
        LeaseLost: the error itself; a run that is no longer ours has no outcome to report.
    """
    match error:
        case LeaseLost():
            raise error
        case DiskFull():
            return Waiting(reason=error.message, due=FULL_DISK_DUE)
        case Transient():
            return Retryable(error=error, task_id=task_id)
        case OutcomeUnknown():
            return Unknown(error=error, task_id=task_id)
        case TargetBusy():
            return Waiting(reason=error.message, due=BUSY_TARGET_DUE)
        case _:
            return Permanent(error=error, task_id=task_id)


def internal_failure(error: Exception) -> Permanent:
    """The outcome for a bug (T-7): a reference for people, the exception in the log under it."""
    reference = uuid4().hex[:_REFERENCE_DIGITS]
    log.error("internal error, reference %s", reference, exc_info=error)
    return Permanent(error=InternalError(reference=reference))
