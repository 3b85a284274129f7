"""A piece of work for a Tern, and how it ends."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from tern.errors import SchemaBotError
from tern.values.plan import ChangeType, Verdict
from tern.values.progress import TaskStatus
from tern.values.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How the caller wants the work done. None leaves it to the target's setting."""

    allow_unsafe: bool = False
    defer_cutover: bool = False
    defer_deploy: bool = False
    skip_revert: bool = False
    volume: int | None = None
    branch: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkStatement:
    """One statement of the work; `base` and `desired` as the plan proved them.

    Attributes:
        evidence: What the plan said of the use of what goes.
        status: As stored when the work was claimed; a finished one never runs again.
    """

    task_id: str
    ordinal: int
    namespace: str
    schema: str
    table: str
    change_type: ChangeType
    ddl: str
    verdict: Verdict
    base: str | None = None
    desired: str | None = None
    unsafe_reasons: tuple[str, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    evidence: Mapping[str, str] = field(default_factory=dict)
    status: TaskStatus = TaskStatus.PENDING


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Everything a Tern needs for a claimed apply; it reads nothing else of the control plane.

    Attributes:
        apply_id: The control plane's name of the apply.
        external_id: The name that a remote gave it; empty until then.
        resume_metadata: What `Reporter.remember` stored last.
        attempt: From 1; grows when a retryable failure was spent.
        copy_rates: As in `PlanRequest`.
    """

    apply_id: str
    target: Target
    statements: tuple[WorkStatement, ...]
    options: RunOptions = field(default_factory=RunOptions)
    session: Mapping[str, str] = field(default_factory=dict)
    plan_hash: str = ""
    caller: str = ""
    attempt: int = 1
    external_id: str | None = None
    resume_metadata: Mapping[str, str] = field(default_factory=dict)
    copy_rates: tuple[float, ...] = ()


class EndState(StrEnum):
    """The states in which a completed run may leave an apply."""

    COMPLETED = "completed"
    REVERTED = "reverted"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """At its end; nothing of it will run again."""

    end: EndState = EndState.COMPLETED


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """At rest by request, checkpoint kept; a start makes it go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """At rest until a time or a signal, nothing spent: a gate, an outage, a shutdown.

    Attributes:
        due: How long until it is worth looking again; zero means at once, by anybody.
    """

    reason: str
    due: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retryable:
    """The same run may succeed later; an attempt is spent."""

    error: SchemaBotError
    task_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Permanent:
    """It can't succeed; later tasks are cancelled."""

    error: SchemaBotError
    task_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Something may or may not have happened on the target; a person must look."""

    error: SchemaBotError
    task_id: str | None = None


Outcome = Completed | Stopped | Waiting | Retryable | Permanent | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What a Tern says of itself: `ok`, `starting` or `draining`."""

    status: str
    version: str
    features: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogsRequest:
    """Ask for the newest lines of one apply's own log, or those after an id."""

    apply_id: str
    limit: int = 50
    after_id: int | None = None
