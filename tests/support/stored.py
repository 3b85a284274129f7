"""Stored plans and applies, and the moving of their times, for tests over a real storage."""

from datetime import timedelta

from sqlalchemy import select, update

from schemabot.domain.apply import Apply, ApplyOptions, Lane, NewApply
from schemabot.domain.execution import Claimer, Execution, Report
from schemabot.domain.ids import ApplyId
from schemabot.domain.plan import NewPlan, Plan
from schemabot.storage.storage import Storage
from schemabot.storage.tables.schema import applies
from tern.values.plan import PlanResult
from tern.values.progress import Progress, TaskProgress, TaskStatus
from tern.values.schema_files import SchemaFiles
from tern.values.target import DatabaseType, Target
from tests.support.planned import alter, planned

TERM = timedelta(seconds=15)
LONG_AGO = timedelta(hours=1)

_TIMES = ("lease_expires_at", "claimable_at", "lease_acquired_at", "due_at", "retry_after")


def a_target(database: str = "orders", environment: str = "production") -> Target:
    return Target(database=database, type=DatabaseType.MYSQL, environment=environment)


def two_alters() -> PlanResult:
    return planned(alter("users", ordinal=0), alter("visits", ordinal=1))


def store_plan(
    storage: Storage, target: Target | None = None, *, result: PlanResult | None = None
) -> Plan:
    """A plan of two ALTERs."""
    return storage.plans.create(
        NewPlan(
            target=target or a_target(),
            route="local",
            engine="online",
            result=result or two_alters(),
            desired=SchemaFiles(files={"shop": {"users.sql": "CREATE TABLE users (id int)"}}),
            caller="ada",
            ttl=timedelta(hours=24),
        )
    )


def new_apply(
    storage: Storage, target: Target | None = None, *, options: ApplyOptions | None = None
) -> NewApply:
    """An admitted request for a stored plan of its own."""
    plan = store_plan(storage, target)
    return NewApply(plan=plan, options=options or ApplyOptions(), caller="ada", lane=Lane.LOCAL)


def store_apply(
    storage: Storage, target: Target | None = None, *, options: ApplyOptions | None = None
) -> Apply:
    """A stored apply with two tasks."""
    return storage.applies.create(new_apply(storage, target, options=options))


def a_claimer(owner: str = "here/1/a/0", *, term: timedelta = TERM) -> Claimer:
    return Claimer(owner=owner, term=term)


def claim_one(storage: Storage, owner: str = "here/1/a/0") -> Execution:
    """The one execution that is due; fails when there is none."""
    (execution,) = storage.leases.claim(a_claimer(owner), limit=1)
    return execution


class Optimistic(Storage):
    """Tests over it create and claim in one transaction (Q-36): `pytest --optimistic on`."""


def claimed(storage: Storage, target: Target | None = None) -> Execution:
    """A fresh apply, claimed: at once where the storage is `Optimistic`, else from the queue."""
    if not isinstance(storage, Optimistic):
        store_apply(storage, target)
        return claim_one(storage)
    _, execution = storage.applies.create_and_claim(new_apply(storage, target), a_claimer())
    assert execution is not None
    return execution


def picture(execution: Execution, *statuses: TaskStatus, sequence: int = 1) -> Progress:
    """What an engine shows of the tasks, in order; one status stands for all."""
    shown = statuses * len(execution.work.statements) if len(statuses) == 1 else statuses
    return Progress(
        sequence=sequence,
        tasks=tuple(
            TaskProgress(task_id=statement.task_id, status=status)
            for statement, status in zip(execution.work.statements, shown, strict=True)
        ),
    )


def report(execution: Execution, *statuses: TaskStatus, sequence: int = 1) -> Report:
    """An accepting report with this picture."""
    return Report(accepted=True, progress=picture(execution, *statuses, sequence=sequence))


def running(storage: Storage, target: Target | None = None) -> Execution:
    """A fresh apply, claimed, accepted, and at work on both tasks."""
    execution = claimed(storage, target)
    storage.leases.record(execution.lease, report(execution, TaskStatus.RUNNING))
    return execution


def in_status(storage: Storage, status: TaskStatus) -> Execution:
    """A fresh apply whose two tasks show this status."""
    execution = claimed(storage)
    storage.leases.record(execution.lease, report(execution, status))
    return execution


def let_expire(storage: Storage, apply_id: ApplyId, *, by: timedelta = -LONG_AGO) -> None:
    """Move the row's times into the past, as if nobody had beaten for an hour."""
    move_times(storage, apply_id, by=by)


def move_times(storage: Storage, apply_id: ApplyId, *, by: timedelta) -> None:
    """Shift all times of a row that say when something may happen to it."""
    mine = applies.c.apply_id == apply_id
    columns = [applies.c[name] for name in _TIMES]
    query = select(*columns).where(mine)
    row = storage.database.read(lambda tx: tx.execute(query).mappings().one())
    moved = {str(name): at + by for name, at in row.items() if at is not None}
    storage.database.write(lambda tx: tx.execute(update(applies).where(mine).values(**moved)))


def set_row(storage: Storage, apply_id: ApplyId, **columns: object) -> None:
    """Write columns as no method of storage would."""
    mine = applies.c.apply_id == apply_id
    storage.database.write(lambda tx: tx.execute(update(applies).where(mine).values(**columns)))


def row_of(storage: Storage, apply_id: ApplyId) -> dict[str, object]:
    """The whole row."""
    query = select(applies).where(applies.c.apply_id == apply_id)
    found = storage.database.read(lambda tx: tx.execute(query).mappings().one())
    return {str(name): value for name, value in found.items()}


def version_of(storage: Storage, apply_id: ApplyId) -> int:
    """The row's version alone."""
    query = select(applies.c.version).where(applies.c.apply_id == apply_id)
    return int(storage.database.read(lambda tx: tx.execute(query).scalar_one()))
