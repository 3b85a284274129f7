"""When a report is written: at once, with the next write, or with the drive's end (Q-45)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import anyio
import pytest

from schemabot.domain.apply import Apply
from schemabot.domain.control import Operation
from schemabot.domain.execution import Execution
from schemabot.domain.states import ApplyState, TaskState
from schemabot.offload import Offload
from schemabot.scheduler.reporter import DriveReporter
from schemabot.scheduler.signals import DriveSignals
from schemabot.scheduler.stored_queue import StoredQueue
from schemabot.scheduler.trust import Short, Trust, boot_seconds
from schemabot.storage.storage import Storage
from tern.values.progress import TaskStatus
from tern.values.run import Completed, Outcome, Stopped
from tests.support.scripted_tern import ScriptedTern
from tests.support.shop_floor import QUICK, Floor
from tests.support.stage import Stage
from tests.support.stored import claim_one, claimed, picture, report, row_of
from tests.support.stored import running as at_work

LONG = timedelta(hours=1)
NONE = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A reporter over a claimed apply, and the row that it writes to."""

    storage: Storage
    execution: Execution
    threads: Offload
    reporter: DriveReporter
    version: int

    async def has_written(self) -> bool:
        row = await self.threads.run(row_of, self.storage, self.execution.lease.apply_id)
        return row["version"] != self.version

    async def row(self) -> dict[str, object]:
        return await self.threads.run(row_of, self.storage, self.execution.lease.apply_id)


async def a_desk(
    storage: Storage, *, gap: timedelta, make: Callable[[Storage], Execution] = claimed
) -> Desk:
    threads = Offload("test", limit=1)
    execution = await threads.run(make, storage)
    signals = DriveSignals()
    signals.offer(execution.orders)
    reporter = DriveReporter(
        StoredQueue(storage, threads=threads, term=timedelta(minutes=1)),
        Trust(
            execution.lease,
            until=boot_seconds() + 60,
            when_short=Short(below=NONE, act=lambda: None),
        ),
        on_report=lambda *_: None,
        signals=signals,
        progress_gap=gap,
    )
    row = await threads.run(row_of, storage, execution.lease.apply_id)
    return Desk(
        storage=storage,
        execution=execution,
        threads=threads,
        reporter=reporter,
        version=int(str(row["version"])),
    )


@pytest.mark.parametrize(("gap", "is_written"), [(LONG, False), (NONE, True)])
async def test_an_acceptance_alone_waits_for_the_next_write_which_comes_within_the_gap(
    storage: Storage, gap: timedelta, *, is_written: bool
) -> None:
    desk = await a_desk(storage, gap=gap)
    await desk.reporter.accepted(None)
    assert desk.reporter.is_accepted
    assert not await desk.has_written()
    await desk.reporter.flush()
    assert await desk.has_written() is is_written
    assert desk.reporter.last_words().accepted is not is_written


async def test_an_acceptance_with_an_external_id_is_written_at_once(storage: Storage) -> None:
    """Q-55: without it nobody could find the remote's apply."""
    desk = await a_desk(storage, gap=LONG)
    await desk.reporter.accepted("elsewhere-1")
    assert (await desk.row())["external_id"] == "elsewhere-1"
    assert not desk.reporter.last_words().accepted


def started(storage: Storage) -> Execution:
    """Stopped, asked to start, and claimed for that."""
    execution = at_work(storage)
    apply_id = execution.lease.apply_id
    storage.controls.request(apply_id, Operation.STOP, caller="ada")
    last = report(execution, TaskStatus.STOPPED, sequence=2)
    storage.leases.finish(execution.lease, Stopped(), last)
    storage.controls.request(apply_id, Operation.START, caller="ada")
    return claim_one(storage)


async def test_an_acceptance_that_answers_a_start_is_written_at_once(storage: Storage) -> None:
    """Q-52."""
    desk = await a_desk(storage, gap=LONG, make=started)
    await desk.reporter.accepted(None)
    assert (await desk.row())["state"] != ApplyState.STOPPED


@pytest.mark.parametrize(("gap", "is_written"), [(LONG, False), (NONE, True)])
async def test_a_sample_in_which_all_have_ended_waits_for_the_end_or_the_next_write(
    storage: Storage, gap: timedelta, *, is_written: bool
) -> None:
    desk = await a_desk(storage, gap=gap, make=at_work)
    await desk.reporter.accepted(None)
    await desk.reporter.progress(picture(desk.execution, TaskStatus.COMPLETED, sequence=5))
    assert not await desk.has_written()
    await desk.reporter.flush()
    assert await desk.has_written() is is_written
    assert (desk.reporter.last_words().progress is None) is is_written


async def test_a_sample_in_which_one_has_ended_is_written_at_once(storage: Storage) -> None:
    desk = await a_desk(storage, gap=LONG, make=at_work)
    shown = picture(desk.execution, TaskStatus.COMPLETED, TaskStatus.RUNNING, sequence=5)
    await desk.reporter.progress(shown)
    assert await desk.has_written()


async def test_what_a_lingering_run_has_ended_is_seen_before_its_own_end(
    storage: Storage,
) -> None:
    go_on = anyio.Event()

    async def lingers(stage: Stage) -> Outcome:
        await stage.accept()
        await stage.say(TaskStatus.COMPLETED)
        await go_on.wait()
        return Completed()

    floor = Floor(storage=storage, tern=ScriptedTern(lingers), settings=QUICK)
    apply = await floor.admit()
    async with floor.open():
        seen = await floor.until_it(apply, _has_ended_tasks)
        assert seen.state is not ApplyState.COMPLETED
        go_on.set()
        await floor.until(apply, ApplyState.COMPLETED)


def _has_ended_tasks(apply: Apply) -> bool:
    return {task.state for task in apply.tasks} == {TaskState.COMPLETED}
