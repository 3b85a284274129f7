"""Create and claim in one transaction, then drive in the reserved slot (Q-35 to Q-38)."""

from dataclasses import replace
from datetime import UTC, datetime

import anyio
import pytest

from schemabot.domain.apply import ApplyOptions
from schemabot.domain.states import ApplyState
from schemabot.storage.storage import Storage
from tests.support.scripted_tern import ScriptedTern
from tests.support.scripts import copies
from tests.support.shop_floor import GRACE, QUICK, Floor
from tests.support.stored import a_target, let_expire, new_apply, row_of, store_apply

FAR = datetime(2100, 1, 1, tzinfo=UTC)
_OF_ONE_RUN = {"id", "apply_id", "plan_id", "plan_hash", "last_lease_token", "version"}


async def test_a_handed_over_apply_is_driven_without_a_claim(storage: Storage) -> None:
    floor = Floor(storage=storage)
    async with floor.open():
        apply = await floor.admit_at_once()
        done = await floor.until(apply, ApplyState.COMPLETED)
    assert done.lease_epoch == 1
    assert not [span for span in floor.seen.named("queue.claim") if span.fields["claimed"]]


async def test_the_fast_and_the_slow_way_leave_the_same_row(storage: Storage) -> None:
    floor = Floor(storage=storage)
    async with floor.open():
        fast = await floor.admit_at_once()
        await floor.until(fast, ApplyState.COMPLETED)
        slow = await floor.call(store_apply, storage)
        await floor.until(slow, ApplyState.COMPLETED)
    rows = [await floor.call(row_of, storage, apply.apply_id) for apply in (fast, slow)]
    shown = [
        {
            name: value
            for name, value in row.items()
            if name not in _OF_ONE_RUN and not isinstance(value, datetime)
        }
        for row in rows
    ]
    assert shown[0] == shown[1]


async def test_what_is_not_due_is_not_handed_over_and_nothing_stays_taken(
    storage: Storage,
) -> None:
    floor = Floor(storage=storage, settings=replace(QUICK, permits=1))
    async with floor.open():
        for database in ("one", "two"):
            new = await floor.call(
                new_apply, storage, a_target(database), options=ApplyOptions(not_before=FAR)
            )
            with floor.pool.reserve() or pytest.fail("no slot") as slot:
                _, execution = await floor.call(storage.applies.create_and_claim, new, slot.claimer)
            assert execution is None


async def test_nothing_is_reserved_unless_everything_is_there(storage: Storage) -> None:
    floor = Floor(storage=storage, settings=replace(QUICK, permits=1))
    assert floor.pool.reserve() is None, "not running"
    async with floor.open():
        with floor.pool.reserve() or pytest.fail("no slot"):
            assert floor.pool.reserve() is None, "no permit left"
        with floor.pool.reserve() or pytest.fail("no slot"):
            pass
    assert floor.pool.reserve() is None, "stopped"


async def test_no_slot_is_reserved_where_all_are_busy_or_the_mode_is_off(
    storage: Storage,
) -> None:
    busy = Floor(storage=storage, tern=ScriptedTern(copies()), settings=replace(QUICK, slots=1))
    off = Floor(storage=storage, settings=replace(QUICK, is_optimistic=False), name="there")
    async with busy.open(), anyio.create_task_group() as group:
        await group.start(off.pool.run)
        assert off.pool.reserve() is None
        await off.pool.stop(grace=GRACE)
        apply = await busy.admit()
        await busy.until(apply, ApplyState.RUNNING)
        assert busy.pool.reserve() is None


async def test_what_is_handed_over_while_the_pool_drains_is_handed_back(
    storage: Storage,
) -> None:
    tern = ScriptedTern()
    floor = Floor(storage=storage, tern=tern)
    new = await floor.call(new_apply, storage)
    async with anyio.create_task_group() as group:
        await group.start(floor.pool.run)
        with floor.pool.reserve() or pytest.fail("no slot") as slot:
            apply, execution = await floor.call(storage.applies.create_and_claim, new, slot.claimer)
            assert execution is not None
            group.start_soon(_stop, floor)
            await anyio.wait_all_tasks_blocked()
            assert floor.pool.is_draining
            slot.hand_over(execution)
    back = await floor.get(apply)
    assert (back.state, back.lease_owner, back.attempt) == (ApplyState.PENDING, None, 1)
    assert tern.runs == []
    assert floor.wakes == 1


async def _stop(floor: Floor) -> None:
    await floor.pool.stop(grace=GRACE)


async def test_what_is_handed_over_too_late_frees_its_slot_and_raises_nothing(
    storage: Storage,
) -> None:
    floor = Floor(storage=storage)
    new = await floor.call(new_apply, storage)
    async with anyio.create_task_group() as group:
        await group.start(floor.pool.run)
        reservation = floor.pool.reserve() or pytest.fail("no slot")
        group.cancel_scope.cancel()
    apply, execution = await floor.call(storage.applies.create_and_claim, new, reservation.claimer)
    assert execution is not None
    reservation.hand_over(execution)
    reservation.release()
    assert floor.pool.busy == 0

    await floor.call(let_expire, storage, apply.apply_id)
    async with floor.open():
        assert (await floor.until(apply, ApplyState.COMPLETED)).lease_epoch == 2
