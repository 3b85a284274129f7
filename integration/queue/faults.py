"""The faults that a trial may bring, one async function each; all heal by themselves.

Several may happen at once, but for those that one thing can have only one of: a worker is killed
or frozen, not both, and a server that is down is not killed.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import MappingProxyType

import anyio
import pymysql

from integration.databases import query
from integration.queue.nursery import ForkedWorker
from integration.queue.rough_proxy import SHARE, RoughProxy
from integration.servers.throwaway import Server
from schemabot.offload import Offload

DEADLOCK = 1213
RECORD_CHANGED = 1020
LOCK_WAIT = 1205
TABLE_IS_FULL = 1114
DISK_FULL = 1021
REALLY_FULL = 0.25
"""How often the disk is filled, where it may be: a server may need a minute to notice its end."""


@dataclass(slots=True, kw_only=True)
class Scene:
    """What faults can be done to.

    Attributes:
        workers: Live ones that no fault is at.
        respawn: A new worker in place of one that is gone.
        term_seconds: Of the leases.
        disk: A folder on the file system of the server's data, if that may be filled up.
        brought: How many faults have begun.
        cut_off: How many workers that were asked to end had to be cut off.
    """

    server: Server
    proxy: RoughProxy
    workers: list[ForkedWorker]
    respawn: Callable[[ForkedWorker], ForkedWorker]
    random: Random
    threads: Offload
    term_seconds: float
    disk: Path | None = None
    brought: int = 0
    cut_off: int = 0
    server_turn: anyio.Lock = field(default_factory=anyio.Lock)

    def take(self) -> ForkedWorker:
        """A worker that other faults leave alone from now on."""
        return self.workers.pop(self.random.randrange(len(self.workers)))


Fault = Callable[[Scene], Awaitable[None]]


async def kill_worker(scene: Scene) -> None:
    """kill -9, then another process in its place."""
    victim = scene.take()
    victim.kill()
    await _replace(scene, victim)


async def end_worker(scene: Scene) -> None:
    """SIGTERM: it hands its work back and ends within its grace."""
    victim = scene.take()
    victim.terminate()
    scene.cut_off += not await scene.threads.run(victim.ended_in_order)
    await _replace(scene, victim)


async def freeze_worker(scene: Scene) -> None:
    """SIGSTOP past the lease: a peer takes over, and the driver wakes up in the middle of it."""
    victim = scene.take()
    victim.freeze()
    await anyio.sleep(scene.term_seconds * scene.random.uniform(1.2, 2))
    victim.thaw()
    scene.workers.append(victim)


async def restart_storage(scene: Scene) -> None:
    """The storage's server dies and comes back."""
    async with scene.server_turn:
        await scene.threads.run(scene.server.kill)
        await anyio.sleep(scene.random.uniform(0, scene.term_seconds))
        await scene.threads.run(scene.server.start)


async def kill_connections(scene: Scene) -> None:
    """An administrator kills about half of all connections, twice."""
    async with scene.server_turn:
        for _ in range(2):
            await scene.threads.run(_kill_some, scene.server, scene.random)
            await anyio.sleep(0.1)


async def drop_connections(scene: Scene) -> None:
    """The network cuts connections, also in the middle of a statement."""
    for _ in range(3):
        scene.proxy.drop(scene.random)
        await anyio.sleep(0.05)


async def stall_network(scene: Scene) -> None:
    """Nothing passes for a while, up to longer than a lease, and nothing is closed."""
    seconds = scene.random.uniform(0.2, 1.5) * scene.term_seconds
    await scene.proxy.stall(scene.random, seconds=seconds)


async def slow_network(scene: Scene) -> None:
    """Every packet comes late."""
    each = scene.random.uniform(0.01, 0.15)
    await scene.proxy.delay(each, seconds=scene.random.uniform(0.5, 1.5))


async def lose_answers(scene: Scene) -> None:
    """Commits happen and their answers don't arrive."""
    scene.proxy.lose_answers(3)
    await anyio.sleep(0.3)


async def refuse_statements(scene: Scene) -> None:
    """Writes are chosen as deadlock victims, or time out on locks."""
    number = scene.random.choice((DEADLOCK, RECORD_CHANGED, LOCK_WAIT))
    scene.proxy.refuse(number, times=5)
    await anyio.sleep(0.3)


async def full_disk(scene: Scene) -> None:
    """No place is left for what is written: said by the server, or found by it."""
    if scene.disk is None or scene.random.random() > REALLY_FULL:
        number = scene.random.choice((TABLE_IS_FULL, DISK_FULL))
        scene.proxy.refuse(number, times=5)
        await anyio.sleep(0.3)
        return
    async with scene.server_turn:
        filler = scene.disk / "filler"
        await scene.threads.run(_fill, filler)
        await anyio.sleep(scene.random.uniform(0.5, 1) * scene.term_seconds)
        filler.unlink()
        await scene.threads.run(scene.server.start)  # if it could not go on


ALL: Mapping[str, Fault] = MappingProxyType({
    "kill": kill_worker,
    "end": end_worker,
    "freeze": freeze_worker,
    "restart": restart_storage,
    "kill connections": kill_connections,
    "drop": drop_connections,
    "stall": stall_network,
    "slow": slow_network,
    "full disk": full_disk,
    "lose answers": lose_answers,
    "refuse": refuse_statements,
})


async def _replace(scene: Scene, victim: ForkedWorker) -> None:
    victim.close()
    scene.workers.append(await scene.threads.run(scene.respawn, victim))


def _fill(filler: Path) -> None:
    """Write until nothing more fits."""
    piece = bytes(1 << 20)
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(piece)


def _kill_some(server: Server, random: Random) -> None:
    sql = (
        "SELECT id FROM information_schema.processlist WHERE user = 'root' AND id <> "
        "CONNECTION_ID() AND command <> 'Daemon'"
    )
    for (connection,) in query(server, sql):
        if random.random() > SHARE:
            continue
        with suppress(pymysql.err.MySQLError):  # it ended by itself meanwhile
            query(server, f"KILL {int(connection)}")
