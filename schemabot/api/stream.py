"""Progress as server-sent events: the documents that polling gives, when they change (A-34).

A stream first answers as the progress route does, errors included; only then it becomes a stream.
What is sent next waits for the client to take what was sent before, so a slow client gets fewer,
newer documents and no queue grows.
"""

import json
from collections.abc import AsyncGenerator
from contextlib import ExitStack, aclosing
from dataclasses import dataclass
from typing import Annotated

import anyio
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from schemabot.api.decoding import caller_of, read_query
from schemabot.api.error_responses import error_body
from schemabot.api.errors import TooManyStreams
from schemabot.api.feed import POLL_SECONDS, Feed
from schemabot.api.schemas.status import log_answer
from schemabot.api.schemas.wire import QueryFlag, QueryInteger
from schemabot.config.strict import Strict
from schemabot.domain.event import Event, EventFilter
from schemabot.domain.ids import ApplyId, parse_apply_id
from schemabot.service.caller import Caller
from schemabot.service.reporting import Reporting
from tern.errors import SchemaBotError, Transient

RETRY_MILLISECONDS = 3000
_COMMENT_AFTER_SECONDS = 15.0
_LOG_BATCH = 200

_MEDIA_TYPE = "text/event-stream"
_LAST = ("event: end", "event: bye")

Frames = AsyncGenerator[str, None]


class EventsQuery(Strict):
    """`GET /api/progress/{apply_id}/events`.

    Attributes:
        logs: Send the log too: the newest lines first, then each new one.
        after_id: The last line that the client has already, when it comes back.
    """

    logs: QueryFlag = False
    after_id: Annotated[QueryInteger, Field(ge=0)] | None = None


@dataclass(slots=True, kw_only=True)
class _Told:
    """What a stream's client wants and has been told last."""

    wants_logs: bool
    log_id: int | None
    tag: str | None = None
    is_unavailable: bool = False


class StreamEndpoints:
    """Streams of one process; all of them end when `closing` is set."""

    def __init__(
        self, reporting: Reporting, *, feed: Feed, most: int, closing: anyio.Event
    ) -> None:
        self._reporting = reporting
        self._feed = feed
        self._most = most
        self._closing = closing

    async def events(self, request: Request) -> Response:
        """`GET /api/progress/{apply_id}/events`."""
        query = read_query(request, EventsQuery)
        apply_id, caller = parse_apply_id(request.path_params["apply_id"]), caller_of(request)
        if self._feed.streams >= self._most:
            raise TooManyStreams(limit=self._most)
        with ExitStack() as stack:
            stack.enter_context(self._feed.watching(apply_id))
            shown = await self._feed.newest(apply_id, caller=caller)
            if request.method == "HEAD":
                return Response(media_type=_MEDIA_TYPE)
            told = _Told(wants_logs=query.logs, log_id=query.after_id)
            if request.headers.get("last-event-id") == str(shown.picture.apply.version):
                told.tag = shown.tag
            return _Stream(self._frames(apply_id, caller, told), held=stack.pop_all())

    async def _frames(self, apply_id: ApplyId, caller: Caller, told: _Told) -> Frames:
        """Everything a client gets, until the apply has ended or the process wants to."""
        yield f"retry: {RETRY_MILLISECONDS}\n\n"
        spoken_at = anyio.current_time()
        while True:
            is_over = False
            async for frame in self._news(apply_id, caller, told):
                spoken_at = anyio.current_time()
                is_over = frame.startswith(_LAST)
                yield frame
            if is_over:
                return
            if anyio.current_time() - spoken_at >= _COMMENT_AFTER_SECONDS:
                spoken_at = anyio.current_time()
                yield ": still here\n\n"
            with anyio.move_on_after(POLL_SECONDS):
                await self._closing.wait()
            if self._closing.is_set():
                yield _frame("bye", json.dumps({"reason": "the server is shutting down"}))
                return

    async def _news(self, apply_id: ApplyId, caller: Caller, told: _Told) -> Frames:
        """What has changed since the client was told last."""
        try:
            shown = await self._feed.newest(apply_id, caller=caller)
            lines = await self._new_lines(apply_id, caller, told)
        except Transient as error:
            if not told.is_unavailable:
                told.is_unavailable = True
                yield _frame("unavailable", json.dumps(error_body(error)))
            return
        except SchemaBotError as error:  # seen before, so it was forbidden since
            yield _frame("bye", json.dumps(error_body(error)))
            return
        told.is_unavailable = False
        if shown.tag != told.tag:
            told.tag = shown.tag
            yield _frame("progress", shown.text, shown.picture.apply.version)
        for line in lines:
            told.log_id = line.id
            yield _frame("log", log_answer(line).text())
        if shown.picture.is_terminal and len(lines) < _LOG_BATCH:
            yield _frame("end", json.dumps({"state": shown.picture.apply.state}))

    async def _new_lines(self, apply_id: ApplyId, caller: Caller, told: _Told) -> tuple[Event, ...]:
        if not told.wants_logs:
            return ()
        wanted = EventFilter(after_id=told.log_id)
        return await self._reporting.logs(apply_id, wanted, caller=caller, limit=_LOG_BATCH)


class _Stream(StreamingResponse):
    """A stream that gives its place back however it ends."""

    def __init__(self, frames: Frames, *, held: ExitStack) -> None:
        super().__init__(frames, media_type=_MEDIA_TYPE, headers={"X-Accel-Buffering": "no"})
        self._frames = frames
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._held:
            async with aclosing(self._frames):
                await super().__call__(scope, receive, send)


def _frame(event: str, document: str, version: int | None = None) -> str:
    number = "" if version is None else f"id: {version}\n"
    return f"event: {event}\n{number}data: {document}\n\n"
