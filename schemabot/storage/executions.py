"""A claimed row as a worker gets it: complete, so that nothing else need be read to run it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, select

from schemabot.domain.apply import ApplyOptions
from schemabot.domain.execution import Execution
from schemabot.domain.lease import Lease
from schemabot.domain.states import ApplyState
from schemabot.storage.json_values import OPTIONS, TEXTS
from schemabot.storage.locked_apply import LockedApply
from schemabot.storage.rows import Columns, target_of
from schemabot.storage.tables.schema import applies, plans
from tern.values.plan import PlannedStatement, PlanResult
from tern.values.progress import TaskStatus
from tern.values.run import RunOptions, Work, WorkStatement

_RESULT = (
    select(plans.c.result)
    .where(plans.c.plan_id == applies.c.plan_id)
    .scalar_subquery()
    .label("result")
)


def with_result(query: Select[Any]) -> Select[Any]:
    """The query over applies with the result of each one's plan behind its columns.

    A plan never changes, so its row is read without a lock.
    """
    return query.add_columns(_RESULT)


def execution_of(locked: LockedApply, lease: Lease, *, result: PlanResult) -> Execution:
    """The execution under a lease that this transaction has just written."""
    return Execution(
        lease=lease,
        work=_work_of(locked, result),
        state=locked.state,
        orders=locked.requests.orders(locked.apply_id),
        traceparent=locked["traceparent"],
    )


def _work_of(locked: LockedApply, result: PlanResult) -> Work:
    planned = {statement.ordinal: statement for statement in result.statements}
    return Work(
        apply_id=locked.apply_id,
        target=target_of(locked.columns),
        statements=tuple(_statement_of(row, planned) for row in locked.tasks),
        options=_run_options(OPTIONS.load(locked["options"]), volume=locked["volume"]),
        session=result.session,
        plan_hash=locked["plan_hash"],
        caller=locked["caller"],
        attempt=locked["attempt"],
        external_id=locked["external_id"],
        resume_metadata=TEXTS.load(locked["resume_metadata"]),
        copy_rates=result.copy_rates,
    )


def _run_options(options: ApplyOptions, *, volume: int | None) -> RunOptions:
    return replace(options.run, volume=volume)


def _statement_of(row: Columns, planned: Mapping[int, PlannedStatement]) -> WorkStatement:
    statement = planned[row["position"]]
    return WorkStatement(
        task_id=row["task_id"],
        ordinal=statement.ordinal,
        namespace=statement.namespace,
        schema=statement.schema,
        table=statement.table,
        change_type=statement.change_type,
        ddl=statement.ddl,
        verdict=statement.verdict,
        base=statement.base,
        desired=statement.desired,
        unsafe_reasons=statement.unsafe_reasons,
        details=statement.details,
        evidence=statement.evidence,
        status=_status_of(row["state"]),
    )


def _status_of(state: str) -> TaskStatus:
    """What waits for its deploy has not begun, as far as a Tern knows."""
    if state == ApplyState.WAITING_FOR_DEPLOY:
        return TaskStatus.PENDING
    return TaskStatus(state)
