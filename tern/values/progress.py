"""What a Tern reports while it runs: always the whole picture, never a difference."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tern.values.plan import Estimate


class TaskStatus(StrEnum):
    """State of one statement as a Tern reports it; the wire carries these names."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING_FOR_CUTOVER = "waiting_for_cutover"
    CUTTING_OVER = "cutting_over"
    REVERT_WINDOW = "revert_window"
    COMPLETED = "completed"
    FAILED = "failed"
    FAILED_RETRYABLE = "failed_retryable"
    STOPPED = "stopped"
    REVERTED = "reverted"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle:
    """Why the engine holds back just now.

    Attributes:
        reason: A word of the engine, e.g. `lag`, `threads`, `paused`.
        since_seconds: How long it has held back by this reason.
    """

    reason: str
    detail: str = ""
    since_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardProgress:
    """One shard's part of a task."""

    shard: str
    status: TaskStatus
    rows_copied: int = 0
    rows_total: int | None = None
    eta_seconds: float | None = None
    cutover_attempts: int = 0
    ready: bool = False
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseTime:
    """One phase of a statement, by the engine's own clock.

    Attributes:
        seconds: That it took so far, rests and crashes left out.
        begun_seconds_ago: By this run; None where it was over before this run began.
        is_over: Whether another one follows or followed.
    """

    name: str
    seconds: float
    begun_seconds_ago: float | None = None
    is_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Actual:
    """What a finished statement really took; scored against its estimate.

    Attributes:
        bytes: Data and indexes of the source, by the server's statistics at the start.
        seconds: Of all work; waits for people are left out.
        throttled_seconds: How long the copy was held back.
        peak_disk_bytes: The most that the engine's own tables took at a time, logs left out.
        phase_seconds: By the phase's word.
        estimate: Made when the work began; None where only the plan's is known.
        copy_rate: Bytes a second of the copy, as if at the default volume; None where the table was
            too small to tell.
    """

    rows: int
    bytes: int
    seconds: float
    throttled_seconds: float = 0.0
    peak_disk_bytes: int | None = None
    phase_seconds: Mapping[str, float] = field(default_factory=dict)
    estimate: Estimate | None = None
    copy_rate: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskProgress:
    """One statement's picture.

    Attributes:
        phase: The engine's own word, e.g. `copy`, `verify`; None before it starts.
        raw_status: What a remote said, when `status` could not be told from it: then the stored
            state stays and this is shown.
        ready: Proven ready for cutover by the engine that runs it now.
        phases: Those that have begun, in order.
        volume: The pace of now, 1 to 11; None where pace means nothing.
        detail: Further facts for people: backlog, gate, blockers, checkpoint age.
    """

    task_id: str
    status: TaskStatus
    raw_status: str | None = None
    phase: str | None = None
    rows_copied: int = 0
    rows_total: int | None = None
    rows_total_is_estimate: bool = True
    rows_per_second: float | None = None
    bytes_copied: int = 0
    eta_seconds: float | None = None
    percent: float | None = None
    rows_verified: int = 0
    differences: int = 0
    ready: bool = False
    throttle: Throttle | None = None
    cutover_attempts: int = 0
    shards: tuple[ShardProgress, ...] = ()
    detail: Mapping[str, str] = field(default_factory=dict)
    phases: tuple[PhaseTime, ...] = ()
    volume: int | None = None
    actual: Actual | None = None
    error_code: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The whole picture of one apply.

    Attributes:
        sequence: Grows with every report of one run; an older one is dropped.
        advanced: Whether the engine moved since the last report: what the stall limit counts.
    """

    sequence: int
    tasks: tuple[TaskProgress, ...]
    summary: str = ""
    volume: int | None = None
    advanced: bool = True
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One line of a run's own log, for people."""

    level: str
    event: str
    message: str
    task_id: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
