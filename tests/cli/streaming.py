"""An ASGI transport whose answers can be read while they are still being written."""

from collections.abc import AsyncIterator

import anyio
import httpx
from anyio.abc import TaskGroup
from anyio.streams.memory import MemoryObjectReceiveStream
from starlette.types import ASGIApp, Message


class StreamingTransport(httpx.AsyncBaseTransport):
    """Runs each request as a task of the group; httpx's own transport buffers whole answers."""

    def __init__(self, app: ASGIApp, group: TaskGroup) -> None:
        self._app = app
        self._group = group

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        call = _Call(await request.aread())
        self._group.start_soon(call.run, self._app, _scope(request))
        await call.started.wait()
        return httpx.Response(call.status, headers=call.headers, stream=_Body(call))


class _Call:
    def __init__(self, body: bytes) -> None:
        self.started, self.gone = anyio.Event(), anyio.Event()
        self.status, self.headers = 500, list[tuple[bytes, bytes]]()
        self.send, self.chunks = anyio.create_memory_object_stream[bytes](100)
        self._body = body
        self._is_read = False

    async def run(self, app: ASGIApp, scope: dict[str, object]) -> None:
        async with self.send:
            await app(scope, self._receive, self._take)

    async def _receive(self) -> Message:
        if not self._is_read:
            self._is_read = True
            return {"type": "http.request", "body": self._body}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
            self.started.set()
        elif message.get("body") and not self.gone.is_set():
            await self.send.send(message["body"])


class _Body(httpx.AsyncByteStream):
    def __init__(self, call: _Call) -> None:
        self._call = call

    async def __aiter__(self) -> AsyncIterator[bytes]:
        chunks: MemoryObjectReceiveStream[bytes] = self._call.chunks
        async with chunks:
            async for chunk in chunks:
                yield chunk

    async def aclose(self) -> None:
        self._call.gone.set()
        self._call.chunks.close()


def _scope(request: httpx.Request) -> dict[str, object]:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": request.url.raw_path.split(b"?")[0],
        "root_path": "",
        "query_string": request.url.query,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
