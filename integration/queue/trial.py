"""A trial: workers drive applies to a real target while faults happen; then the target is judged.

Everything random comes from one seed, so a failure can be played again as far as processes allow.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import anyio

from integration.databases import Database, fresh_database
from integration.queue.faults import ALL, Scene
from integration.queue.judge import Verdict, judge
from integration.queue.processes import WorkerProcess
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
from tests.support.stored import a_target, store_apply

MODULE = "integration.queue.worker_process"
FAULT_SECONDS = 2.5
"""What a fault takes, roughly, with the pause before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How large the trial is; `faults` names kinds, in order, or is drawn from the seed."""

    seed: int
    applies: int
    faults: Sequence[str] = ()
    workers: int = 3
    clock_jumps: bool = False
    apart_seconds: float = 0.5
    settle_seconds: float = 60.0
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
            async with rough_proxy(self._server) as proxy, self._worked(proxy, service) as workers:
                await self._disturbed(storage, proxy, workers)
                verdict = await self._settled(storage)
            storage.database.close()
        return verdict

    @asynccontextmanager
    async def _worked(
        self, proxy: RoughProxy, service: Database
    ) -> AsyncIterator[list[WorkerProcess]]:
        address = f"{self._server.flavor}://root@127.0.0.1:{proxy.port}/{service.name}"
        orders = replace(
            self._plan.orders,
            storage=address,
            target_host=self._target.server.host,
            target_port=self._target.server.port,
            target_schema=self._target.name,
            clock_jumps=self._plan.clock_jumps,
        )
        workers: list[WorkerProcess] = []

        async def spawn(number: int) -> None:
            named = replace(orders, name=f"worker-{number}")
            workers.append(await self._threads.run(self._spawn, named))

        try:
            async with anyio.create_task_group() as group:
                for number in range(self._plan.workers):
                    group.start_soon(spawn, number)
            yield workers
        finally:
            for worker in workers:
                worker.close()

    def _spawn(self, orders: Orders) -> WorkerProcess:
        return WorkerProcess(orders, module=MODULE, log=self._folder / f"{orders.name}.log")

    async def _disturbed(
        self, storage: Storage, proxy: RoughProxy, workers: list[WorkerProcess]
    ) -> None:
        scene = Scene(
            server=self._server,
            proxy=proxy,
            workers=workers,
            respawn=lambda gone: self._spawn(gone.orders),
            random=self._random,
            threads=self._threads,
            term_seconds=self._plan.orders.term,
        )
        async with anyio.create_task_group() as group:
            group.start_soon(self._admit, storage)
            for name in self._plan.faults:
                await anyio.sleep(self._plan.apart_seconds)
                await ALL[name](scene)

    async def _admit(self, storage: Storage) -> None:
        number = 0
        while len(self._admitted) < self._plan.applies:
            number += 1
            try:
                target = a_target(f"db{number}")
                apply = await self._threads.run(store_apply, storage, target)
            except Transient:
                await anyio.sleep(0.1)
                continue
            self._admitted.append(apply.apply_id)
            await anyio.sleep(self._pause)

    @property
    def _pause(self) -> float:
        """Between admissions, so that they last about as long as the faults."""
        return FAULT_SECONDS * max(1, len(self._plan.faults)) / self._plan.applies

    async def _settled(self, storage: Storage) -> Verdict:
        with anyio.move_on_after(self._plan.settle_seconds):
            while await self._threads.run(_is_active, storage):  # noqa: ASYNC110 (they are rows)
                await anyio.sleep(0.2)
        return await self._threads.run(judge, storage, self._target, tuple(self._admitted))


def _is_active(storage: Storage) -> bool:
    return bool(storage.applies.find(ApplyFilter(active=True), limit=1).items)
