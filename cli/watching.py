"""An apply as it goes on: pictures from the event stream, from polling where the stream breaks."""

import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field

import anyio
from pydantic import ValidationError

from cli.client import Answer, Service
from cli.errors import ConnectionBroke, ServiceRefusal
from schemabot.api.schemas.progress import ProgressAnswer
from tern.errors import SchemaBotError

_FIRST_PAUSE_SECONDS = 2.0
_LONGEST_PAUSE_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Nothing new can be had now; the last picture is so old."""

    seconds: float
    reason: str


Seen = Answer[ProgressAnswer] | Silence


def is_over(progress: ProgressAnswer) -> bool:
    """Whether watching ends: at an end, or at rest with nobody having asked to go on."""
    if progress.terminal:
        return True
    asked = any(
        request.operation == "start" and request.status == "pending"
        for request in progress.control_requests
    )
    return progress.state == "stopped" and not asked


async def follow(service: Service, apply_id: str) -> AsyncGenerator[Seen, None]:
    """Every new picture until the apply is over; the first one comes at once.

    Raises:
        SchemaBotError: an answer that waiting won't change, or no first picture at all.
    """
    path = f"/api/progress/{apply_id}"
    latest = _Latest(picture=await service.get(path, ProgressAnswer))
    yield latest.picture
    while not is_over(latest.picture.document):
        async with aclosing(_sitting(service, path, latest)) as news:
            async for seen in news:
                yield seen
        await anyio.sleep(latest.next_pause())


@dataclass(slots=True, kw_only=True)
class _Latest:
    """The newest picture, and how long to wait before asking for a newer one."""

    picture: Answer[ProgressAnswer]
    seen_at: float = field(default_factory=time.monotonic)
    pause: float = 0.0

    def take(self, picture: Answer[ProgressAnswer]) -> Answer[ProgressAnswer]:
        self.picture, self.seen_at, self.pause = picture, time.monotonic(), 0.0
        return picture

    def next_pause(self) -> float:
        if is_over(self.picture.document):
            return 0.0
        self.pause = min(max(self.pause * 2, _FIRST_PAUSE_SECONDS), _LONGEST_PAUSE_SECONDS)
        return self.pause


async def _sitting(service: Service, path: str, latest: _Latest) -> AsyncGenerator[Seen, None]:
    """What one stream gives until it breaks or the apply is over; then one poll."""
    try:
        version = latest.picture.document.version
        async with (
            service.stream(f"{path}/events", after=version) as lines,
            aclosing(_pictures(service, lines)) as pictures,
        ):
            async for picture in pictures:
                yield latest.take(picture)
        newer = await service.get_if_newer(path, ProgressAnswer, tag=latest.picture.tag)
    except SchemaBotError as error:
        if not _may_pass(error):
            raise
        yield Silence(seconds=time.monotonic() - latest.seen_at, reason=error.message)
    else:
        if newer is not None:
            yield latest.take(newer)


async def _pictures(
    service: Service, lines: AsyncIterator[str]
) -> AsyncGenerator[Answer[ProgressAnswer], None]:
    """Pictures from one open stream, until it ends; that of a stopped apply would stay open."""
    event, found = "", ""
    async for line in lines:
        name, _, value = line.partition(": ")
        match name:
            case "event":
                event = value
            case "data":
                found = value
            case "" if event == "progress":
                picture = _picture(service, found)
                yield picture
                if not picture.document.terminal and is_over(picture.document):
                    return
                event = ""
            case "" if event in {"end", "bye"}:
                return


def _picture(service: Service, text: str) -> Answer[ProgressAnswer]:
    try:
        return Answer(text=text, document=ProgressAnswer.model_validate_json(text))
    except ValidationError as error:
        # a proxy may have cut the document; polling, which comes next, names a real difference
        raise ConnectionBroke(endpoint=service.endpoint.url, reason="a broken event") from error


def _may_pass(error: SchemaBotError) -> bool:
    if isinstance(error, ServiceRefusal):
        return error.is_retryable
    return error.code in {"connection_refused", "connection_broke", "no_answer"}
