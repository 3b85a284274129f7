"""How a drive's end becomes rows: tasks, apply, requests, lease, lock (Q-42 to Q-45)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import assert_never

from sqlalchemy import Connection, delete, literal

from schemabot.domain.control import ENDING
from schemabot.domain.endings import end_tasks, first_open
from schemabot.domain.errors import RetryBudgetExhausted, WorkRefused
from schemabot.domain.event import Level
from schemabot.domain.execution import DriveEnd, HandedBack, Refused, Unreachable
from schemabot.domain.retry import RetryPolicy
from schemabot.domain.states import (
    SET_UP_STATES,
    ApplyState,
    apply_may_become,
    apply_way,
    derive_apply_state,
    is_terminal,
    task_way,
)
from schemabot.storage.clock import Clock
from schemabot.storage.columns import UtcMicros
from schemabot.storage.json_values import OPTIONS
from schemabot.storage.locked_apply import LOCKED, LockedApply
from schemabot.storage.outages import await_target, outage_since
from schemabot.storage.request_ends import close_requests, fail_cancel, fail_start
from schemabot.storage.tables.schema import database_locks
from tern.errors import OutcomeUnknown, SchemaBotError
from tern.values.progress import TaskProgress
from tern.values.run import Completed, Permanent, Retryable, Stopped, Unknown, Waiting

REFUSAL_DELAY = timedelta(seconds=5)
MOST_REFUSALS = 20

Shown = Mapping[str, TaskProgress]
"""Task id -> the last word of its engine."""


def end_drive(
    locked: LockedApply, end: DriveEnd, shown: Shown, *, policy: RetryPolicy, clock: Clock
) -> timedelta | None:
    """Write the end over the row and release its lease; how long until a retry, if it is one.

    Raises:
        OutcomeIncomplete: `Completed`, but a task has not ended.
    """
    retry_in = None
    if isinstance(end, Unreachable) and ENDING & locked.requests.operations().keys():
        end = Retryable(error=end.error)  # what is to end does not wait for the target
    if _is_in_vain(locked, end):
        fail_start(locked, end)
        fail_cancel(locked, end)
        locked.set(refusals=0)
    else:
        retry_in = _settle(locked, end, shown, policy=policy, clock=clock)
    due_at = clock.after(_rest(locked, end, retry_in=retry_in, policy=policy))
    if not isinstance(end, Refused):
        locked.set(refusals=0)
    release_lease(locked)
    locked.set(due_at=due_at)
    close_requests(locked)
    return retry_in


def release_lease(locked: LockedApply) -> None:
    """Nobody drives it; the token is kept, so that the last write may be repeated (Q-29)."""
    locked.set(
        last_lease_token=locked["lease_token"],
        lease_token=None,
        lease_owner=None,
        lease_acquired_at=None,
        lease_expires_at=None,
    )


def end_badly(locked: LockedApply, error: SchemaBotError) -> None:
    """The apply has failed without a drive saying so; its unfinished tasks end with it."""
    locked.show_error(error)
    _move_tasks(locked, Permanent(error=error), {})
    follow_tasks(locked)
    close_requests(locked)


def follow_tasks(locked: LockedApply, *, set_up: ApplyState | None = None) -> None:
    """Take the apply to the state that follows from its tasks (Q-11)."""
    locked.move(apply_way(locked.state, derived_state(locked, set_up=set_up)))


def derived_state(locked: LockedApply, *, set_up: ApplyState | None = None) -> ApplyState:
    """What its tasks say; one without tasks can only fail."""
    if not locked.tasks.states:
        return ApplyState.FAILED
    last_known = locked.state if locked.state in SET_UP_STATES else ApplyState.PENDING
    return derive_apply_state(locked.tasks.states, set_up=set_up or last_known)


def free_database_lock(tx: Connection, locked: LockedApply) -> None:
    """A completed apply frees its owner's lock in the same transaction; another end keeps it."""
    if locked.state is not ApplyState.COMPLETED or not locked[LOCKED]:
        return
    options = OPTIONS.load(locked["options"])
    if not options.release_lock:
        return
    mine = (
        database_locks.c.database_name == locked["database_name"],
        database_locks.c.database_type == locked["database_type"],
        database_locks.c.owner == (options.lock_owner or locked["caller"]),
    )
    if tx.execute(delete(database_locks).where(*mine)).rowcount:
        locked.log("lock_released", f"the lock of {locked['database_name']} is released")


def _is_in_vain(locked: LockedApply, end: DriveEnd) -> bool:
    """Whether stopped work was claimed for a request that came to nothing: it stays stopped."""
    if locked.state is not ApplyState.STOPPED:
        return False
    if isinstance(end, Refused):
        return bool(locked["refusals"] + 1 >= MOST_REFUSALS)
    return isinstance(end, Retryable | Unknown | Stopped | Unreachable)


def _settle(
    locked: LockedApply, end: DriveEnd, shown: Shown, *, policy: RetryPolicy, clock: Clock
) -> timedelta | None:
    match end:
        case Completed():
            _finish(locked, end, shown)
        case Stopped():
            _finish(locked, end, shown)
            fail_start(locked, end)
        case Permanent():
            _fail(locked, end, shown)
        case Unknown():
            _fail(locked, end, shown)
            fail_start(locked, end)
        case Retryable():
            return _retry(locked, end, shown, policy=policy, clock=clock)
        case Waiting() | HandedBack() | Unreachable():
            _move_tasks(locked, end, shown)
            _give_back(locked, end, clock)
        case Refused():
            _refuse(locked, end)
        case _:
            assert_never(end)
    if not isinstance(end, Waiting | HandedBack | Refused | Unreachable):
        follow_tasks(locked)
    elif locked.state is not ApplyState.STOPPED and not is_terminal(locked.state):
        _follow_samples(locked)
    return None


def _finish(locked: LockedApply, end: Completed | Stopped, shown: Shown) -> None:
    locked.set(error_code=None, error_message=None)
    _move_tasks(locked, end, shown)


def _follow_samples(locked: LockedApply) -> None:
    """At rest without an end: the tasks may have climbed, but the apply does not end by it."""
    derived = derived_state(locked)
    if not is_terminal(derived) and apply_may_become(locked.state, derived):
        locked.move(() if derived is locked.state else (derived,))


def _fail(locked: LockedApply, end: Permanent | Unknown, shown: Shown) -> None:
    locked.show_error(end.error)
    _blame_task(locked, end.error, named=end.task_id)
    if isinstance(end, Unknown):
        locked.set(error_code=OutcomeUnknown.code)
    _move_tasks(locked, end, shown)


def _retry(
    locked: LockedApply, end: Retryable, shown: Shown, *, policy: RetryPolicy, clock: Clock
) -> timedelta | None:
    attempt = locked["attempt"]
    if policy.is_spent(attempt):
        error = RetryBudgetExhausted(attempts=attempt, last_error=end.error.message)
        _fail(locked, Permanent(error=error, task_id=end.task_id), shown)
        follow_tasks(locked)
        return None
    locked.show_error(end.error)
    _blame_task(locked, end.error, named=end.task_id)
    _move_tasks(locked, end, shown)
    follow_tasks(locked)
    began = locked["attempt_started_at"]
    earliest = clock.shifted(literal(began, UtcMicros()), policy.delay_after(attempt))
    locked.set(retry_after=clock.later_of(clock.now(), earliest))
    due = policy.retry_after(now=locked.now, attempt_started_at=began, attempt=attempt)
    return due - locked.now


def _refuse(locked: LockedApply, end: Refused) -> None:
    refusals = locked["refusals"] + (0 if end.lock_wait else 1)
    locked.set(refusals=refusals)
    if locked["refused_epoch"] == locked["lease_epoch"] - 1:
        locked.set(refused_epoch=locked["lease_epoch"])
    locked.log("refused", f"not driven here: {end.reason}", level=Level.WARNING)
    if refusals >= MOST_REFUSALS:
        end_badly(locked, WorkRefused(claims=refusals, reason=end.reason))


def _give_back(locked: LockedApply, end: Waiting | HandedBack | Unreachable, clock: Clock) -> None:
    if isinstance(end, Unreachable):
        await_target(locked, end, clock)
        fail_start(locked, end)
    else:
        locked.set(detail=end.reason)
        locked.log("handed_back", f"given up for now: {end.reason}")


def _rest(
    locked: LockedApply, end: DriveEnd, *, retry_in: timedelta | None, policy: RetryPolicy
) -> timedelta:
    """How long until the row is worth a look, if it is at rest and nothing else decides.

    A request that the driver had not seen yet ends the wait.
    """
    match end:
        case Refused():
            return REFUSAL_DELAY
        case Waiting():
            wait = end.due
        case Unreachable() if retry_in is None:
            wait = policy.outage.next_look(locked.now - outage_since(locked))
        case _:
            wait = retry_in or timedelta(0)
    acquired = locked["lease_acquired_at"]
    is_unseen = any(row["created_at"] > acquired for row in locked.requests.rows())
    return timedelta(0) if is_unseen else wait


def _move_tasks(locked: LockedApply, end: DriveEnd, shown: Shown) -> None:
    old = locked.tasks.states
    new = end_tasks(locked.apply_id, locked.tasks.facts(shown), end)
    for place, (before, after) in enumerate(zip(old, new, strict=True)):
        locked.tasks.move(place, task_way(before, after))


def _blame_task(locked: LockedApply, error: SchemaBotError, *, named: str | None) -> None:
    rows = list(locked.tasks)
    places = [place for place, row in enumerate(rows) if row["task_id"] == named]
    place = places[0] if places else first_open(locked.tasks.states)
    if place is not None:
        locked.tasks.set(place, error_code=error.code, error_message=error.message)
