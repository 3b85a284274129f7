"""A trial: workers drive applies to a real target while faults happen; then the target is judged.

Everything random comes from one seed, so a failure can be played again as far as processes allow.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from random import Random

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from integration.databases import Database, fresh_database
from integration.queue.faults import ALL, Scene
from integration.queue.judge import Verdict, judge
from integration.queue.nursery import ForkedWorker, Nursery, nursery
from integration.queue.rough_proxy import RoughProxy, rough_proxy
from integration.queue.target_side import TABLES
from integration.queue.worker_process import Orders
from integration.servers.throwaway import Server
from schemabot.domain.apply import ApplyFilter
from schemabot.domain.ids import ApplyId
from schemabot.offload import Offload
from schemabot.storage.database import Database as StorageDatabase
from schemabot.storage.storage import Storage
from schemabot.storage.upgrade import upgrade
from tern.errors import Transient
from tern.values.target import Target
from tests.support.stored import a_target, store_apply


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How large the trial is.

    Attributes:
        faults: Kinds, in the order in which they begin.
        together: How many happen at once.
        settle_seconds: After the faults: when none ends for so long, what is left is stuck.
        within_seconds: No fault begins later, whatever is left of them.
        disk: The small file system on which the server's data lies, when it may be filled up.
    """

    seed: int
    applies: int
    faults: Sequence[str] = ()
    together: int = 1
    workers: int = 4
    clock_jumps: bool = False
    apart_seconds: float = 0.5
    settle_seconds: float = 60.0
    within_seconds: float = math.inf
    disk: Path | None = None
    orders: Orders = field(default_factory=lambda: Orders(storage=""))

    @property
    def described(self) -> str:
        return f"seed {self.seed}, faults {', '.join(self.faults)}"


def drawn_faults(seed: int, count: int) -> tuple[str, ...]:
    """Every kind in turn, in an order that the seed gives."""
    kinds, random = sorted(ALL), Random(seed)  # noqa: S311 (a seed is the point)
    drawn: list[str] = []
    while len(drawn) < count:
        random.shuffle(kinds)
        drawn += kinds
    return tuple(drawn[:count])


class Trial:
    """One run of a plan.

    Args:
        plan: What happens.
        server: The storage's server; the trial may kill it, and it is running again afterwards.
        target: Another server's schema, left alone by faults.
    """

    def __init__(self, plan: Plan, *, server: Server, target: Database, folder: Path) -> None:
        self._plan = plan
        self._server = server
        self._target = target
        self._folder = folder
        self._threads = Offload("trial", limit=8)
        self._admitted: list[ApplyId] = []
        self._random = Random(plan.seed)  # noqa: S311 (a seed is the point)

    async def run(self) -> Verdict:
        """Bring all faults while applies are admitted, let everything settle, and judge."""
        for table in TABLES:
            self._target.query(table)
        with fresh_database(self._server) as service:
            storage = Storage(StorageDatabase(service.dsn, pool_size=4))
            await self._threads.run(upgrade, storage.database)
            with nursery() as workers:
                async with rough_proxy(self._server) as proxy:
                    scene = await self._scene(proxy, workers, service)
                    verdict = await self._played(storage, scene)
            storage.database.close()
        return verdict

    async def _scene(self, proxy: RoughProxy, workers: Nursery, service: Database) -> Scene:
        orders = self._orders(proxy, service)
        named = [replace(orders, name=f"worker-{number}") for number in range(self._plan.workers)]
        return Scene(
            server=self._server,
            proxy=proxy,
            workers=[await self._threads.run(self._fork, workers, each) for each in named],
            respawn=lambda gone: self._fork(workers, gone.orders),
            random=self._random,
            threads=self._threads,
            term_seconds=self._plan.orders.term,
            disk=self._plan.disk,
        )

    async def _played(self, storage: Storage, scene: Scene) -> Verdict:
        await self._disturbed(storage, scene)
        verdict = await self._settled(storage)
        for worker in scene.workers:
            worker.close()
        return replace(verdict, faults=scene.brought, cut_off=scene.cut_off)

    def _orders(self, proxy: RoughProxy, service: Database) -> Orders:
        return replace(
            self._plan.orders,
            storage=f"{self._server.flavor}://root@127.0.0.1:{proxy.port}/{service.name}",
            target_host=self._target.server.host,
            target_port=self._target.server.port,
            target_schema=self._target.name,
            clock_jumps=self._plan.clock_jumps,
        )

    def _fork(self, workers: Nursery, orders: Orders) -> ForkedWorker:
        return workers.fork(orders, log=self._folder / f"{orders.name}.log")

    async def _disturbed(self, storage: Storage, scene: Scene) -> None:
        """Bring the faults; with each a share of the applies is admitted."""
        shares, due = anyio.create_memory_object_stream[int](len(self._plan.faults))
        async with anyio.create_task_group() as group:
            group.start_soon(self._admit, storage, due)
            with shares:
                await self._bring_all(scene, shares)

    async def _bring_all(self, scene: Scene, shares: MemoryObjectSendStream[int]) -> None:
        faults = enumerate(self._plan.faults, start=1)
        latest = time.monotonic() + self._plan.within_seconds

        async def bring() -> None:
            for number, name in faults:
                if time.monotonic() > latest:
                    return
                scene.brought = number
                shares.send_nowait(self._plan.applies * number // len(self._plan.faults))
                await anyio.sleep(self._plan.apart_seconds)
                await ALL[name](scene)

        async with anyio.create_task_group() as streams:
            for _ in range(self._plan.together):
                streams.start_soon(bring)

    async def _admit(self, storage: Storage, due: MemoryObjectReceiveStream[int]) -> None:
        targets = (a_target(f"db{number}") for number in count())
        with due:
            async for total in due:
                while len(self._admitted) < total:
                    await self._admit_one(storage, next(targets))

    async def _admit_one(self, storage: Storage, target: Target) -> None:
        try:
            apply = await self._threads.run(store_apply, storage, target)
        except Transient:
            await anyio.sleep(0.1)
        else:
            self._admitted.append(apply.apply_id)

    async def _settled(self, storage: Storage) -> Verdict:
        fewest, deadline = len(self._admitted) + 1, 0.0
        while active := await self._threads.run(_active, storage):
            if active < fewest:
                fewest, deadline = active, time.monotonic() + self._plan.settle_seconds
            if time.monotonic() > deadline:
                break
            await anyio.sleep(0.2)
        return await self._threads.run(judge, storage, self._target, tuple(self._admitted))


def _active(storage: Storage) -> int:
    return sum(storage.applies.state_counts(ApplyFilter(active=True)).values())
