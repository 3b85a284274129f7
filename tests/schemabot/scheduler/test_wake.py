"""Wakes between processes, and who is registered for them (Q-33)."""

from datetime import timedelta

import anyio
import pytest

from schemabot.domain.apply import Lane
from schemabot.domain.worker import Worker, WorkerReport
from schemabot.offload import Offload
from schemabot.scheduler.bell import Bells
from schemabot.scheduler.wake import Waker, WakeSettings
from schemabot.storage.storage import Storage
from schemabot.telemetry.span import Spans


class Process:
    """One process's bells and its waker."""

    def __init__(self, storage: Storage, name: str, *, fanout: int = 8) -> None:
        self.bells = Bells()
        self.waker = Waker(
            workers=storage.workers,
            threads=Offload("registry", limit=1),
            bells=self.bells,
            report=lambda: WorkerReport(
                worker_id=name, host="here", pid=1, version="1", kind=Lane.LOCAL, slots=1
            ),
            spans=Spans(),
            settings=WakeSettings(fanout=fanout),
        )

    async def hears(self, *, within_seconds: float = 5) -> bool:
        return await self.bells.work.heard_within(timedelta(seconds=within_seconds))


async def registered(storage: Storage) -> list[str]:
    found: tuple[Worker, ...] = await Offload("look", limit=1).run(
        storage.workers.list, silence=timedelta(seconds=30)
    )
    return [worker.report.worker_id for worker in found]


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


@pytest.mark.parametrize(("fanout", "told"), [(0, 0), (1, 1), (8, 2)])
async def test_a_wake_tells_no_more_than_its_fanout(
    storage: Storage, *, fanout: int, told: int
) -> None:
    others = [Process(storage, f"worker {number}") for number in range(2)]
    surface = Process(storage, "surface", fanout=fanout)
    async with anyio.create_task_group() as group:
        for other in others:
            await group.start(other.waker.run)
        await group.start(surface.waker.send)
        surface.waker.wake()
        heard = [await other.hears(within_seconds=0.5) for other in others]
        assert sum(heard) == told
        group.cancel_scope.cancel()
