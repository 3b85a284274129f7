"""Recovery that no worker does by itself (R-53): bounded, and never where a lease is live."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, select

from schemabot.domain.control import Operation, RequestStatus
from schemabot.domain.errors import (
    ApplyTerminal,
    InvalidState,
    NoTasks,
    StartWindowMissed,
    StopPending,
)
from schemabot.domain.ids import ApplyId
from schemabot.domain.retry import RetryPolicy
from schemabot.domain.states import TERMINAL_APPLY_STATES, ApplyState
from schemabot.storage.controls import ControlStore
from schemabot.storage.database import Database
from schemabot.storage.ending import end_badly
from schemabot.storage.invariants import Violation, check_page
from schemabot.storage.locked_apply import LockedApply, select_locked
from schemabot.storage.request_ends import close_requests
from schemabot.storage.rows import Columns
from schemabot.storage.tables.schema import applies, control_requests, tasks
from schemabot.storage.taking import fail_overdue, overdue_by
from tern.errors import Transient

SWEEPER = "schemabot"
"""Who asks, where no person did."""

_TERMINAL = [state.value for state in TERMINAL_APPLY_STATES]


class Sweeps:
    """Each method changes at most `limit` applies, a transaction each, and says which."""

    def __init__(self, database: Database, *, retry: RetryPolicy, controls: ControlStore) -> None:
        self._database = database
        self._clock = database.clock
        self._retry = retry
        self._controls = controls

    def expire_retries(self, *, limit: int) -> Sequence[ApplyId]:
        """Fail retries that are overdue by more than the policy's window (Q-43)."""
        is_overdue = and_(
            applies.c.state == ApplyState.FAILED_RETRYABLE.value,
            applies.c.retry_after < self._clock.after(-self._retry.window),
        )
        return self._sweep(is_overdue, self._expire_retry, limit=limit)

    def expire_unstarted(self, *, limit: int) -> Sequence[ApplyId]:
        """Fail applies that did not start before their `start_before` (Q-7, R-52)."""
        is_missed = and_(
            applies.c.state == ApplyState.PENDING.value,
            applies.c.started_at.is_(None),
            applies.c.start_before <= self._clock.now(),
        )
        return self._sweep(is_missed, _miss_start, limit=limit)

    def fail_taskless(self, *, limit: int) -> Sequence[ApplyId]:
        """Fail applies that have no tasks: no claim would ever take them (Q-19)."""
        has_none = and_(
            applies.c.active_target.is_not(None),
            ~exists().where(tasks.c.apply_row == applies.c.id),
        )
        return self._sweep(has_none, _fail_taskless, limit=limit)

    def settle_leftovers(self, *, limit: int) -> Sequence[ApplyId]:
        """End requests that are still open on applies that have ended (Q-53)."""
        asked = select(control_requests.c.apply_row).where(
            control_requests.c.status == RequestStatus.PENDING.value
        )
        is_left = and_(applies.c.id.in_(asked), applies.c.state.in_(_TERMINAL))
        return self._sweep(is_left, _settle_leftovers, limit=limit)

    def end_human_waits(self, *, longest: timedelta, limit: int) -> Sequence[ApplyId]:
        """Ask a stop of what waited too long for a cutover, a cancel for a deploy (Q-53)."""
        waits = (ApplyState.WAITING_FOR_CUTOVER.value, ApplyState.WAITING_FOR_DEPLOY.value)
        query = (
            select(applies.c.apply_id, applies.c.state)
            .where(
                applies.c.state.in_(waits),
                applies.c.state_since < self._clock.after(-longest),
                applies.c.open_requests == 0,
            )
            .limit(limit)
        )
        found = self._database.read(lambda tx: tx.execute(query).mappings().all())
        return _each(found, lambda row: self._end_wait(row["apply_id"], row["state"]))

    def check_invariants(self, *, page: int = 200) -> tuple[Violation, ...]:
        """Every broken invariant that rows can show; empty when all is well. Changes nothing.

        Transaction: a snapshot for each `page` of applies.
        """
        found: list[Violation] = []
        last_row: int | None = 0
        while last_row is not None:
            check = partial(check_page, clock=self._clock, after=last_row, limit=page)
            checked = self._database.read(check, is_snapshot=True)
            found += checked.violations
            last_row = checked.last_row
        return tuple(found)

    def _end_wait(self, apply_id: ApplyId, state: str) -> bool:
        is_deploy = state == ApplyState.WAITING_FOR_DEPLOY
        operation = Operation.CANCEL if is_deploy else Operation.STOP
        try:
            self._controls.request(apply_id, operation, caller=SWEEPER)
        except (ApplyTerminal, InvalidState, StopPending):
            return False  # it moved on between the look and the request
        return True

    def _sweep(
        self,
        condition: ColumnElement[bool],
        change: Callable[[LockedApply], None],
        *,
        limit: int,
    ) -> Sequence[ApplyId]:
        """Change rows without any lease that meet the condition, also under their lock.

        A lease that has run out is a claim's business: its driver may still be at work.
        """
        at_rest = applies.c.lease_token.is_(None)
        query = select(applies.c.id, applies.c.apply_id).where(condition, at_rest).limit(limit)
        found = self._database.read(lambda tx: tx.execute(query).mappings().all())
        locked = select_locked(self._clock).where(condition, at_rest)

        def change_one(row: Columns) -> bool:
            mine = locked.where(applies.c.id == row["id"])
            one = partial(self._change, query=mine, change=change)
            return self._database.write(one)

        return _each(found, change_one)

    def _change(
        self, tx: Connection, query: Select[Any], change: Callable[[LockedApply], None]
    ) -> bool:
        row = tx.execute(query).first()
        if row is None:
            return False
        locked = LockedApply(tx, row, self._clock)
        change(locked)
        locked.save()
        return True

    def _expire_retry(self, locked: LockedApply) -> None:
        overdue = overdue_by(locked, self._retry)
        if overdue is not None:
            fail_overdue(locked, overdue)


def _each(found: Sequence[Columns], change: Callable[[Columns], bool]) -> Sequence[ApplyId]:
    """Those that were changed; a row that can't be keeps none behind it waiting.

    Raises:
        StorageUnavailable: at once.
        ExceptionGroup: what went wrong with single rows, after all were tried.
    """
    changed, failures = [], []
    for row in found:
        try:
            is_changed = change(row)
        except Transient:
            raise
        except Exception as error:  # noqa: BLE001 (one apply is isolated from the next)
            error.add_note(f"of {row['apply_id']}")
            failures.append(error)
        else:
            changed += [ApplyId(row["apply_id"])] if is_changed else []
    if failures:
        raise ExceptionGroup(f"{len(failures)} applies could not be swept", failures)
    return changed


def _miss_start(locked: LockedApply) -> None:
    end_badly(locked, StartWindowMissed(start_before=locked["start_before"].isoformat()))


def _fail_taskless(locked: LockedApply) -> None:
    end_badly(locked, NoTasks(apply_id=locked.apply_id))


def _settle_leftovers(locked: LockedApply) -> None:
    close_requests(locked)
