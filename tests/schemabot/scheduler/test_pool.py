"""Workers over SQLite storage: claim, drive, end; start and stop (Q-34, Q-39, Q-58)."""

import threading
from dataclasses import replace
from datetime import timedelta

import anyio
import pytest

from schemabot.domain.errors import DatabaseUnknown
from schemabot.domain.states import ApplyState, TaskState
from schemabot.scheduler.pool import PoolIsRunning
from schemabot.scheduler.worker import TernFor
from schemabot.storage.storage import Storage
from tern.client import Tern
from tern.errors import Deadlock, StatementRejected, TargetBusy, TargetUnknown
from tern.values.target import Target
from tests.support.scripted_tern import ScriptedTern
from tests.support.scripts import (
    Script,
    breaks,
    completes,
    copies,
    fails,
    fails_for_now,
    loses_track,
    never_listens,
)
from tests.support.shop_floor import GRACE, QUICK, SHORT_LEASES, Floor
from tests.support.spans import eventually
from tests.support.work import a_target

REJECTED = StatementRejected(table="users", number=1064, reason="syntax")


async def test_a_pending_apply_is_claimed_driven_and_completed(storage: Storage) -> None:
    floor = Floor(storage=storage)
    apply = await floor.admit()
    async with floor.open():
        done = await floor.until(apply, ApplyState.COMPLETED)
        await floor.seen.until("drive", end="Completed")
    assert (done.lease_owner, done.lease_epoch) == (None, 1)
    assert {task.state for task in done.tasks} == {TaskState.COMPLETED}
    counted = {"database": "orders", "environment": "production", "outcome": "completed"}
    assert floor.instruments.applies.value(**counted) == 1


async def test_applies_run_side_by_side_in_as_many_slots_as_there_are(storage: Storage) -> None:
    go_on = anyio.Event()
    tern = ScriptedTern(copies(go_on))
    floor = Floor(storage=storage, tern=tern)
    applies = [await floor.admit(a_target(name)) for name in ("one", "two", "three")]
    async with floor.open():
        await eventually(lambda: len(tern.runs) == 2)
        await floor.seen.until("queue.claim", count=2)
        assert floor.pool.busy == 2
        assert floor.pool.seconds_since_tick == 0, "nothing to claim for is no standstill (A-44)"
        go_on.set()
        for apply in applies:
            await floor.until(apply, ApplyState.COMPLETED)
    assert len(tern.runs) == 3


@pytest.mark.parametrize(
    ("script", "end"),
    [
        (fails(REJECTED), (ApplyState.FAILED, "statement_rejected")),
        (fails(REJECTED, accepted=False), (ApplyState.FAILED, "statement_rejected")),
        (breaks(ValueError("a secret")), (ApplyState.FAILED, "internal_error")),
        (loses_track(Deadlock(place="p")), (ApplyState.STOPPED, "outcome_unknown")),
        (fails_for_now(Deadlock(place="p")), (ApplyState.FAILED_RETRYABLE, "deadlock")),
        (breaks(Deadlock(place="p")), (ApplyState.FAILED_RETRYABLE, "deadlock")),
    ],
)
async def test_every_end_of_a_run_is_stored(
    storage: Storage, script: Script, end: tuple[ApplyState, str]
) -> None:
    floor = Floor(storage=storage, tern=ScriptedTern(script))
    apply = await floor.admit()
    async with floor.open():
        ended = await floor.until(apply, end[0])
    assert ended.error_code == end[1]
    assert "secret" not in str(ended.error)


async def test_a_retry_comes_by_itself_and_spends_an_attempt(storage: Storage) -> None:
    tern = ScriptedTern(fails_for_now(Deadlock(place="p")), completes())
    floor = Floor(storage=storage, tern=tern)
    apply = await floor.admit()
    async with floor.open():
        done = await floor.until(apply, ApplyState.COMPLETED)
    assert [run.work.attempt for run in tern.runs] == [1, 2]
    assert done.attempt == 2


def _no_route(_: Target) -> Tern:
    raise DatabaseUnknown(database="orders", known=())


def _busy_target(_: Target) -> Tern:
    return ScriptedTern(breaks(TargetBusy(place="p", holder="q")))


def _target_of_others(_: Target) -> Tern:
    return ScriptedTern(fails(TargetUnknown(place="p"), accepted=False))


@pytest.mark.parametrize("tern_for", [_no_route, _busy_target, _target_of_others])
async def test_what_cannot_be_driven_here_is_handed_back_unspent(
    storage: Storage, tern_for: TernFor
) -> None:
    """Q-19."""
    floor = Floor(storage=storage, tern_for=tern_for)
    apply = await floor.admit()
    async with floor.open():
        await floor.seen.until("drive", end="Refused")
    back = await floor.get(apply)
    assert (back.state, back.attempt, back.lease_owner) == (ApplyState.PENDING, 1, None)


async def test_a_lease_is_extended_while_its_drive_lives(storage: Storage) -> None:
    tern = ScriptedTern(copies())
    floor = Floor(storage=storage, tern=tern)
    apply = await floor.admit()
    async with floor.open():
        first = (await floor.until(apply, ApplyState.RUNNING)).lease_expires_at
        assert first is not None
        past = first + 3 * QUICK.terms.heartbeat
        await floor.until_it(apply, lambda a: (a.lease_expires_at or first) > past)
        assert len(tern.runs) == 1
    assert tern.runs[0].fence.epoch == 1


async def test_shutdown_hands_running_work_back_with_its_state_and_attempt(
    storage: Storage,
) -> None:
    floor = Floor(storage=storage, tern=ScriptedTern(copies()))
    apply = await floor.admit()
    async with floor.open():
        await floor.until(apply, ApplyState.RUNNING)
    back = await floor.get(apply)
    assert (back.state, back.attempt, back.lease_owner) == (ApplyState.RUNNING, 1, None)
    assert floor.wakes >= 1

    peer = Floor(storage=storage, name="there/2/b")
    async with peer.open():
        done = await peer.until(apply, ApplyState.COMPLETED)
    assert (done.attempt, done.lease_epoch) == (1, 2)


async def test_what_does_not_come_to_rest_is_cut_off_and_its_lease_expires(
    storage: Storage,
) -> None:
    tern = ScriptedTern(never_listens(), completes())
    floor = Floor(storage=storage, tern=tern, settings=SHORT_LEASES)
    apply = await floor.admit()
    async with anyio.create_task_group() as group:
        await group.start(floor.pool.run)
        await floor.until(apply, ApplyState.RUNNING)
        await floor.pool.stop(grace=timedelta(seconds=2.5))
    left = await floor.get(apply)
    assert tern.is_idle
    assert left.lease_owner is not None

    async with floor.open():
        assert (await floor.until(apply, ApplyState.COMPLETED)).lease_epoch >= 2


async def test_a_second_start_raises_and_a_stopped_pool_starts_again(storage: Storage) -> None:
    floor = Floor(storage=storage)
    for _ in range(2):
        apply = await floor.admit()
        async with floor.open():
            with pytest.raises(PoolIsRunning):
                await floor.pool.run()
            await floor.until(apply, ApplyState.COMPLETED)


async def test_stopping_is_serialised_and_idempotent_and_leaves_no_thread(
    storage: Storage,
) -> None:
    floor = Floor(storage=storage, tern=ScriptedTern(copies()))
    apply = await floor.admit()
    async with anyio.create_task_group() as group:
        await group.start(floor.pool.run)
        await floor.until(apply, ApplyState.RUNNING)
        async with anyio.create_task_group() as stops:
            for _ in range(3):
                stops.start_soon(_stop, floor)
    await _stop(floor)
    assert not [t for t in threading.enumerate() if t.name.startswith("lease-")]
    assert floor.pool.seconds_since_tick is None


async def _stop(floor: Floor) -> None:
    await floor.pool.stop(grace=GRACE)


async def test_a_ring_starts_work_long_before_the_poll(storage: Storage) -> None:
    slow = replace(QUICK.pace, first=timedelta(seconds=60), interval=timedelta(seconds=60))
    floor = Floor(storage=storage, settings=replace(QUICK, pace=slow))
    async with floor.open():
        await floor.seen.until("queue.claim")
        apply = await floor.admit()
        floor.bells.ring()
        await floor.until(apply, ApplyState.COMPLETED)
