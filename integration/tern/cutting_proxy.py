"""A proxy before a server that cuts the connection, or holds it up, at one chosen statement."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum

import anyio
from anyio.abc import SocketAttribute, SocketStream

from integration.databases import Database
from integration.tern.desk import access
from tern.local.access import TargetAccess
from tern.mysql.connect import Tls, TlsMode


class Cut(StrEnum):
    """When the connection ends."""

    BEFORE = "the server never gets the statement"
    AFTER = "the server has answered and nobody hears it"
    HELD = "the statement is on its way until it is released"


@dataclass(slots=True)
class CuttingProxy:
    """Acts once, at the first statement that contains the text.

    Attributes:
        reached: Set when it comes by.
        released: Lets a held statement go on its way.
    """

    database: Database
    text: bytes
    cut: Cut
    port: int = 0
    reached: anyio.Event = field(default_factory=anyio.Event)
    released: anyio.Event = field(default_factory=anyio.Event)

    def access(self) -> TargetAccess:
        """The target, reached through the proxy, so that it can read along."""
        return access(self.database, port=self.port, tls=Tls(mode=TlsMode.DISABLED))

    async def serve(self, client: SocketStream) -> None:
        """One connection, until either side ends it or it is cut."""
        server = self.database.server
        async with client, await anyio.connect_tcp(server.host, server.port) as upstream:
            is_muted = anyio.Event()
            async with anyio.create_task_group() as group:

                async def answers() -> None:
                    await _copy(upstream, client, is_muted)
                    group.cancel_scope.cancel()

                group.start_soon(answers)
                await self._questions(client, upstream, is_muted)
                group.cancel_scope.cancel()

    async def _questions(
        self, client: SocketStream, upstream: SocketStream, is_muted: anyio.Event
    ) -> None:
        while True:
            try:
                chunk = await client.receive()
            except (anyio.EndOfStream, anyio.BrokenResourceError):
                return
            if self.text not in chunk or self.reached.is_set():
                await upstream.send(chunk)
                continue
            self.reached.set()
            if self.cut is Cut.HELD:
                await self.released.wait()
                with suppress(anyio.BrokenResourceError):
                    await upstream.send(chunk)
                continue
            is_muted.set()
            if self.cut is Cut.AFTER:
                await upstream.send(chunk)
                await anyio.sleep(0.5)
            return


async def _copy(source: SocketStream, sink: SocketStream, is_muted: anyio.Event) -> None:
    try:
        async for chunk in source:
            if not is_muted.is_set():
                await sink.send(chunk)
    except (anyio.BrokenResourceError, anyio.ClosedResourceError):
        return


@asynccontextmanager
async def cutting_proxy(database: Database, text: str, cut: Cut) -> AsyncIterator[CuttingProxy]:
    """A proxy on a free loopback port for the length of the block."""
    proxy = CuttingProxy(database, text.encode(), cut)
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    proxy.port = listener.extra(SocketAttribute.local_port)  # noqa: S610  # not Django's
    async with listener, anyio.create_task_group() as group:
        group.start_soon(listener.serve, proxy.serve)
        yield proxy
        group.cancel_scope.cancel()
