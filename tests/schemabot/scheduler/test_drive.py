"""One drive: what is asked of it, what goes wrong around it, what it leaves in the rows."""

import math
from dataclasses import replace
from datetime import timedelta

import anyio
import pytest

from schemabot.domain.control import Operation, RequestStatus
from schemabot.domain.execution import Claimer
from schemabot.domain.states import ApplyState
from schemabot.scheduler.drive import DriveLimits
from schemabot.scheduler.queue import Queue
from schemabot.scheduler.trust import TrustKeeper
from schemabot.storage.storage import Storage
from tern.errors import LeaseLost, ServerUnavailable
from tern.values.control import SignalKind
from tern.values.progress import TaskStatus
from tern.values.run import Completed, Outcome, Stopped
from tests.support.faulty_queue import FaultyQueue
from tests.support.scripted_tern import ScriptedTern
from tests.support.scripts import (
    Script,
    completes,
    copies,
    fails_for_now,
    never_listens,
    waits_for_cutover,
)
from tests.support.shop_floor import QUICK, QUICK_TERMS, SHORT_LEASES, Floor
from tests.support.spans import eventually
from tests.support.stage import Stage
from tests.support.stored import set_row

DONE = RequestStatus.COMPLETED
FAILED = RequestStatus.FAILED
GONE = ServerUnavailable(place="shop/staging", reason="refused")


async def test_a_stop_is_stored_together_with_its_outcome_and_can_be_started(
    storage: Storage,
) -> None:
    """Q-51, Q-52."""
    tern = ScriptedTern(copies(), completes())
    floor = Floor(storage=storage, tern=tern)
    apply = await floor.admit()
    async with floor.open():
        await floor.until(apply, ApplyState.RUNNING)
        await floor.ask(apply, Operation.STOP)
        await floor.until(apply, ApplyState.STOPPED)
        assert await floor.requests(apply) == [(Operation.STOP, DONE)]

        await floor.ask(apply, Operation.START)
        await floor.until(apply, ApplyState.COMPLETED)
    assert (Operation.START, DONE) in await floor.requests(apply)
    assert [run.signal_kinds for run in tern.runs] == [[SignalKind.STOP], []]


async def test_a_cancel_ends_it_for_good(storage: Storage) -> None:
    floor = Floor(storage=storage, tern=ScriptedTern(copies()))
    apply = await floor.admit()
    async with floor.open():
        await floor.until(apply, ApplyState.RUNNING)
        await floor.ask(apply, Operation.CANCEL)
        await floor.until(apply, ApplyState.CANCELLED)
    assert await floor.requests(apply) == [(Operation.CANCEL, DONE)]


async def test_a_stop_reaches_the_engine_long_before_the_next_beat(storage: Storage) -> None:
    """G15: a bell brings the beat forward."""
    slow = replace(
        QUICK_TERMS,
        term=timedelta(seconds=90),
        heartbeat=timedelta(seconds=30),
        margin=timedelta(seconds=5),
    )
    floor = Floor(storage=storage, tern=ScriptedTern(copies()), settings=replace(QUICK, terms=slow))
    apply = await floor.admit()
    async with floor.open():
        await floor.until(apply, ApplyState.RUNNING)
        await floor.ask(apply, Operation.STOP)
        await floor.until(apply, ApplyState.STOPPED)


async def test_volume_and_cutover_are_settled_while_the_run_goes_on(storage: Storage) -> None:
    tern = ScriptedTern(waits_for_cutover())
    floor = Floor(storage=storage, tern=tern)
    apply = await floor.admit()
    async with floor.open():
        await floor.until(apply, ApplyState.WAITING_FOR_CUTOVER)
        await floor.ask(apply, Operation.VOLUME, 7)
        await floor.until_it(apply, lambda found: found.volume == 7)
        await floor.ask(apply, Operation.CUTOVER)
        await floor.until(apply, ApplyState.COMPLETED)
    assert set(await floor.requests(apply)) == {(Operation.VOLUME, DONE), (Operation.CUTOVER, DONE)}


async def test_a_refused_start_leaves_it_stopped_and_says_so(storage: Storage) -> None:
    async def refuses(_: Stage) -> Outcome:
        return Stopped()

    floor = Floor(storage=storage, tern=ScriptedTern(copies(), refuses))
    apply = await floor.admit()
    async with floor.open():
        await floor.until(apply, ApplyState.RUNNING)
        await floor.ask(apply, Operation.STOP)
        await floor.until(apply, ApplyState.STOPPED)
        await floor.ask(apply, Operation.START)
        await floor.seen.until("drive", count=2)
    assert (await floor.get(apply)).state is ApplyState.STOPPED
    assert (Operation.START, FAILED) in await floor.requests(apply)


def _stays_stopped(seconds: float) -> Script:
    async def script(stage: Stage) -> Outcome:
        with anyio.move_on_after(seconds):
            while True:
                await stage.say(TaskStatus.STOPPED)
                await anyio.sleep(0.01)
        await stage.accept()
        await stage.say(TaskStatus.RUNNING)
        await stage.say(TaskStatus.COMPLETED)
        return Completed()

    return script


@pytest.mark.parametrize(
    ("seconds", "grace", "state"),
    [(0.1, 30, ApplyState.COMPLETED), (60, 0.5, ApplyState.STOPPED)],
)
async def test_a_started_run_may_say_stopped_for_the_grace_and_no_longer(
    storage: Storage, *, seconds: float, grace: float, state: ApplyState
) -> None:
    """Q-52."""
    limits = DriveLimits(start_grace=timedelta(seconds=grace), progress_gap=timedelta(seconds=0.05))
    tern = ScriptedTern(copies(), _stays_stopped(seconds))
    floor = Floor(storage=storage, tern=tern, settings=replace(QUICK, limits=limits))
    apply = await floor.admit()
    async with floor.open():
        await floor.until(apply, ApplyState.RUNNING)
        await floor.ask(apply, Operation.STOP)
        await floor.until(apply, ApplyState.STOPPED)
        await floor.ask(apply, Operation.START)
        await floor.seen.until("drive", count=2)
    assert (await floor.get(apply)).state is state
    assert (Operation.START, DONE if state is ApplyState.COMPLETED else FAILED) in (
        await floor.requests(apply)
    )


async def test_a_target_that_never_answers_costs_no_attempt(storage: Storage) -> None:
    """Q-56."""
    floor = Floor(
        storage=storage, tern=ScriptedTern(fails_for_now(GONE, accepted=False), completes())
    )
    apply = await floor.admit()
    async with floor.open():
        await floor.until_it(apply, lambda found: "tried since" in (found.detail or ""))
        done = await floor.until(apply, ApplyState.COMPLETED)
    assert (done.attempt, done.lease_epoch) == (1, 2)
    assert done.detail is None


async def test_a_connection_that_is_lost_under_way_costs_an_attempt(storage: Storage) -> None:
    """Q-44."""
    floor = Floor(storage=storage, tern=ScriptedTern(fails_for_now(GONE), completes()))
    apply = await floor.admit()
    async with floor.open():
        await floor.until(apply, ApplyState.FAILED_RETRYABLE)
        assert (await floor.until(apply, ApplyState.COMPLETED)).attempt == 2


async def test_a_run_that_stalls_comes_to_rest_and_is_retried(storage: Storage) -> None:
    limits = DriveLimits(
        stall_report=timedelta(seconds=0.1),
        stall_limit=timedelta(seconds=0.3),
        progress_gap=timedelta(seconds=0.05),
    )
    tern = ScriptedTern(copies(), completes())
    floor = Floor(storage=storage, tern=tern, settings=replace(QUICK, limits=limits))
    apply = await floor.admit()
    async with floor.open():
        stalled = await floor.until(apply, ApplyState.FAILED_RETRYABLE)
        await floor.until(apply, ApplyState.COMPLETED)
    assert stalled.error_code == "stalled"
    assert tern.runs[0].signal_kinds == [SignalKind.PAUSE]


async def test_a_run_that_waits_for_a_person_does_not_stall(storage: Storage) -> None:
    limits = DriveLimits(
        stall_limit=timedelta(seconds=1),
        pause_patience=timedelta(0),
        progress_gap=timedelta(seconds=0.05),
    )

    async def waits(stage: Stage) -> Outcome:
        await stage.accept()
        await stage.say(TaskStatus.RUNNING)
        for _ in range(24):
            await stage.say(TaskStatus.WAITING_FOR_CUTOVER, advanced=False)
            await anyio.sleep(0.05)
        await stage.say(TaskStatus.COMPLETED)
        return Completed()

    floor = Floor(storage=storage, tern=ScriptedTern(waits), settings=replace(QUICK, limits=limits))
    apply = await floor.admit()
    async with floor.open():
        await floor.until(apply, ApplyState.COMPLETED)


async def test_a_driver_whose_lease_was_taken_is_cancelled_and_writes_nothing(
    storage: Storage,
) -> None:
    tern = ScriptedTern(copies())
    away = _Switch()
    floor = Floor(storage=storage, tern=tern, settings=SHORT_LEASES, make_queue=away.install)
    apply = await floor.admit()
    async with floor.open():
        await floor.until(apply, ApplyState.RUNNING)
        away.queue.is_away = True
        await floor.seen.until("drive", end="lost")
        assert tern.is_idle
        peer = Claimer(owner="peer", term=timedelta(seconds=60))
        await floor.until_it(apply, lambda found: bool(found.lease_expires_at))
        await eventually_claimed(floor, peer)
        away.queue.is_away = False
    taken = await floor.get(apply)
    assert (taken.lease_owner, taken.lease_epoch, taken.state) == ("peer", 2, ApplyState.RUNNING)
    assert floor.instruments.lease_losses.value(reason="expired") == 1


class NeverStops(TrustKeeper):
    """The fault: no run is cut off at the margin."""

    def end_expired(self) -> float:
        return math.inf


@pytest.mark.parametrize(("keeper", "is_quiet"), [(TrustKeeper, True), (NeverStops, False)])
async def test_a_run_that_does_not_stop_itself_is_found(
    storage: Storage,
    monkeypatch: pytest.MonkeyPatch,
    *,
    keeper: type[TrustKeeper],
    is_quiet: bool,
) -> None:
    """Q-26, Q-62: once a peer can claim, the run is quiet; the mutant's goes on."""
    monkeypatch.setattr("schemabot.scheduler.heartbeat.TrustKeeper", keeper)
    tern, away = ScriptedTern(never_listens()), _Switch()
    floor = Floor(storage=storage, tern=tern, settings=SHORT_LEASES, make_queue=away.install)
    apply = await floor.admit()
    async with floor.open():
        await floor.until(apply, ApplyState.RUNNING)
        away.queue.is_away = True
        await eventually_claimed(floor, Claimer(owner="peer", term=timedelta(seconds=60)))
        assert tern.is_idle is is_quiet
        away.queue.is_away = False
        await floor.seen.until("drive", end="lost")


async def eventually_claimed(floor: Floor, claimer: Claimer) -> None:
    with anyio.fail_after(10):
        while not await floor.call(floor.storage.leases.claim, claimer, limit=1):  # noqa: ASYNC110
            await anyio.sleep(0.02)


async def test_a_run_that_reports_after_a_steal_hears_of_it_and_ends(storage: Storage) -> None:
    go_on, heard = anyio.Event(), []

    async def late(stage: Stage) -> Outcome:
        await stage.accept()
        await go_on.wait()
        try:
            await stage.say(TaskStatus.RUNNING)
        except LeaseLost as error:
            heard.append(error)
            raise
        return Completed()

    floor = Floor(storage=storage, tern=ScriptedTern(late))
    apply = await floor.admit()
    async with floor.open():
        await floor.until_it(apply, lambda found: found.started_at is not None)
        theirs = {"lease_token": "theirs", "lease_epoch": 2}
        await floor.call(set_row, storage, apply.apply_id, **theirs)
        go_on.set()
        await floor.seen.until("drive", end="lost")
    assert len(heard) <= 1
    assert (await floor.get(apply)).state is ApplyState.PENDING


class _Switch:
    """Keeps hold of the faulty queue that a floor was given."""

    queue: FaultyQueue

    def __init__(self, **faults: list[str]) -> None:
        self._faults = faults

    def install(self, queue: Queue) -> Queue:
        self.queue = FaultyQueue(queue, **self._faults)
        return self.queue


@pytest.mark.parametrize(
    "faults",
    [
        {"before": ["claim", "record", "record", "finish"]},
        {"after": ["record", "record", "finish", "finish"]},
        {"before": ["finish"], "after": ["finish"]},
    ],
)
async def test_storage_faults_around_a_drive_lose_and_double_nothing(
    storage: Storage, faults: dict[str, list[str]]
) -> None:
    switch, tern = _Switch(**faults), ScriptedTern()
    floor = Floor(storage=storage, tern=tern, make_queue=switch.install)
    apply = await floor.admit()
    async with floor.open():
        await floor.until(apply, ApplyState.COMPLETED)
        await floor.seen.until("drive", end="Completed")
    assert switch.queue.faults_left == 0
    assert len(tern.runs) == 1


async def test_a_claim_whose_answer_is_lost_is_driven_after_its_lease(storage: Storage) -> None:
    switch, tern = _Switch(after=["claim"]), ScriptedTern()
    floor = Floor(storage=storage, tern=tern, settings=SHORT_LEASES, make_queue=switch.install)
    apply = await floor.admit()
    async with floor.open():
        done = await floor.until(apply, ApplyState.COMPLETED)
    assert done.lease_epoch >= 2
    assert len(tern.runs) < done.lease_epoch, "nobody drove under the first lease"


async def test_progress_alone_is_written_once_per_gap(storage: Storage) -> None:
    limits = DriveLimits(progress_gap=timedelta(seconds=30))
    go_on = anyio.Event()

    async def chatters(stage: Stage) -> Outcome:
        await stage.accept()
        await stage.say(TaskStatus.RUNNING, rows=1)
        for rows in range(2, 200):
            await stage.say(rows=rows)
        go_on.set()
        await anyio.sleep_forever()
        raise AssertionError

    floor = Floor(
        storage=storage, tern=ScriptedTern(chatters), settings=replace(QUICK, limits=limits)
    )
    apply = await floor.admit()
    async with anyio.create_task_group() as group:
        await group.start(floor.pool.run)
        await go_on.wait()
        task = (await floor.get(apply)).tasks[0]
        group.cancel_scope.cancel()
    assert task.progress is not None
    assert task.progress.rows_copied == 1


async def test_a_tern_that_says_completed_without_its_tasks_fails_the_apply(
    storage: Storage,
) -> None:
    async def hasty(stage: Stage) -> Outcome:
        await stage.accept()
        await stage.say(TaskStatus.RUNNING)
        return Completed()

    floor = Floor(storage=storage, tern=ScriptedTern(hasty))
    apply = await floor.admit()
    async with floor.open():
        failed = await floor.until(apply, ApplyState.FAILED)
    assert failed.error_code == "invalid_report"


async def test_a_stop_that_waits_already_is_the_first_thing_a_run_hears(
    storage: Storage,
) -> None:
    """Nothing starts under a pending stop."""
    tern = ScriptedTern(copies())
    floor = Floor(storage=storage, tern=tern)
    apply = await floor.admit()
    async with floor.open():
        await floor.until(apply, ApplyState.RUNNING)
    await floor.ask(apply, Operation.STOP)
    async with floor.open():
        await floor.until(apply, ApplyState.STOPPED)
    await eventually(lambda: tern.is_idle)
    assert await floor.requests(apply) == [(Operation.STOP, DONE)]
