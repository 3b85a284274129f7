"""Housekeeping over a real storage: each chore in its rhythm, none in another's way (R-53)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import anyio
import pytest

from schemabot.domain.apply import Apply, ApplyOptions
from schemabot.domain.control import Operation, RequestStatus
from schemabot.domain.states import ApplyState
from schemabot.offload import Offload
from schemabot.service.housekeeping import Housekeeping, Rhythm, Waits
from schemabot.service.sweep_instruments import SweepInstruments
from schemabot.storage.database import Database
from schemabot.storage.storage import Storage
from schemabot.storage.upgrade import upgrade
from schemabot.telemetry.metrics import exposition
from schemabot.telemetry.span import Spans
from tern.values.progress import TaskStatus
from tests.support.spans import eventually
from tests.support.stored import in_status, running, set_row, store_apply

MISSED = ApplyOptions(start_before=datetime(2020, 1, 1, tzinfo=UTC))
OFTEN = timedelta(milliseconds=20)
QUICK = Rhythm(requests=OFTEN, applies=OFTEN, registry=OFTEN, keys=OFTEN, invariants=OFTEN)


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    database = Database(f"sqlite:///{tmp_path / 'service.db'}", pool_size=1)
    upgrade(database)
    yield Storage(database)
    database.close()


class House:
    """Housekeeping with everything to look at."""

    def __init__(self, storage: Storage, waits: Waits | None = None) -> None:
        self.storage = storage
        self.threads = Offload("looks", limit=1)
        self.wakes = 0
        self.instruments = SweepInstruments()
        self.keeping = Housekeeping(
            storage=storage,
            waits=waits or Waits(),
            wake=self._count_wake,
            spans=Spans(),
            instruments=self.instruments,
            rhythm=QUICK,
        )

    def shows(self, line: str) -> bool:
        """Whether a scraper reads this line."""
        return line in exposition(self.instruments.all).splitlines()

    async def apply(self, apply: Apply) -> Apply:
        return await self.threads.run(self.storage.applies.get, apply.apply_id)

    def _count_wake(self) -> None:
        self.wakes += 1


async def test_chores_are_done_again_and_again(storage: Storage) -> None:
    house, threads = House(storage), Offload("rows", limit=1)
    async with anyio.create_task_group() as group:
        await group.start(house.keeping.run)
        for count in (1, 2):
            await threads.run(store_apply, storage, options=MISSED)
            line = f'schemabot_sweep_changes_total{{sweep="missed_starts"}} {count}'
            await eventually(partial(house.shows, line))
        group.cancel_scope.cancel()


async def test_a_wait_for_a_person_ends_and_its_worker_is_told(storage: Storage) -> None:
    """Q-53: after `human_wait` a cutover that nobody orders becomes a stop."""
    threads = Offload("rows", limit=1)
    execution = await threads.run(in_status, storage, TaskStatus.WAITING_FOR_CUTOVER)
    apply_id = execution.lease.apply_id
    house = House(storage, Waits(human=timedelta(days=14)))
    await house.keeping.once()
    assert await threads.run(storage.controls.list, apply_id) == ()
    long_ago = datetime.now(UTC) - timedelta(days=15)
    await threads.run(set_row, storage, apply_id, state_since=long_ago)
    await house.keeping.once()
    (request,) = await threads.run(storage.controls.list, apply_id)
    assert (request.operation, request.status) == (Operation.STOP, RequestStatus.PENDING)
    assert house.wakes == 1


async def test_a_request_that_nobody_can_serve_ends(storage: Storage) -> None:
    """Q-53: `no_worker` after `max_wait`."""
    threads = Offload("rows", limit=1)
    apply = await threads.run(store_apply, storage)
    await threads.run(set_row, storage, apply.apply_id, external_id="elsewhere")
    await threads.run(storage.controls.request, apply.apply_id, Operation.STOP, caller="ada")
    await House(storage).keeping.once()
    (request,) = await threads.run(storage.controls.list, apply.apply_id)
    assert request.status is RequestStatus.PENDING
    await House(storage, Waits(request=timedelta(0))).keeping.once()
    (request,) = await threads.run(storage.controls.list, apply.apply_id)
    assert (request.status, request.outcome) == (RequestStatus.FAILED, "no_worker")


async def test_a_broken_invariant_is_counted_until_it_is_mended(storage: Storage) -> None:
    house, threads = House(storage), Offload("rows", limit=1)
    apply = await threads.run(store_apply, storage)
    await threads.run(set_row, storage, apply.apply_id, active_target=None)
    await house.keeping.once()
    assert house.shows('schemabot_invariant_violations{invariant="1"} 1')
    await threads.run(set_row, storage, apply.apply_id, active_target=apply.target.key)
    await house.keeping.once()
    assert house.shows('schemabot_invariant_violations{invariant="1"} 0')


async def test_a_sweep_that_fails_is_counted_and_stops_no_other(storage: Storage) -> None:
    house, threads = House(storage), Offload("rows", limit=1)
    apply = await threads.run(store_apply, storage, options=MISSED)
    await threads.run(rename, storage, "workers", "workers_away")
    await house.keeping.once()
    assert house.shows('schemabot_sweep_failures_total{sweep="silent_workers"} 1')
    assert house.shows('schemabot_sweep_changes_total{sweep="idempotency_keys"} 0')
    assert (await house.apply(apply)).state is ApplyState.FAILED


async def test_a_driven_apply_is_left_to_its_driver(storage: Storage) -> None:
    threads = Offload("rows", limit=1)
    execution = await threads.run(running, storage)
    before = await threads.run(storage.applies.get, execution.lease.apply_id)
    await House(storage, Waits(request=timedelta(0), human=timedelta(0))).keeping.once()
    assert await threads.run(storage.applies.get, execution.lease.apply_id) == before


def rename(storage: Storage, old: str, new: str) -> None:
    sql = f"ALTER TABLE {old} RENAME TO {new}"
    storage.database.write(lambda tx: tx.exec_driver_sql(sql))
