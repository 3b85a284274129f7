"""Lists of applies, and their logs, on the wire (A-36, A-37)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from schemabot.api.schemas.progress import pull_request_url
from schemabot.api.schemas.task import ActualAnswer, actual_answer
from schemabot.api.schemas.wire import Answer, Instant, QueryFlag, QueryInteger
from schemabot.config.strict import Items, Lax, Strict
from schemabot.config.units import Name
from schemabot.domain.apply import ApplyFilter
from schemabot.domain.errors import InvalidField
from schemabot.domain.event import Event, EventFilter, Level, Source
from schemabot.domain.ids import TaskId, parse_task_id
from schemabot.domain.states import TERMINAL_TASK_STATES, ApplyState
from schemabot.service.picture import Picture
from schemabot.service.views import Status
from tern.errors import InvalidRequest

_FAILED = frozenset({ApplyState.FAILED, ApplyState.FAILED_RETRYABLE})


def _checked_task_id(text: str) -> str:
    try:
        return parse_task_id(text)
    except InvalidRequest as error:
        raise ValueError(error.message) from error


def parse_pull_request(text: str | None) -> tuple[str, int] | None:
    """`owner/repo#12` as repository and number. Raises InvalidField."""
    if text is None:
        return None
    repository, _, number = text.rpartition("#")
    if repository.count("/") != 1 or not number.isascii() or not number.isdigit():
        raise InvalidField(fields=[("pull_request", "write it as owner/repo#12")])
    return repository, int(number[:18])


class PageQuery(Strict):
    """What every list takes."""

    limit: Annotated[QueryInteger, Field(ge=1, le=1000)] = 20
    cursor: str | None = None


class StatusQuery(PageQuery):
    """`GET /api/status`."""

    database: Name | None = None
    environment: Name | None = None
    deployment: Name | None = None
    state: Items[Annotated[ApplyState, Lax]] = ()
    active: QueryFlag | None = None
    failed: QueryFlag | None = None
    caller: str | None = None
    pull_request: str | None = None
    since: Instant | None = None

    @property
    def wanted(self) -> ApplyFilter:
        """All conditions, joined by AND. Raises InvalidField."""
        return ApplyFilter(
            database=self.database,
            environment=self.environment,
            deployment=self.deployment,
            states=self._states(),
            active=self.active,
            caller=self.caller,
            pull_request=parse_pull_request(self.pull_request),
            since=self.since,
        )

    def _states(self) -> frozenset[ApplyState]:
        states = frozenset(self.state)
        if self.failed is None:
            return states
        wanted = _FAILED if self.failed else frozenset(ApplyState) - _FAILED
        both = states & wanted if states else wanted
        if not both:
            problem = "no state is in both `state` and `failed`"
            raise InvalidField(fields=[("failed", problem)])
        return both


class HistoryQuery(PageQuery):
    """`GET /api/history/{database}`."""

    environment: Name | None = None


class LogsQuery(Strict):
    """`GET /api/logs/{apply_id}`."""

    limit: Annotated[QueryInteger, Field(ge=1, le=1000)] = 50
    after_id: Annotated[QueryInteger, Field(ge=0)] | None = None
    level: Annotated[Level, Lax] | None = None
    task_id: Annotated[str, AfterValidator(_checked_task_id)] | None = None
    source: Annotated[Source, Lax] | None = None

    @property
    def wanted(self) -> EventFilter:
        """All conditions, joined by AND."""
        return EventFilter(
            after_id=self.after_id,
            level=self.level,
            task_id=None if self.task_id is None else TaskId(self.task_id),
            source=self.source,
        )


class ApplyAnswer(Answer):
    """One apply in a list."""

    apply_id: str
    plan_id: str
    database: str
    database_type: str
    environment: str
    deployment: str
    engine: str
    state: str
    terminal: bool
    caller: str
    pull_request: str | None
    volume: int | None
    attempt: int
    error_code: str | None
    error: str | None
    summary: str
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    elapsed_seconds: float | None
    percent: float | None
    eta_seconds: float | None
    tasks_total: int
    tasks_ended: int
    stale: bool
    version: int
    ddl: tuple[str, ...]
    actual: ActualAnswer | None
    rollback_of: str | None


class StatusAnswer(Answer):
    """A page of applies."""

    state_counts: Mapping[str, int]
    active_count: int
    applies: tuple[ApplyAnswer, ...]
    has_more: bool
    next_cursor: str | None


class HistoryAnswer(Answer):
    """A page of one database's applies."""

    database: str
    applies: tuple[ApplyAnswer, ...]
    has_more: bool
    next_cursor: str | None


class LogAnswer(Answer):
    """One line of an apply's log."""

    id: int
    at: datetime
    level: str
    event: str
    source: str
    task_id: str | None
    message: str
    old_state: str | None
    new_state: str | None
    fields: Mapping[str, str]


class LogsAnswer(Answer):
    """Lines, oldest first; `last_id` passed back as `after_id` goes on behind them."""

    apply_id: str
    logs: tuple[LogAnswer, ...]
    last_id: int


def status_answer(status: Status) -> StatusAnswer:
    """The status as it is answered."""
    return StatusAnswer(
        state_counts={str(state): count for state, count in status.state_counts.items()},
        active_count=status.active_count,
        applies=tuple(map(_apply, status.page.items)),
        has_more=status.page.next_cursor is not None,
        next_cursor=status.page.next_cursor,
    )


def history_answer(database: str, status: Status) -> HistoryAnswer:
    """One database's applies as they are answered."""
    return HistoryAnswer(
        database=database,
        applies=tuple(map(_apply, status.page.items)),
        has_more=status.page.next_cursor is not None,
        next_cursor=status.page.next_cursor,
    )


def logs_answer(apply_id: str, events: tuple[Event, ...], *, after_id: int | None) -> LogsAnswer:
    """Lines as they are answered."""
    last_id = events[-1].id if events else after_id or 0
    return LogsAnswer(apply_id=apply_id, logs=tuple(map(log_answer, events)), last_id=last_id)


def log_answer(event: Event) -> LogAnswer:
    """A line as it is answered."""
    return LogAnswer(
        id=event.id,
        at=event.at,
        level=event.level,
        event=event.event,
        source=event.source,
        task_id=event.task_id,
        message=event.message,
        old_state=event.old_state,
        new_state=event.new_state,
        fields=event.fields,
    )


def _apply(picture: Picture) -> ApplyAnswer:
    apply = picture.apply
    return ApplyAnswer(
        apply_id=apply.apply_id,
        plan_id=apply.plan_id,
        database=apply.target.database,
        database_type=apply.target.type,
        environment=apply.target.environment,
        deployment=apply.target.deployment,
        engine=apply.engine,
        state=apply.state,
        terminal=picture.is_terminal,
        caller=apply.caller,
        pull_request=pull_request_url(apply),
        volume=apply.volume,
        attempt=apply.attempt,
        error_code=apply.error_code,
        error=apply.error,
        summary=apply.summary,
        created_at=apply.created_at,
        started_at=apply.started_at,
        completed_at=apply.completed_at,
        elapsed_seconds=picture.elapsed_seconds,
        percent=picture.percent,
        eta_seconds=picture.eta_seconds,
        tasks_total=len(apply.tasks),
        tasks_ended=sum(task.state in TERMINAL_TASK_STATES for task in apply.tasks),
        stale=picture.is_stale,
        version=apply.version,
        ddl=tuple(task.ddl for task in apply.tasks),
        actual=actual_answer(picture.actual, picture.score),
        rollback_of=picture.rollback_of,
    )
