"""One apply's progress on the wire, every documented field in it (A-26 to A-33)."""

from collections.abc import Mapping
from datetime import datetime

from schemabot.api.schemas.task import (
    ActualAnswer,
    TaskAnswer,
    ThrottleAnswer,
    actual_answer,
    task_answer,
    throttle_answer,
)
from schemabot.api.schemas.wire import Answer, EstimateAnswer, estimate_answer
from schemabot.domain.apply import Apply, ApplyOptions
from schemabot.domain.control import ControlRequest, RequestStatus
from schemabot.domain.queue_place import QueuePlace
from schemabot.service.picture import Picture


class QueueAnswer(Answer):
    """Why and where it waits."""

    position: int | None
    blocking_apply_id: str | None
    expected_wait_seconds: float | None
    reason: str


class OperationAnswer(Answer):
    """One deployment that the apply runs on."""

    deployment: str
    handoff: str
    external_id: str | None
    state: str
    worker_id: str | None
    lease_epoch: int
    lease_expires_at: datetime | None
    error: str | None


class RequestAnswer(Answer):
    """One control request and how it ended."""

    request_id: str
    operation: str
    status: str
    requested_by: str
    requested_at: datetime
    resolved_at: datetime | None
    error: str | None
    result: Mapping[str, str] | None


class OptionsAnswer(Answer):
    """What the caller asked for."""

    allow_unsafe: bool
    defer_cutover: bool
    defer_deploy: bool
    skip_revert: bool
    volume: int | None
    branch: str | None
    not_before: datetime | None
    start_before: datetime | None
    priority: str
    lock_owner: str | None
    release_lock: bool


class ProgressAnswer(Answer):
    """One apply, whole."""

    apply_id: str
    plan_id: str
    database: str
    database_type: str
    environment: str
    engine: str
    state: str
    detail: str | None
    terminal: bool
    caller: str
    pull_request: str | None
    options: OptionsAnswer
    volume: int | None
    attempt: int
    max_attempts: int
    retry_at: datetime | None
    error_code: str | None
    error: str | None
    summary: str
    next_actions: tuple[str, ...]
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    elapsed_seconds: float | None
    revert_expires_at: datetime | None
    percent: float | None
    eta_seconds: float | None
    throttle: ThrottleAnswer
    estimate: EstimateAnswer | None
    actual: ActualAnswer | None
    queue: QueueAnswer | None
    operations: tuple[OperationAnswer, ...]
    tasks: tuple[TaskAnswer, ...]
    control_requests: tuple[RequestAnswer, ...]
    metadata: Mapping[str, str]
    as_of: datetime | None
    stale: bool
    version: int


def progress_answer(picture: Picture) -> ProgressAnswer:
    """The picture as it is answered."""
    apply = picture.apply
    return ProgressAnswer(
        apply_id=apply.apply_id,
        plan_id=apply.plan_id,
        database=apply.target.database,
        database_type=apply.target.type,
        environment=apply.target.environment,
        engine=apply.engine,
        state=apply.state,
        detail=apply.detail,
        terminal=picture.is_terminal,
        caller=apply.caller,
        pull_request=pull_request_url(apply),
        options=_options(apply.options),
        volume=apply.volume,
        attempt=apply.attempt,
        max_attempts=picture.max_attempts,
        retry_at=apply.retry_after,
        error_code=apply.error_code,
        error=apply.error,
        summary=apply.summary,
        next_actions=picture.next_actions,
        created_at=apply.created_at,
        started_at=apply.started_at,
        completed_at=apply.completed_at,
        elapsed_seconds=picture.elapsed_seconds,
        revert_expires_at=None,
        percent=picture.percent,
        eta_seconds=picture.eta_seconds,
        throttle=throttle_answer(picture.throttle, apply.progress_at),
        estimate=estimate_answer(picture.plan_estimate),
        actual=actual_answer(picture.actual, picture.score),
        queue=_queue(picture.place),
        operations=(_operation(apply),),
        tasks=tuple(
            task_answer(task, estimate, apply)
            for task, estimate in zip(apply.tasks, picture.estimates, strict=True)
        ),
        control_requests=tuple(map(_request, picture.requests)),
        metadata=_metadata(apply),
        as_of=apply.progress_at,
        stale=picture.is_stale,
        version=apply.version,
    )


def pull_request_url(apply: Apply) -> str | None:
    """Where people find the pull request that asked for the apply."""
    if apply.repository is None or apply.pull_request is None:
        return None
    return f"https://github.com/{apply.repository}/pull/{apply.pull_request}"


def _metadata(apply: Apply) -> Mapping[str, str]:
    """What the engine says of itself, and the word of a state that nobody here knows (A-31)."""
    unknown = (task.progress.raw_status for task in apply.tasks if task.progress is not None)
    raw = next((word for word in unknown if word is not None), None)
    return apply.metadata if raw is None else {**apply.metadata, "raw_state": raw}


def _options(options: ApplyOptions) -> OptionsAnswer:
    run = options.run
    return OptionsAnswer(
        allow_unsafe=run.allow_unsafe,
        defer_cutover=run.defer_cutover,
        defer_deploy=run.defer_deploy,
        skip_revert=run.skip_revert,
        volume=run.volume,
        branch=run.branch,
        not_before=options.not_before,
        start_before=options.start_before,
        priority=options.priority,
        lock_owner=options.lock_owner,
        release_lock=options.release_lock,
    )


def _queue(place: QueuePlace | None) -> QueueAnswer | None:
    if place is None:
        return None
    return QueueAnswer(
        position=place.position,
        blocking_apply_id=place.blocking_apply_id,
        expected_wait_seconds=place.due_in_seconds,
        reason=place.reason,
    )


def _operation(apply: Apply) -> OperationAnswer:
    return OperationAnswer(
        deployment=apply.target.deployment,
        handoff="local",
        external_id=apply.external_id,
        state=apply.state,
        worker_id=apply.lease_owner,
        lease_epoch=apply.lease_epoch,
        lease_expires_at=apply.lease_expires_at,
        error=apply.error,
    )


def _request(request: ControlRequest) -> RequestAnswer:
    failed = request.status is RequestStatus.FAILED
    ended = request.outcome is not None
    return RequestAnswer(
        request_id=request.request_id,
        operation=request.operation,
        status=request.status,
        requested_by=request.requested_by,
        requested_at=request.requested_at,
        resolved_at=request.resolved_at,
        error=(request.message or request.outcome) if failed else None,
        result={"outcome": request.outcome or ""} if ended else None,
    )
