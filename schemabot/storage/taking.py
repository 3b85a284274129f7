"""What a claim writes, and what it refuses to take (Q-10, Q-16, Q-43)."""

import secrets
from datetime import timedelta

from schemabot.domain.control import ENDING, Operation
from schemabot.domain.errors import RecoveryWindowExpired
from schemabot.domain.event import Level
from schemabot.domain.execution import Claimer, Execution
from schemabot.domain.lease import Lease
from schemabot.domain.retry import RetryPolicy
from schemabot.domain.states import ApplyState, TaskState, apply_way, derive_apply_state, task_way
from schemabot.storage.clock import Clock
from schemabot.storage.ending import end_badly
from schemabot.storage.executions import execution_of
from schemabot.storage.locked_apply import LockedApply
from tern.values.plan import PlanResult

_TOKEN_BYTES = 16


def take(locked: LockedApply, claimer: Claimer, *, result: PlanResult, clock: Clock) -> Execution:
    """The row under a fresh lease, saved; its state changes only by a retry.

    Args:
        locked: Eligible for the claimer.
        claimer: Gets the lease.
        result: Of the apply's plan, as it was stored.
        clock: Of the same database.
    """
    _log_claim(locked, claimer)
    lease = _lease(locked, claimer)
    locked.set(
        lease_owner=lease.owner,
        lease_token=lease.token,
        lease_epoch=lease.epoch,
        lease_acquired_at=clock.now(),
        lease_expires_at=clock.after(claimer.term),
        claim_request_id=claimer.request_id,
        progress_sequence=0,
        detail=None,
    )
    _begin_attempt(locked, clock)
    _forget_readiness(locked)
    locked.save()
    return execution_of(locked, lease, result=result)


def overdue_by(locked: LockedApply, policy: RetryPolicy) -> timedelta | None:
    """By how much a retry is too late to run it unseen; None when it may run."""
    is_waiting = locked.state is ApplyState.FAILED_RETRYABLE and locked["lease_token"] is None
    if not is_waiting or locked.requests.operations():
        return None
    overdue: timedelta = locked.now - locked["retry_after"]
    return overdue if overdue > policy.window else None


def fail_overdue(locked: LockedApply, overdue: timedelta) -> None:
    """End a retry that came due too long ago."""
    end_badly(locked, RecoveryWindowExpired(overdue=overdue))


def _lease(locked: LockedApply, claimer: Claimer) -> Lease:
    return Lease(
        apply_id=locked.apply_id,
        owner=claimer.owner,
        token=secrets.token_hex(_TOKEN_BYTES),
        epoch=locked["lease_epoch"] + 1,
        expires_at=locked.now + claimer.term,
    )


def _log_claim(locked: LockedApply, claimer: Claimer) -> None:
    epoch = locked["lease_epoch"] + 1
    displaced = locked["lease_owner"] if locked["lease_token"] is not None else None
    fields = {"owner": claimer.owner, "epoch": str(epoch)}
    if displaced is None:
        locked.log("claimed", f"claimed by {claimer.owner}", fields=fields)
        return
    locked.log(
        "recovered",
        f"claimed by {claimer.owner} after the lease of {displaced} had run out",
        level=Level.WARNING,
        fields={**fields, "displaced": displaced},
    )


def _begin_attempt(locked: LockedApply, clock: Clock) -> None:
    """A retry is a new attempt, a start the first one; a recovery goes on with the old (Q-16).

    Under a pending stop or cancel the claim counts too, but nothing starts: the tasks stay.
    """
    asked = locked.requests.operations()
    is_retry = locked.state is ApplyState.FAILED_RETRYABLE
    if is_retry:
        locked.set(attempt=1 if Operation.START in asked else locked["attempt"] + 1)
    if is_retry and not ENDING & asked.keys():
        locked.set(retry_after=None, error_code=None, error_message=None)
        _retry_tasks(locked)
    if is_retry or locked["attempt_started_at"] is None:
        locked.set(attempt_started_at=clock.now())


def _retry_tasks(locked: LockedApply) -> None:
    for place, state in enumerate(locked.tasks.states):
        if state is TaskState.FAILED_RETRYABLE:
            locked.tasks.move(place, task_way(state, TaskState.PENDING))
            locked.tasks.set(place, error_code=None, error_message=None)
    locked.move(apply_way(locked.state, derive_apply_state(locked.tasks.states)))


def _forget_readiness(locked: LockedApply) -> None:
    """After recovery nothing is ready for cutover until the new run proves it (Q-13)."""
    for place in range(len(locked.tasks.states)):
        locked.tasks.set(place, ready=False)
