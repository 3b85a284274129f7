"""Wakes between processes, and who is registered for them (Q-33)."""

import socket
from datetime import timedelta

import anyio
import pytest

from schemabot.domain.apply import Lane
from schemabot.domain.worker import Worker, WorkerReport
from schemabot.offload import Offload
from schemabot.scheduler.bell import Bells
from schemabot.scheduler.wake import Waker, WakeSettings
from schemabot.scheduler.wake_address import WakeAddress
from schemabot.storage.storage import Storage
from schemabot.telemetry.span import Spans


class Process:
    """One process's bells and its waker."""

    def __init__(
        self, storage: Storage, name: str, *, settings: WakeSettings | None = None
    ) -> None:
        self.bells = Bells()
        self.waker = Waker(
            workers=storage.workers,
            threads=Offload("registry", limit=1),
            bells=self.bells,
            report=lambda: WorkerReport(
                worker_id=name, host="here", pid=1, version="1", kind=Lane.LOCAL, slots=1
            ),
            spans=Spans(),
            settings=settings,
        )

    async def hears(self, *, within_seconds: float = 5) -> bool:
        return await self.bells.work.heard_within(timedelta(seconds=within_seconds))


async def registry(storage: Storage) -> tuple[Worker, ...]:
    return await Offload("look", limit=1).run(storage.workers.list, silence=timedelta(seconds=30))


async def registered(storage: Storage) -> list[str]:
    return [worker.report.worker_id for worker in await registry(storage)]


async def addresses(storage: Storage) -> list[str | None]:
    return [worker.report.wake_address for worker in await registry(storage)]


async def test_a_process_without_workers_wakes_others_and_registers_nothing(
    storage: Storage,
) -> None:
    worker, surface = Process(storage, "worker"), Process(storage, "surface")
    async with anyio.create_task_group() as group:
        await group.start(worker.waker.run)
        await group.start(surface.waker.send)
        assert await registered(storage) == ["worker"]
        surface.waker.wake()
        assert await worker.hears()
        group.cancel_scope.cancel()
    assert await registered(storage) == []


async def test_registered_processes_wake_each_other_and_themselves(storage: Storage) -> None:
    one, other = Process(storage, "one"), Process(storage, "other")
    async with anyio.create_task_group() as group:
        await group.start(other.waker.run)
        await group.start(one.waker.run)
        one.waker.wake()
        assert await one.hears()
        assert await other.hears()
        group.cancel_scope.cancel()


async def test_processes_on_different_addresses_wake_each_other(storage: Storage) -> None:
    """Each sends from any of its addresses, also where it listens on loopback only."""
    one = Process(storage, "one", settings=WakeSettings(listen=WakeAddress(host="127.0.0.1")))
    other = Process(storage, "other", settings=WakeSettings(listen=WakeAddress(host="127.0.0.2")))
    async with anyio.create_task_group() as group:
        await group.start(other.waker.run)
        await group.start(one.waker.run)
        one.waker.wake()
        assert await other.hears()
        told = sorted(str(address).rpartition(":")[0] for address in await addresses(storage))
        assert told == ["udp://127.0.0.1", "udp://127.0.0.2"]
        group.cancel_scope.cancel()


async def test_what_is_announced_may_differ_from_what_is_listened_on(storage: Storage) -> None:
    everywhere, told = WakeAddress(host="0.0.0.0"), WakeAddress(host="127.0.0.2")  # noqa: S104
    settings = WakeSettings(listen=everywhere, advertise=told)
    worker, surface = Process(storage, "worker", settings=settings), Process(storage, "surface")
    async with anyio.create_task_group() as group:
        await group.start(worker.waker.run)
        (address,) = await addresses(storage)
        assert str(address).startswith("udp://127.0.0.2:")
        await group.start(surface.waker.send)
        surface.waker.wake()
        assert await worker.hears()
        group.cancel_scope.cancel()


async def test_a_process_that_cannot_listen_works_on_and_listens_once_it_can(
    storage: Storage,
) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as holder:
        holder.bind(("127.0.0.1", 0))
        port = holder.getsockname()[1]
        settings = WakeSettings(
            listen=WakeAddress(host="127.0.0.1", port=port), beat=timedelta(milliseconds=20)
        )
        worker = Process(storage, "worker", settings=settings)
        async with anyio.create_task_group() as group:
            await group.start(worker.waker.run)
            assert await addresses(storage) == [None]
            holder.close()
            while await addresses(storage) != [f"udp://127.0.0.1:{port}"]:  # noqa: ASYNC110 (rows)
                await anyio.sleep(0.01)
            group.cancel_scope.cancel()


@pytest.mark.parametrize(("fanout", "told"), [(0, 0), (1, 1), (8, 2)])
async def test_a_wake_tells_no_more_than_its_fanout(
    storage: Storage, *, fanout: int, told: int
) -> None:
    others = [Process(storage, f"worker {number}") for number in range(2)]
    surface = Process(storage, "surface", settings=WakeSettings(fanout=fanout))
    async with anyio.create_task_group() as group:
        for other in others:
            await group.start(other.waker.run)
        await group.start(surface.waker.send)
        surface.waker.wake()
        heard = [await other.hears(within_seconds=0.5) for other in others]
        assert sum(heard) == told
        group.cancel_scope.cancel()
