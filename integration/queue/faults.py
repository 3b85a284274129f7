"""The faults that a trial may bring, one async function each; all heal by themselves."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from types import MappingProxyType

import anyio
import pymysql

from integration.databases import query
from integration.queue.processes import WorkerProcess
from integration.queue.rough_proxy import RoughProxy
from integration.servers.throwaway import Server
from schemabot.offload import Offload

DEADLOCK = 1213
RECORD_CHANGED = 1020
LOCK_WAIT = 1205


@dataclass(slots=True, kw_only=True)
class Scene:
    """What faults can be done to.

    Attributes:
        workers: Live ones; a fault may replace one.
        respawn: A new worker in place of one that is gone.
        term_seconds: Of the leases.
    """

    server: Server
    proxy: RoughProxy
    workers: list[WorkerProcess]
    respawn: Callable[[WorkerProcess], WorkerProcess]
    random: Random
    threads: Offload
    term_seconds: float

    def pick(self) -> WorkerProcess:
        return self.random.choice(self.workers)


Fault = Callable[[Scene], Awaitable[None]]


async def kill_worker(scene: Scene) -> None:
    """kill -9, then another process in its place."""
    victim = scene.pick()
    victim.kill()
    await _replace(scene, victim)


async def end_worker(scene: Scene) -> None:
    """SIGTERM: it hands its work back and ends within its grace."""
    victim = scene.pick()
    victim.terminate()
    status = await scene.threads.run(victim.ended)
    assert status == 0, f"a worker that was asked to end ended with {status}"
    await _replace(scene, victim)


async def freeze_worker(scene: Scene) -> None:
    """SIGSTOP past the lease: a peer takes over, and the driver wakes up in the middle of it."""
    victim = scene.pick()
    victim.freeze()
    await anyio.sleep(scene.term_seconds * scene.random.uniform(1.2, 2))
    victim.thaw()


async def restart_storage(scene: Scene) -> None:
    """The storage's server dies and comes back."""
    await scene.threads.run(scene.server.kill)
    await anyio.sleep(scene.random.uniform(0, scene.term_seconds))
    await scene.threads.run(scene.server.start)


async def kill_connections(scene: Scene) -> None:
    """An administrator kills every connection, again and again."""
    for _ in range(5):
        await scene.threads.run(_kill_all, scene.server)
        await anyio.sleep(0.1)


async def drop_connections(scene: Scene) -> None:
    """The network cuts all connections, also in the middle of a statement."""
    for _ in range(3):
        scene.proxy.drop_all()
        await anyio.sleep(0.05)


async def stall_network(scene: Scene) -> None:
    """Nothing passes for a while, and nothing is closed."""
    await scene.proxy.stall(scene.random.uniform(0.2, 1.5) * scene.term_seconds)


async def lose_answers(scene: Scene) -> None:
    """Commits happen and their answers don't arrive."""
    scene.proxy.lose_answers(8)
    await anyio.sleep(0.3)


async def refuse_statements(scene: Scene) -> None:
    """Writes are chosen as deadlock victims, or time out on locks."""
    number = scene.random.choice((DEADLOCK, RECORD_CHANGED, LOCK_WAIT))
    scene.proxy.refuse(number, times=12)
    await anyio.sleep(0.3)


ALL: Mapping[str, Fault] = MappingProxyType({
    "kill": kill_worker,
    "end": end_worker,
    "freeze": freeze_worker,
    "restart": restart_storage,
    "kill connections": kill_connections,
    "drop": drop_connections,
    "stall": stall_network,
    "lose answers": lose_answers,
    "refuse": refuse_statements,
})


async def _replace(scene: Scene, victim: WorkerProcess) -> None:
    victim.close()
    scene.workers[scene.workers.index(victim)] = await scene.threads.run(scene.respawn, victim)


def _kill_all(server: Server) -> None:
    sql = (
        "SELECT id FROM information_schema.processlist WHERE user = 'root' AND id <> "
        "CONNECTION_ID() AND command <> 'Daemon'"
    )
    for (connection,) in query(server, sql):
        with suppress(pymysql.err.MySQLError):  # it ended by itself meanwhile
            query(server, f"KILL {int(connection)}")
