"""The rows of an admitted apply, in one transaction with the checks that only it can make (Q-3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from schemabot.domain.apply import NewApply
from schemabot.domain.errors import (
    ActiveApplyExists,
    DatabaseLocked,
    StorageUnavailable,
)
from schemabot.domain.ids import mint_task_id
from schemabot.domain.plan import PlanAtHand
from schemabot.domain.states import ApplyState, TaskState
from schemabot.storage.claim_order import claim_columns
from schemabot.storage.claiming import QUEUE_VERSION
from schemabot.storage.clock import Clock
from schemabot.storage.json_values import OPTIONS, TEXTS
from schemabot.storage.lock_rows import lock_of
from schemabot.storage.prepared import insert_row, insert_rows_later
from schemabot.storage.rows import Columns
from schemabot.storage.tables.schema import applies, database_locks, tasks
from tern.values.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """The rows as they were inserted: what a read of them would give."""

    apply: Columns
    tasks: Sequence[Columns]


_INSERTS = 3  # the apply in the way may end between the insert and the look at it


def admit(tx: Connection, new: NewApply, *, at_hand: PlanAtHand, clock: Clock) -> Admitted:
    """Insert apply and tasks; nothing needs to be read back.

    Args:
        tx: Has read `at_hand`.
        new: To become rows.
        at_hand: Its plan as it is in this transaction.
        clock: Of the same database.

    Raises:
        DatabaseLocked: somebody else holds the database's lock.
        ActiveApplyExists: the target's one active apply is another.
    """
    if at_hand.lock_owner not in {None, new.options.lock_owner or new.caller}:
        _refuse_foreign_lock(tx, new)
    apply = _insert_apply(tx, new, now=at_hand.now, clock=clock)
    rows = _task_rows(new, apply["id"])
    insert_rows_later(tx, tasks, rows)
    return Admitted(apply=apply, tasks=[_NO_TASK | row for row in rows])


def _refuse_foreign_lock(tx: Connection, new: NewApply) -> None:
    target = new.plan.target
    query = select(database_locks).where(
        database_locks.c.database_name == target.database,
        database_locks.c.database_type == target.type.value,
    )
    row = tx.execute(query).mappings().first()
    if row is not None and row["owner"] != (new.options.lock_owner or new.caller):
        raise DatabaseLocked(lock=lock_of(row).shown())


def _insert_apply(tx: Connection, new: NewApply, *, now: datetime, clock: Clock) -> Columns:
    values = _columns_of(new) | dict.fromkeys(_BORN_AT, now)
    values |= claim_columns(values, clock)
    for _ in range(_INSERTS):
        try:
            inserted = insert_row(tx, applies, values)
        except IntegrityError as error:
            _raise_blocker(tx, new.plan.target, error)
        else:
            return _NO_APPLY | values | {"id": inserted.lastrowid}
    raise StorageUnavailable(reason=f"{new.plan.target.place} changes hands all the time")


def _raise_blocker(tx: Connection, target: Target, error: IntegrityError) -> None:
    """Name the apply in the way; it may have ended since the insert met it."""
    query = select(applies).where(applies.c.active_target == target.key)
    row = tx.execute(query).mappings().first()
    if row is None:
        return
    started_at = row["started_at"] or row["created_at"]
    raise ActiveApplyExists(
        target=target.place,
        apply_id=row["apply_id"],
        state=row["state"],
        caller=row["caller"],
        started_at=started_at.isoformat(),
    ) from error


def _columns_of(new: NewApply) -> dict[str, Any]:
    plan, options = new.plan, new.options
    return {
        "apply_id": new.apply_id,
        "plan_id": plan.plan_id,
        "plan_hash": plan.plan_hash,
        "database_name": plan.target.database,
        "database_type": plan.target.type.value,
        "environment": plan.target.environment,
        "deployment": plan.target.deployment,
        "schemas": TEXTS.dump(plan.target.schemas),
        "active_target": plan.target.key,
        "lane": new.lane.value,
        "engine": plan.engine,
        "task_count": len(plan.result.statements),
        "min_version": QUEUE_VERSION,
        "state": ApplyState.PENDING.value,
        "options": OPTIONS.dump(options),
        "priority": options.priority.value,
        "volume": options.run.volume,
        "caller": new.caller,
        "repository": plan.source.repository,
        "pull_request": plan.source.pull_request,
        "installation_id": new.installation_id,
        "traceparent": new.traceparent,
        "not_before": options.not_before,
        "start_before": options.start_before,
        **_BLANK,
    }


_BORN_AT = ("due_at", "state_since", "created_at", "updated_at")
_NO_APPLY: dict[str, Any] = dict.fromkeys(applies.c.keys())
_NO_TASK: dict[str, Any] = dict.fromkeys(tasks.c.keys())
_BLANK = {
    "summary": "",
    "metadata_json": "{}",
    "resume_metadata": "{}",
    "attempt": 1,
    "open_requests": 0,
    "refusals": 0,
    "refused_epoch": 0,
    "lease_token": None,
    "lease_epoch": 0,
    "progress_sequence": 0,
    "version": 1,
    "started_at": None,
}


def _task_rows(new: NewApply, apply_row: int) -> list[dict[str, Any]]:
    return [
        {
            "task_id": mint_task_id(),
            "apply_row": apply_row,
            "position": statement.ordinal,
            "namespace": statement.namespace,
            "schema_name": statement.schema,
            "table_name": statement.table,
            "change_type": statement.change_type.value,
            "ddl": statement.ddl,
            "verdict": statement.verdict.value,
            "state": TaskState.PENDING.value,
            "ready": False,
        }
        for statement in new.plan.result.statements
    ]
