"""A client of server-sent events that speaks ASGI itself, for httpx's transport buffers answers."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream
from starlette.types import ASGIApp, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One event, comment or retry line."""

    event: str | None
    id: str | None
    document: Any
    text: str


@dataclass(slots=True, kw_only=True)
class EventStream:
    """An open stream: its start, and its frames one by one."""

    status: int
    headers: dict[str, str]
    chunks: MemoryObjectReceiveStream[bytes]
    seen: list[Frame] = field(default_factory=list)

    async def next(self) -> Frame:
        """The next frame."""
        with anyio.fail_after(10):
            frame = _parsed((await self.chunks.receive()).decode())
        self.seen.append(frame)
        return frame

    async def until(self, event: str) -> Frame:
        """The next frame of this event."""
        while (frame := await self.next()).event != event:
            pass
        return frame

    async def ends(self) -> bool:
        """Whether nothing more comes."""
        with anyio.move_on_after(10):
            try:
                await self.chunks.receive()
            except anyio.EndOfStream:
                return True
        return False


@asynccontextmanager
async def event_stream(
    app: ASGIApp, path: str, *, query: str = "", headers: dict[str, str] | None = None
) -> AsyncIterator[EventStream]:
    """A stream that is dropped when the block ends."""
    send, receive = anyio.create_memory_object_stream[bytes](0)
    started = anyio.Event()
    gone = anyio.Event()
    stream = EventStream(status=0, headers={}, chunks=receive)

    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            stream.status = message["status"]
            stream.headers = {k.decode(): v.decode() for k, v in message["headers"]}
            started.set()
        elif message.get("body"):
            await send.send(message["body"])

    async def receiver() -> Message:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def serve() -> None:
        async with send:
            await app(_scope(path, query, headers or {}), receiver, sender)

    async with anyio.create_task_group() as group:
        group.start_soon(serve)
        await started.wait()
        async with receive:
            yield stream
        gone.set()
        group.cancel_scope.cancel()


def _scope(path: str, query: str, headers: dict[str, str]) -> dict[str, Any]:
    given = {"host": "127.0.0.1", **headers}
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(k.lower().encode(), v.encode()) for k, v in given.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
    }


def _parsed(text: str) -> Frame:
    fields = dict(line.split(": ", 1) for line in text.strip().splitlines() if ": " in line)
    document = json.loads(fields["data"]) if "data" in fields else None
    return Frame(event=fields.get("event"), id=fields.get("id"), document=document, text=text)
