"""Rows as domain values."""

from collections.abc import Mapping, Sequence
from typing import Any

from schemabot.domain.apply import Apply, Lane, Task
from schemabot.domain.control import ControlRequest, Operation, RequestStatus
from schemabot.domain.execution import Order
from schemabot.domain.ids import ApplyId, PlanId, RequestId, TaskId
from schemabot.domain.states import ApplyState, TaskState
from schemabot.storage.json_values import OPTIONS, TASK_PROGRESS, TEXTS
from tern.values.plan import ChangeType, Verdict
from tern.values.target import DatabaseType, Target

Columns = Mapping[Any, Any]
"""A row by column name."""


def target_of(row: Columns) -> Target:
    """The target of an apply's row."""
    return Target(
        database=row["database_name"],
        type=DatabaseType(row["database_type"]),
        environment=row["environment"],
        deployment=row["deployment"],
        schemas=TEXTS.load(row["schemas"]),
    )


def apply_of(row: Columns, tasks: Sequence[Columns]) -> Apply:
    """An apply with its tasks, which are in order."""
    apply_id = ApplyId(row["apply_id"])
    return Apply(
        apply_id=apply_id,
        plan_id=PlanId(row["plan_id"]),
        plan_hash=row["plan_hash"],
        target=target_of(row),
        lane=Lane(row["lane"]),
        engine=row["engine"],
        state=ApplyState(row["state"]),
        options=OPTIONS.load(row["options"]),
        tasks=tuple(task_of(task, apply_id) for task in tasks),
        error=row["error_message"],
        resume_metadata=TEXTS.load(row["resume_metadata"]),
        metadata=TEXTS.load(row["metadata_json"]),
        due_at=row["claimable_at"] if row["lease_token"] is None else None,
        **{name: row[name] for name in _AS_STORED},
    )


_AS_STORED = (
    "caller",
    "attempt",
    "lease_epoch",
    "version",
    "created_at",
    "updated_at",
    "detail",
    "error_code",
    "summary",
    "volume",
    "external_id",
    "repository",
    "pull_request",
    "installation_id",
    "traceparent",
    "lease_owner",
    "lease_expires_at",
    "retry_after",
    "progress_at",
    "started_at",
    "completed_at",
)


def task_of(row: Columns, apply_id: ApplyId) -> Task:
    """A task."""
    return Task(
        task_id=TaskId(row["task_id"]),
        apply_id=apply_id,
        position=row["position"],
        namespace=row["namespace"],
        schema=row["schema_name"],
        table=row["table_name"],
        change_type=ChangeType(row["change_type"]),
        ddl=row["ddl"],
        verdict=Verdict(row["verdict"]),
        state=TaskState(row["state"]),
        ready=row["ready"],
        progress=None if row["progress"] is None else TASK_PROGRESS.load(row["progress"]),
        error_code=row["error_code"],
        error=row["error_message"],
        started_at=row["started_at"],
        completed_at=row["completed_at"],
    )


def request_id_of(row: Columns) -> RequestId:
    """Row and generation: an outcome is stored only for its own (Q-46)."""
    return RequestId(f"{row['id']}-{row['generation']}")


def request_of(row: Columns, apply_id: ApplyId) -> ControlRequest:
    """A control request."""
    return ControlRequest(
        request_id=request_id_of(row),
        apply_id=apply_id,
        operation=Operation(row["operation"]),
        status=RequestStatus(row["status"]),
        generation=row["generation"],
        requested_by=row["requested_by"],
        requested_at=row["created_at"],
        value=row["value"],
        outcome=row["outcome"],
        message=row["message"],
        resolved_at=row["resolved_at"],
    )


_FIRST = {Operation.CANCEL: 0, Operation.STOP: 1}


def orders_of(rows: Sequence[Columns], apply_id: ApplyId) -> tuple[Order, ...]:
    """Open requests as their worker gets them: cancel, stop, then in the order of asking."""
    orders = [
        Order(
            request_id=request_id_of(row),
            apply_id=apply_id,
            operation=Operation(row["operation"]),
            value=row["value"],
        )
        for row in sorted(rows, key=lambda row: (row["created_at"], row["id"]))
        if row["status"] == RequestStatus.PENDING
    ]
    return tuple(sorted(orders, key=lambda order: _FIRST.get(order.operation, 2)))
