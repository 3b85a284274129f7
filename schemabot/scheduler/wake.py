"""Wakes: nudges that carry no work (Q-33).

After a commit the bells of this process are rung, and one datagram goes to each of a few registered
processes, so that due work starts at once instead of at the next poll. A wake may be lost, doubled,
forged or late: the row is the truth, and a wake for nothing costs one empty claim. A process that
can't listen where it is told to goes on by its poll, and tries again with each beat.
"""

import os
import random
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import anyio
import structlog
from anyio.abc import SocketAttribute, TaskGroup, TaskStatus, UDPSocket

from schemabot.domain.apply import Lane
from schemabot.domain.worker import WorkerReport
from schemabot.offload import Offload
from schemabot.periodic import Pace, run_periodically
from schemabot.scheduler.bell import Bell, Bells
from schemabot.scheduler.wake_address import Nudger, WakeAddress, own_host, reachable
from schemabot.storage.workers import WorkerStore
from schemabot.telemetry.span import Spans

_log = structlog.stdlib.get_logger(__name__)

SILENCE = timedelta(seconds=30)
REGISTER_EVERY = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class WakeSettings:
    """`queue.wake.*`, and where the storage is.

    Attributes:
        listen: Where wakes arrive; None: where this machine reaches the storage from.
        advertise: What others are told; None: what is listened on.
        storage: Host and port of the storage's server; None: it is on this machine.
        fanout: How many processes one wake tells at most.
        beat: How often the registry is told and read.
    """

    listen: WakeAddress | None = None
    advertise: WakeAddress | None = None
    storage: tuple[str, int] | None = None
    fanout: int = 8
    beat: timedelta = REGISTER_EVERY


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
        self._announced: WakeAddress | None = None
        self._peers: Sequence[WakeAddress] = ()
        self._out = Bell()

    def wake(self) -> None:
        """Say that there may be work or requests; never blocks, never raises."""
        self._bells.ring()
        self._out.ring()

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Be registered and reachable until cancelled; then leave the registry."""
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(self._send, name="wake-send")
                await group.start(self._repeat, partial(self._beat, group))
                task_status.started()
        finally:
            self._announced = None
            await self._leave()

    async def send(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Tell others until cancelled, without being registered: this process drives nothing."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._send, name="wake-send")
            await group.start(self._repeat, self._find_peers)
            task_status.started()

    async def _open(self, group: TaskGroup) -> WakeAddress | None:
        """Listen in the group; what others are told, None when that can't be."""
        settings = self._settings
        here = await self._threads.run(own_host, settings.storage)
        wanted = settings.listen or WakeAddress(host=here)
        try:
            udp = await anyio.create_udp_socket(
                family=wanted.family, local_host=wanted.host, local_port=wanted.port
            )
        except OSError as error:
            _log.warning("wake.cannot_listen", address=str(wanted), error=error)
            return None
        group.start_soon(self._listen, udp, name="wake-listen")
        told = settings.advertise or wanted
        return WakeAddress(
            host=here if told.is_wildcard else told.host,
            port=(settings.advertise and settings.advertise.port)
            or udp.extra(SocketAttribute.local_port),  # noqa: S610 (a socket's, not a query's)
        )

    async def _listen(self, udp: UDPSocket) -> None:
        async with udp:
            async for _ in udp:
                self._bells.ring()

    async def _send(self) -> None:
        with closing(Nudger()) as nudger:
            while True:
                await self._out.wait()
                for address in _some(self._peers, self._settings.fanout):
                    nudger.nudge(address)

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
            look_on,
            pace=Pace(interval=self._settings.beat),
            span=self._span,
            on_error=_note_trouble,
        )

    def _span(self) -> AbstractContextManager[object]:
        return self._spans.span("registry.beat")

    async def _beat(self, group: TaskGroup) -> None:
        if self._announced is None:
            self._announced = await self._open(group)
        address = None if self._announced is None else str(self._announced)
        report = replace(self._report(), wake_address=address)
        await self._threads.run(self._workers.beat, report)
        await self._find_peers()

    async def _find_peers(self) -> None:
        own = self._report()
        found = await self._threads.run(self._workers.list, silence=SILENCE, kind=Lane.LOCAL)
        others = [w.report for w in found if w.is_live and w.report.worker_id != own.worker_id]
        self._peers = reachable(others, from_host=own.host)

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


def _some(peers: Sequence[WakeAddress], fanout: int) -> Sequence[WakeAddress]:
    return peers if len(peers) <= fanout else random.sample(peers, fanout)
