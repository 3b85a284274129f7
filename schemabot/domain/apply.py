"""An apply is one execution of a plan; a task is one table's statement within it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from schemabot.domain.ids import ApplyId, PlanId, TaskId, mint_apply_id
from schemabot.domain.plan import Plan
from schemabot.domain.states import ApplyState, TaskState
from tern.values.plan import ChangeType, Verdict
from tern.values.progress import TaskProgress
from tern.values.run import RunOptions
from tern.values.target import DatabaseType, Target


class Priority(StrEnum):
    """Order among applies that have not started."""

    URGENT = "urgent"
    NORMAL = "normal"
    LOW = "low"


class Lane(StrEnum):
    """Which kind of worker may claim: a process with storage, or one over HTTP."""

    LOCAL = "local"
    HTTP = "http"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyOptions:
    """What the caller asked for, beyond the plan."""

    run: RunOptions = field(default_factory=RunOptions)
    priority: Priority = Priority.NORMAL
    not_before: datetime | None = None
    start_before: datetime | None = None
    lock_owner: str | None = None
    release_lock: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NewApply:
    """An admitted request, about to become rows.

    Attributes:
        apply_id: Drawn first, so that a read by id decides after an unanswered COMMIT (Q-6).
        plan: Each of its statements becomes a task, in order.
        traceparent: Trace context of the accepting request, continued by its drives.
    """

    plan: Plan
    options: ApplyOptions
    caller: str
    lane: Lane = Lane.LOCAL
    apply_id: ApplyId = field(default_factory=mint_apply_id)
    installation_id: int | None = None
    traceparent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyFilter:
    """Which applies a list shows; all given conditions hold at once (A-37).

    Attributes:
        active: True for non-terminal ones, False for terminal ones.
        pull_request: `(repository, number)`.
    """

    database: str | None = None
    database_type: DatabaseType | None = None
    environment: str | None = None
    deployment: str | None = None
    states: frozenset[ApplyState] = frozenset()
    active: bool | None = None
    caller: str | None = None
    pull_request: tuple[str, int] | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One statement's row. `progress` is the last picture its engine gave."""

    task_id: TaskId
    apply_id: ApplyId
    position: int
    namespace: str
    schema: str
    table: str
    change_type: ChangeType
    ddl: str
    verdict: Verdict
    state: TaskState
    ready: bool = False
    progress: TaskProgress | None = None
    error_code: str | None = None
    error: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Apply:
    """One row of the queue, with its tasks in order.

    Attributes:
        lease_owner: Who drives it now, for people; None when nobody does.
        due_at: When it may be claimed; None while it waits for a request, or has ended.
        version: Grows with every shown change.
        progress_at: When the owner last reported, by the database's clock.
    """

    apply_id: ApplyId
    plan_id: PlanId
    plan_hash: str
    target: Target
    lane: Lane
    engine: str
    state: ApplyState
    options: ApplyOptions
    caller: str
    tasks: tuple[Task, ...]
    attempt: int
    lease_epoch: int
    version: int
    created_at: datetime
    updated_at: datetime
    detail: str | None = None
    error_code: str | None = None
    error: str | None = None
    summary: str = ""
    volume: int | None = None
    external_id: str | None = None
    resume_metadata: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    repository: str | None = None
    pull_request: int | None = None
    installation_id: int | None = None
    traceparent: str | None = None
    lease_owner: str | None = None
    lease_expires_at: datetime | None = None
    due_at: datetime | None = None
    retry_after: datetime | None = None
    progress_at: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
