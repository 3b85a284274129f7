"""A proxy between workers and their storage that does to them what networks and servers do.

It understands just enough of the protocol (Source: MySQL client/server protocol, packets): a
command is a packet with sequence 0 whose first byte says which; an error packet answers it.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from random import Random

import anyio
from anyio.abc import SocketAttribute, SocketStream

from integration.servers.throwaway import Server

_QUERY = 3
_HEADER_BYTES = 4
_BEFORE_CAPABILITIES = 4 + 8 + 1  # connection id, first part of the scramble, a filler
_TLS = 0x0800
SHARE = 0.5
_GONE = (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError, OSError)


@dataclass(slots=True, eq=False)
class _Link:
    """One proxied connection."""

    number: int
    client: SocketStream
    upstream: SocketStream
    flowing: anyio.Event
    is_muted: bool = False
    unread: bytearray = field(default_factory=bytearray)
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)


class RoughProxy:
    """Passes everything on, unless it is told to misbehave."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._links: set[_Link] = set()
        self._numbers = count()
        self._network = anyio.Lock()
        self._joined = _set_event()
        self._delay_seconds = 0.0
        self._answers_to_lose = 0
        self._refusals: list[int] = []
        self.port = 0

    def drop(self, random: Random) -> None:
        """Cut about half of the connections."""
        for link in self._some(random):
            link.scope.cancel()

    async def stall(self, random: Random, *, seconds: float) -> None:
        """About half of the connections are half-open: nothing passes, nothing is closed."""
        async with self._network:
            stalled = self._some(random)
            for link in stalled:
                link.flowing = anyio.Event()
            await anyio.sleep(seconds)
            for link in stalled:
                link.flowing.set()

    def _some(self, random: Random) -> list[_Link]:
        links = sorted(self._links, key=lambda link: link.number)
        return [link for link in links if random.random() < SHARE]

    async def delay(self, each_seconds: float, *, seconds: float) -> None:
        """Whatever passes takes so much longer, for so long."""
        async with self._network:
            self._delay_seconds = each_seconds
            await anyio.sleep(seconds)
            self._delay_seconds = 0.0

    @contextmanager
    def partition(self) -> Iterator[None]:
        """Nothing passes, on new connections neither, and nothing is closed."""
        self._joined = anyio.Event()
        try:
            yield
        finally:
            self._joined.set()

    def lose_answers(self, count: int) -> None:
        """The next commits happen, and nobody hears of it."""
        self._answers_to_lose += count

    def refuse(self, number: int, *, times: int) -> None:
        """The next statements are answered with this server error and not passed on."""
        self._refusals += [number] * times

    async def serve(self, client: SocketStream) -> None:
        """One connection, until either side ends it or it is cut."""
        async with client:
            try:
                upstream = await anyio.connect_tcp(self._server.host, self._server.port)
            except OSError:
                return
            async with upstream:
                link = _Link(next(self._numbers), client, upstream, _set_event())
                self._links.add(link)
                with link.scope:
                    await self._pass_both_ways(link)
                self._links.discard(link)

    async def _pass_both_ways(self, link: _Link) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(self._answers, link)
            await self._questions(link)
            group.cancel_scope.cancel()

    async def _answers(self, link: _Link) -> None:
        with suppress(*_GONE):
            greeting = await link.upstream.receive()
            await self._pass(link)
            await link.client.send(_without_tls(greeting))
            async for chunk in link.upstream:
                await self._pass(link)
                if link.is_muted:
                    break
                await link.client.send(chunk)
        link.scope.cancel()

    async def _questions(self, link: _Link) -> None:
        with suppress(*_GONE):
            async for chunk in link.client:
                await self._pass(link)
                link.unread += chunk
                while (packet := _take_packet(link.unread)) is not None:
                    await self._question(link, packet)

    async def _pass(self, link: _Link) -> None:
        await link.flowing.wait()
        await self._joined.wait()
        if self._delay_seconds:
            await anyio.sleep(self._delay_seconds)

    async def _question(self, link: _Link, packet: bytes) -> None:
        is_query = packet[3] == 0 and packet[_HEADER_BYTES] == _QUERY
        text = packet[_HEADER_BYTES + 1 :] if is_query else b""
        if self._refusals and text.startswith((b"UPDATE", b"INSERT")):
            await link.client.send(_error_packet(self._refusals.pop()))
            return
        if self._answers_to_lose and text == b"COMMIT":
            self._answers_to_lose -= 1
            link.is_muted = True
        await link.upstream.send(packet)


def _set_event() -> anyio.Event:
    event = anyio.Event()
    event.set()
    return event


def _take_packet(unread: bytearray) -> bytes | None:
    if len(unread) < _HEADER_BYTES:
        return None
    length = _HEADER_BYTES + int.from_bytes(unread[:3], "little")
    if len(unread) < length:
        return None
    packet = bytes(unread[:length])
    del unread[:length]
    return packet


def _without_tls(greeting: bytes) -> bytes:
    """The greeting of a server that offers no TLS, so that the proxy can read along."""
    capabilities = greeting.index(b"\0", _HEADER_BYTES + 1) + 1 + _BEFORE_CAPABILITIES
    offered = int.from_bytes(greeting[capabilities : capabilities + 2], "little") & ~_TLS
    return greeting[:capabilities] + offered.to_bytes(2, "little") + greeting[capabilities + 2 :]


def _error_packet(number: int) -> bytes:
    payload = b"\xff" + number.to_bytes(2, "little") + b"#40001injected by a test"
    return len(payload).to_bytes(3, "little") + b"\x01" + payload


@asynccontextmanager
async def rough_proxy(server: Server) -> AsyncIterator[RoughProxy]:
    """A proxy on a free loopback port for the length of the block."""
    proxy = RoughProxy(server)
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    (each,) = listener.listeners
    proxy.port = each.extra(SocketAttribute.local_port)  # noqa: S610 (a socket's, not a query's)
    async with listener, anyio.create_task_group() as group:
        group.start_soon(listener.serve, proxy.serve)
        yield proxy
        group.cancel_scope.cancel()
