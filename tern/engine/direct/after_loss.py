"""The connection was lost with a DDL under way: decide by looking, else say that nobody knows."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from tern.engine.definition import Standing, read_standing
from tern.engine.direct.job import Job, Lost
from tern.engine.fence.session import FencedSession
from tern.errors import LeaseLost, OutcomeUnknown, SchemaBotError
from tern.values.run import Completed, Outcome, Retryable, Unknown


def decide(
    job: Job, lost: Lost, *, fenced: Callable[[], AbstractContextManager[FencedSession]]
) -> Outcome:
    """What the DDL did, from the live table once its session is gone (E-10).

    Opening a fenced session ends the lost one and waits for that, so that what is seen stays true.
    When the target can't be looked at now, the next run will: its first act is this very look.
    """
    task_id = job.statement.task_id
    try:
        with fenced() as session:
            standing = read_standing(session.connection, job.statement)
    except LeaseLost:
        raise
    except SchemaBotError as error:
        if job.statement.base == job.statement.desired:
            return Unknown(error=_unknown(job, str(error)), task_id=task_id)
        return Retryable(error=lost.error, task_id=task_id)
    match standing:
        case Standing.DESIRED:
            job.snapshot.complete({"how": "run; seen after the connection was lost"})
            return Completed()
        case Standing.BASE:
            return Retryable(error=lost.error, task_id=task_id)
        case Standing.BOTH:
            return Unknown(error=_unknown(job, "it leaves no trace to tell"), task_id=task_id)
        case Standing.NEITHER:
            change = "the table is neither as before nor as wanted"
            return Unknown(error=_unknown(job, change), task_id=task_id)


def _unknown(job: Job, reason: str) -> OutcomeUnknown:
    return OutcomeUnknown(action=job.statement.ddl, place=job.table, reason=reason)
