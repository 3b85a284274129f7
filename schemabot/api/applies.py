"""Endpoints: apply, progress, status, history, logs."""

from starlette.requests import Request
from starlette.responses import Response

from schemabot.api.answering import ok, written
from schemabot.api.decoding import (
    Limits,
    caller_of,
    no_query,
    read_body,
    read_query,
    traceparent_of,
)
from schemabot.api.schemas.apply import ApplyBody, accepted_answer
from schemabot.api.schemas.progress import progress_answer
from schemabot.api.schemas.status import (
    HistoryQuery,
    LogsQuery,
    StatusQuery,
    history_answer,
    logs_answer,
    status_answer,
)
from schemabot.config.units import parse_name
from schemabot.domain.apply import ApplyFilter
from schemabot.domain.errors import InvalidField
from schemabot.domain.ids import PlanId, parse_apply_id
from schemabot.service.admission import ApplyCommand
from schemabot.service.applying import Applying
from schemabot.service.locking import lock_owner
from schemabot.service.once import Once
from schemabot.service.picture import Picture
from schemabot.service.reporting import Reporting
from schemabot.service.views import Accepted


def _text(accepted: Accepted) -> str:
    return accepted_answer(accepted).text()


class ApplyEndpoints:
    """Into the queue, and what became of it."""

    def __init__(self, applying: Applying, reporting: Reporting, *, limits: Limits) -> None:
        self._applying = applying
        self._reporting = reporting
        self._limits = limits

    async def apply(self, request: Request) -> Response:
        """`POST /api/apply`."""
        body = await read_body(request, ApplyBody, limits=self._limits)
        asked, caller = body.value, caller_of(request)
        command = ApplyCommand(
            plan_id=PlanId(asked.plan_id),
            environment=asked.environment,
            options=asked.apply_options(lock_owner=lock_owner(caller, asked.lock_owner)),
            traceparent=traceparent_of(request),
        )
        answer = await self._applying.apply(
            command, caller=caller, once=Once(render=_text, key=body.key)
        )
        return written(answer, status=202, location="progress")

    async def progress(self, request: Request) -> Response:
        """`GET /api/progress/{apply_id}`."""
        no_query(request)
        apply_id = parse_apply_id(request.path_params["apply_id"])
        picture = await self._reporting.progress(apply_id, caller=caller_of(request))
        tag = entity_tag(picture)
        if tag in _tags(request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers={"ETag": tag})
        return ok(progress_answer(picture), headers={"ETag": tag})

    async def status(self, request: Request) -> Response:
        """`GET /api/status`."""
        query = read_query(request, StatusQuery)
        status = await self._reporting.status(
            query.wanted, caller=caller_of(request), limit=query.limit, cursor=query.cursor
        )
        return ok(status_answer(status))

    async def history(self, request: Request) -> Response:
        """`GET /api/history/{database}`."""
        query = read_query(request, HistoryQuery)
        database = path_name(request, "database")
        status = await self._reporting.status(
            ApplyFilter(database=database, environment=query.environment),
            caller=caller_of(request),
            limit=query.limit,
            cursor=query.cursor,
        )
        return ok(history_answer(database, status))

    async def logs(self, request: Request) -> Response:
        """`GET /api/logs/{apply_id}`."""
        query = read_query(request, LogsQuery)
        apply_id = parse_apply_id(request.path_params["apply_id"])
        events = await self._reporting.logs(
            apply_id, query.wanted, caller=caller_of(request), limit=query.limit
        )
        return ok(logs_answer(apply_id, events, after_id=query.after_id))


def entity_tag(picture: Picture) -> str:
    """Another one whenever anything shown has changed, silence of the owner included."""
    place = picture.place
    waits = "" if place is None else f"-{place.reason}-{place.position}"
    return f'"{picture.apply.version}{"-stale" if picture.is_stale else ""}{waits}"'


def path_name(request: Request, part: str) -> str:
    """A name from the path. Raises InvalidField."""
    try:
        return parse_name(request.path_params[part])
    except ValueError as error:
        raise InvalidField(fields=[(part, str(error))]) from error


def _tags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}
