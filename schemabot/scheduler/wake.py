"""Wakes: nudges that carry no work (Q-33).

After a commit the bells of this process are rung, and one datagram goes to each of a few registered
processes, so that due work starts at once instead of at the next poll. A wake may be lost, doubled,
forged or late: the row is the truth, and a wake for nothing costs one empty claim.
"""

import os
import random
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Literal

import anyio
import structlog
from anyio.abc import SocketAttribute, TaskStatus, UDPSocket

from schemabot.domain.apply import Lane
from schemabot.domain.worker import WorkerReport
from schemabot.offload import Offload
from schemabot.periodic import Pace, run_periodically
from schemabot.scheduler.bell import Bell, Bells
from schemabot.storage.workers import WorkerStore
from schemabot.telemetry.span import Spans

_log = structlog.stdlib.get_logger(__name__)

SILENCE = timedelta(seconds=30)
REGISTER_EVERY = timedelta(seconds=5)
_SCHEME = "udp://"
_DATAGRAM = b"wake"

Address = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class WakeSettings:
    """`queue.wake.*`, and where this process listens.

    Attributes:
        host: A numeric address of this machine that the other processes can send to.
        fanout: How many processes one wake tells at most.
    """

    host: str = "127.0.0.1"
    fanout: int = 8


class Waker:
    """Keeps this process in the registry, listens for wakes, and sends them.

    Args:
        workers: The registry.
        threads: For calls to it.
        bells: What a wake rings here.
        report: What this process says of itself, without its address.
    """

    def __init__(
        self,
        *,
        workers: WorkerStore,
        threads: Offload,
        bells: Bells,
        report: Callable[[], WorkerReport],
        spans: Spans,
        settings: WakeSettings | None = None,
    ) -> None:
        self._workers = workers
        self._threads = threads
        self._bells = bells
        self._report = report
        self._spans = spans
        self._settings = settings or WakeSettings()
        self._peers: Sequence[Address] = ()
        self._out = Bell()

    def wake(self) -> None:
        """Say that there may be work or requests; never blocks, never raises."""
        self._bells.ring()
        self._out.ring()

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Be registered and reachable until cancelled; then leave the registry."""
        udp = await anyio.create_udp_socket(
            family=_family(self._settings.host), local_host=self._settings.host
        )
        port = udp.extra(SocketAttribute.local_port)  # noqa: S610 (a socket's, not a query's)
        address: Address = (self._settings.host, port)
        async with udp:
            try:
                async with anyio.create_task_group() as group:
                    group.start_soon(self._listen, udp, name="wake-listen")
                    group.start_soon(self._send, udp, name="wake-send")
                    await group.start(self._repeat, partial(self._beat, address))
                    task_status.started()
            finally:
                await self._leave()

    async def send(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Tell others until cancelled, without being registered: this process drives nothing."""
        host = self._settings.host
        async with (
            await anyio.create_udp_socket(family=_family(host), local_host=host) as udp,
            anyio.create_task_group() as group,
        ):
            group.start_soon(self._send, udp, name="wake-send")
            await group.start(self._repeat, self._find_peers)
            task_status.started()

    async def _listen(self, udp: UDPSocket) -> None:
        async for _ in udp:
            self._bells.ring()

    async def _send(self, udp: UDPSocket) -> None:
        while True:
            await self._out.wait()
            for host, port in _some(self._peers, self._settings.fanout):
                try:
                    await udp.sendto(_DATAGRAM, host, port)
                except OSError as error:
                    _log.debug("wake.unsent", error=error)

    async def _repeat(
        self,
        look: Callable[[], Awaitable[None]],
        *,
        task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED,
    ) -> None:
        """Look at the registry again and again; it has started after the first look."""
        is_first = True

        async def look_on() -> None:
            nonlocal is_first
            try:
                await look()
            finally:
                if is_first:
                    is_first = False
                    task_status.started()

        await run_periodically(
            look_on, pace=Pace(interval=REGISTER_EVERY), span=self._span, on_error=_note_trouble
        )

    def _span(self) -> AbstractContextManager[object]:
        return self._spans.span("registry.beat")

    async def _beat(self, address: Address) -> None:
        report = replace(self._report(), wake_address=_written(address))
        await self._threads.run(self._workers.beat, report)
        await self._find_peers()

    async def _find_peers(self) -> None:
        own_id = self._report().worker_id
        found = await self._threads.run(self._workers.list, silence=SILENCE, kind=Lane.LOCAL)
        self._peers = [
            read
            for worker in found
            if worker.is_live and worker.report.worker_id != own_id
            if (read := _read(worker.report.wake_address)) is not None
        ]

    async def _leave(self) -> None:
        worker_id = self._report().worker_id
        with anyio.move_on_after(1, shield=True):
            try:
                await self._threads.run(self._workers.retire, worker_id)
            except Exception as error:  # noqa: BLE001 (its row is pruned when it is silent)
                _note_trouble(error)


def process_name() -> str:
    """`host/pid/boot`: this process among all; the last part differs when a pid comes again."""
    return f"{socket.gethostname()}/{os.getpid()}/{os.urandom(3).hex()}"


def _note_trouble(error: Exception) -> None:
    _log.warning("registry.failed", error=error)


def _some(peers: Sequence[Address], fanout: int) -> Sequence[Address]:
    return peers if len(peers) <= fanout else random.sample(peers, fanout)


def _family(host: str) -> Literal[socket.AddressFamily.AF_INET, socket.AddressFamily.AF_INET6]:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _written(address: Address) -> str:
    host, port = address
    return f"{_SCHEME}[{host}]:{port}" if ":" in host else f"{_SCHEME}{host}:{port}"


def _read(text: str | None) -> Address | None:
    """The address in a registry row; None when it is reached in another way, or not at all."""
    if text is None or not text.startswith(_SCHEME):
        return None
    host, _, port = text.removeprefix(_SCHEME).rpartition(":")
    return (host.strip("[]"), int(port)) if host and port.isdigit() else None
