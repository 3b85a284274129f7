"""Control requests: accepted once, served by the owner or at once, always ended (Q-46 to Q-53)."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection, or_, select

from schemabot.domain.control import (
    AnswerStatus,
    ControlAnswer,
    ControlRequest,
    Operation,
    RequestStatus,
    effective_operation,
)
from schemabot.domain.control_rules import Judgement, Situation, judge
from schemabot.domain.errors import ApplyNotFound
from schemabot.domain.ids import ApplyId
from schemabot.domain.states import TERMINAL_TASK_STATES, ApplyState, TaskState, task_way
from schemabot.storage.database import Database
from schemabot.storage.locked_apply import LockedApply, select_locked
from schemabot.storage.registry import can_be_served
from schemabot.storage.request_ends import close_requests
from schemabot.storage.rows import request_of
from schemabot.storage.tables.schema import applies, control_requests

_WRITES_NOTHING = {
    Judgement.NO_OP: AnswerStatus.NO_OP,
    Judgement.ALREADY_REQUESTED: AnswerStatus.ALREADY_REQUESTED,
    Judgement.ALREADY_IN_PROGRESS: AnswerStatus.ALREADY_IN_PROGRESS,
}


class ControlStore:
    """Ask something of an apply, and see how it ended."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def request(
        self, apply_id: ApplyId, operation: Operation, *, caller: str, value: int | None = None
    ) -> ControlAnswer:
        """The durable answer; what can't be running is stopped or cancelled right here (Q-49).

        Transaction: apply row, tasks and requests locked in this order; one commit. A refusal or a
            repeat writes nothing.

        Raises:
            ApplyNotFound: there is no such apply.
            ApplyTerminal: it has ended.
            InvalidState: not possible in this state; says what to await.
            StopPending: a stop or cancel is pending, and wins.
            RevertWindowClosed: a revert after the window.
        """
        return self._database.write(
            lambda tx: self._request(tx, apply_id, operation, caller=caller, value=value)
        )

    def list(self, apply_id: ApplyId) -> tuple[ControlRequest, ...]:
        """All requests of an apply, oldest first."""
        query = (
            select(control_requests)
            .join(applies, applies.c.id == control_requests.c.apply_row)
            .where(applies.c.apply_id == apply_id)
            .order_by(control_requests.c.created_at, control_requests.c.id)
        )
        rows = self._database.read(lambda tx: tx.execute(query).mappings().all())
        return tuple(request_of(row, apply_id) for row in rows)

    def expire(self, *, max_wait: timedelta, limit: int) -> Sequence[ControlRequest]:
        """End requests that nobody can serve as `no_worker`, and return them (Q-53).

        Those older than `max_wait`, of applies without a live lease, for which no live worker of
        the lane and scope is registered.
        """
        clock = self._database.clock
        query = (
            select(applies.c.apply_id)
            .join(control_requests, control_requests.c.apply_row == applies.c.id)
            .where(
                control_requests.c.status == RequestStatus.PENDING.value,
                control_requests.c.created_at < clock.after(-max_wait),
                or_(
                    applies.c.lease_expires_at.is_(None), applies.c.lease_expires_at <= clock.now()
                ),
            )
            .distinct()
            .limit(limit)
        )
        found = self._database.read(lambda tx: tx.execute(query).scalars().all())
        return tuple(
            request
            for apply_id in found
            for request in self._database.write(
                partial(self._expire, apply_id=apply_id, max_wait=max_wait)
            )
        )

    def _request(
        self,
        tx: Connection,
        apply_id: ApplyId,
        operation: Operation,
        *,
        caller: str,
        value: int | None,
    ) -> ControlAnswer:
        locked = self._locked(tx, apply_id)
        operation = effective_operation(operation, locked.state)
        judgement = judge(operation, _situation(locked), value=value)
        previous = locked["volume"]
        if judgement in {Judgement.SETTLE, Judgement.QUEUE}:
            self._store(locked, operation, caller=caller, value=value)
            if judgement is Judgement.SETTLE:
                _settle_here(locked, operation)
            locked.save()
        is_volume = operation is Operation.VOLUME
        return ControlAnswer(
            apply_id=apply_id,
            operation=operation,
            status=_WRITES_NOTHING.get(judgement, AnswerStatus.QUEUED),
            state=locked.state,
            request=_shown(locked, operation, judgement),
            previous_volume=previous if is_volume else None,
            new_volume=value if is_volume else None,
        )

    def _store(
        self, locked: LockedApply, operation: Operation, *, caller: str, value: int | None
    ) -> None:
        _supersede(locked, operation)
        locked.requests.arm(operation, caller=caller, value=value)
        if operation is Operation.VOLUME:
            locked.set(volume=value)
        if locked["lease_token"] is None:
            locked.set(due_at=self._database.clock.now())
        locked.log("requested", f"{operation} asked for by {caller}")

    def _expire(
        self, tx: Connection, apply_id: ApplyId, max_wait: timedelta
    ) -> tuple[ControlRequest, ...]:
        locked = self._locked(tx, apply_id)
        expires_at = locked["lease_expires_at"]
        is_driven = expires_at is not None and expires_at > locked.now
        if is_driven or can_be_served(tx, locked.columns, self._database.clock):
            return ()
        late = [
            Operation(row["operation"])
            for row in locked.requests.rows()
            if locked.now - row["created_at"] > max_wait
        ]
        for operation in late:
            locked.requests.end(
                operation,
                status=RequestStatus.FAILED,
                outcome="no_worker",
                message="no worker that could serve it was heard of",
            )
            locked.log("request_expired", f"nobody could serve {operation}")
        locked.save()
        return tuple(locked.requests.shown(operation, apply_id) for operation in late)

    def _locked(self, tx: Connection, apply_id: ApplyId) -> LockedApply:
        query = select_locked(self._database.clock).where(applies.c.apply_id == apply_id)
        row = tx.execute(query).first()
        if row is None:
            raise ApplyNotFound(apply_id=apply_id)
        return LockedApply(tx, row, self._database.clock)


def _situation(locked: LockedApply) -> Situation:
    return Situation(
        apply_id=locked.apply_id,
        state=locked.state,
        task_states=frozenset(locked.tasks.states),
        is_leased=locked["lease_token"] is not None,
        has_external_id=locked["external_id"] is not None,
        was_driven=locked["refused_epoch"] != locked["lease_epoch"],
        volume=locked["volume"],
        pending=locked.requests.operations(),
    )


def _supersede(locked: LockedApply, operation: Operation) -> None:
    """A stop or cancel ends what was asked before it and has not happened (Q-48)."""
    if operation not in {Operation.STOP, Operation.CANCEL}:
        return
    for older in list(locked.requests.operations()):
        locked.requests.end(
            older,
            status=RequestStatus.FAILED,
            outcome=f"superseded_by_{operation}",
            message=f"{operation} was asked for",
        )
    locked.requests.save()


def _settle_here(locked: LockedApply, operation: Operation) -> None:
    if operation is Operation.CANCEL:
        for place, state in enumerate(locked.tasks.states):
            if state not in TERMINAL_TASK_STATES:
                locked.tasks.move(place, task_way(state, TaskState.CANCELLED))
        locked.move((ApplyState.CANCELLED,))
    close_requests(locked)


def _shown(
    locked: LockedApply, operation: Operation, judgement: Judgement
) -> ControlRequest | None:
    if judgement in {Judgement.NO_OP, Judgement.ALREADY_IN_PROGRESS}:
        return None
    return locked.requests.shown(operation, locked.apply_id)
