"""One table's statement on the wire: how far it is, what it took, what holds it back (A-29)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from schemabot.api.schemas.wire import Answer, EstimateAnswer, estimate_answer
from schemabot.domain.apply import Apply, Task
from schemabot.domain.scoring import Score, score
from schemabot.service.picture import task_percent
from tern.values.plan import Estimate
from tern.values.progress import (
    Actual,
    PhaseTime,
    ShardProgress,
    TaskProgress,
    TaskStatus,
    Throttle,
)

# what is shown of a task that no engine has reported yet
_NOTHING_YET = TaskProgress(task_id="", status=TaskStatus.PENDING)


class ThrottleAnswer(Answer):
    """Whether and why the engine holds back."""

    throttled: bool
    reason: str | None
    detail: str | None
    since: datetime | None


class ActualAnswer(Answer):
    """What something really took."""

    rows: int
    bytes: int
    seconds: float
    throttled_seconds: float
    peak_disk_bytes: int | None
    phase_seconds: Mapping[str, float]
    estimate_error: float | None
    inside_estimate: bool | None


class PhaseAnswer(Answer):
    """One phase of a task; times are null where the engine doesn't tell them."""

    name: str
    started_at: datetime | None
    ended_at: datetime | None
    percent: float | None


class VerificationAnswer(Answer):
    """How far the comparison of both tables is."""

    rows_checked: int
    rows_total: int | None
    differences: int


class CutoverAnswer(Answer):
    """How the swap stands."""

    ready: bool
    attempts: int
    last_attempt_at: datetime | None
    last_error: str | None


class ShardAnswer(Answer):
    """One shard's part of a task."""

    shard: str
    state: str
    phase: str | None
    rows_copied: int
    rows_total: int | None
    percent: float | None
    eta_seconds: float | None
    cutover_attempts: int
    ready: bool
    throttle_reason: str | None
    message: str


class TaskAnswer(Answer):
    """One table's statement and how far it is."""

    task_id: str
    namespace: str
    table: str
    change_type: str
    ddl: str
    state: str
    method: str
    phase: str | None
    phases: tuple[PhaseAnswer, ...]
    rows_copied: int | None
    rows_total: int | None
    rows_total_is_estimate: bool
    rows_per_second: float | None
    percent: float | None
    eta_seconds: float | None
    verification: VerificationAnswer
    throttle: ThrottleAnswer
    cutover: CutoverAnswer
    estimate: EstimateAnswer | None
    actual: ActualAnswer | None
    shards: tuple[ShardAnswer, ...]
    detail: Mapping[str, str]
    attempt: int
    error_code: str | None
    error: str | None
    started_at: datetime | None
    completed_at: datetime | None


def task_answer(task: Task, estimate: Estimate | None, apply: Apply) -> TaskAnswer:
    """The task as it is answered."""
    known = task.progress is not None
    shown = task.progress or _NOTHING_YET
    actual = shown.actual
    return TaskAnswer(
        task_id=task.task_id,
        namespace=task.namespace,
        table=task.table,
        change_type=task.change_type,
        ddl=task.ddl,
        state=task.state,
        method=task.verdict,
        phase=shown.phase,
        phases=_phases(shown, apply.progress_at),
        rows_copied=shown.rows_copied if known else None,
        rows_total=shown.rows_total,
        rows_total_is_estimate=shown.rows_total_is_estimate,
        rows_per_second=shown.rows_per_second,
        percent=task_percent(task),
        eta_seconds=shown.eta_seconds,
        verification=VerificationAnswer(
            rows_checked=shown.rows_verified,
            rows_total=shown.rows_total,
            differences=shown.differences,
        ),
        throttle=throttle_answer(shown.throttle, apply.progress_at),
        cutover=CutoverAnswer(
            ready=task.ready,
            attempts=shown.cutover_attempts,
            last_attempt_at=None,
            last_error=None,
        ),
        estimate=estimate_answer(estimate),
        actual=actual_answer(actual, score(actual, estimate)),
        shards=tuple(map(_shard, shown.shards)),
        detail=_detail(shown),
        attempt=apply.attempt,
        error_code=task.error_code,
        error=task.error,
        started_at=task.started_at,
        completed_at=task.completed_at,
    )


def actual_answer(actual: Actual | None, scored: Score) -> ActualAnswer | None:
    """What was really taken, as it is answered."""
    if actual is None:
        return None
    return ActualAnswer(
        rows=actual.rows,
        bytes=actual.bytes,
        seconds=actual.seconds,
        throttled_seconds=actual.throttled_seconds,
        peak_disk_bytes=actual.peak_disk_bytes,
        phase_seconds=actual.phase_seconds,
        estimate_error=scored.ratio,
        inside_estimate=scored.is_inside,
    )


def throttle_answer(throttle: Throttle | None, at: datetime | None) -> ThrottleAnswer:
    """What holds the engine back, `at` being when it said so."""
    if throttle is None:
        return ThrottleAnswer(throttled=False, reason=None, detail=None, since=None)
    since = None if at is None else at - timedelta(seconds=throttle.since_seconds)
    return ThrottleAnswer(
        throttled=True, reason=throttle.reason, detail=throttle.detail or None, since=since
    )


def _phases(shown: TaskProgress, at: datetime | None) -> tuple[PhaseAnswer, ...]:
    """Those that have begun; of an engine that doesn't tell them, the present one alone."""
    if shown.phases:
        return tuple(_phase(each, shown, at) for each in shown.phases)
    if shown.phase is None:
        return ()
    now = PhaseAnswer(name=shown.phase, started_at=None, ended_at=None, percent=shown.percent)
    return (now,)


def _phase(phase: PhaseTime, shown: TaskProgress, at: datetime | None) -> PhaseAnswer:
    """The engine says how long ago it was, as of its last report."""
    begun = None
    if at is not None and phase.begun_seconds_ago is not None:
        begun = at - timedelta(seconds=phase.begun_seconds_ago)
    ended = None
    if begun is not None and phase.is_over:
        ended = begun + timedelta(seconds=phase.seconds)
    is_present = phase.name == shown.phase
    percent = 100.0 if phase.is_over else shown.percent if is_present else None
    return PhaseAnswer(name=phase.name, started_at=begun, ended_at=ended, percent=percent)


def _detail(shown: TaskProgress) -> Mapping[str, str]:
    """Facts for people; a state that nobody knows stays visible (A-31)."""
    if shown.raw_status is None:
        return shown.detail
    return {**shown.detail, "raw_state": shown.raw_status}


def _shard(shard: ShardProgress) -> ShardAnswer:
    percent = None
    if shard.rows_total:
        percent = min(100.0, 100.0 * shard.rows_copied / shard.rows_total)
    return ShardAnswer(
        shard=shard.shard,
        state=shard.status,
        phase=None,
        rows_copied=shard.rows_copied,
        rows_total=shard.rows_total,
        percent=percent,
        eta_seconds=shard.eta_seconds,
        cutover_attempts=shard.cutover_attempts,
        ready=shard.ready,
        throttle_reason=None,
        message=shard.message,
    )
