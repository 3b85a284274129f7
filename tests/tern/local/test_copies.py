"""Copies under LocalTern: cutovers, pace, groups, checkpoints."""

from datetime import timedelta

import anyio
import pytest

from tern.values.control import SettledResult, SignalKind
from tern.values.plan import Verdict
from tern.values.progress import TaskProgress, TaskStatus
from tern.values.run import Completed, EndState, Permanent, Stopped, WorkStatement
from tests.contracts.tern import FIRST, SECOND, Run
from tests.support.scripted_engine import hangs, holds
from tests.support.scripted_world import SCHEMA, ScriptedWorld, altered, created, dropped

WAITING = TaskStatus.WAITING_FOR_CUTOVER


@pytest.fixture
def world() -> ScriptedWorld:
    return ScriptedWorld()


def copied(table: str) -> WorkStatement:
    return altered(table, Verdict.COPY)


def held(world: ScriptedWorld, *statements: WorkStatement) -> Run:
    """Work whose first copy waits for its cutover."""
    first = next(each for each in statements if each.verdict is Verdict.COPY)
    world.target.acts[first.table].append(holds())
    work = world.work_of(*statements, allow_unsafe=True, defer_cutover=True)
    return Run(tern=world.tern, work=work)


def is_waiting(task: TaskProgress) -> bool:
    return task.status is TaskStatus.WAITING_FOR_CUTOVER


async def test_a_held_copy_cuts_over_when_it_is_ordered(world: ScriptedWorld) -> None:
    run = held(world, copied("big"))
    async with anyio.create_task_group() as group:
        group.start_soon(run.to_end)
        await run.memory.until(is_waiting)
        assert not world.effects()
        request = run.signals.send(SignalKind.CUTOVER)
    assert run.outcome == Completed()
    assert len(world.effects()) == 1
    assert [(s.request_id, s.result) for s in run.memory.settled_as] == [
        (request, SettledResult.DONE)
    ]


async def test_a_cutover_before_its_time_is_refused(world: ScriptedWorld) -> None:
    world.target.acts["big"].append(hangs())
    run = Run(tern=world.tern, work=world.work_of(copied("big")))
    async with anyio.create_task_group() as group:
        group.start_soon(run.to_end)
        await run.running(FIRST)
        run.signals.send(SignalKind.CUTOVER)
        await run.memory.until_settled(1)
        run.signals.send(SignalKind.STOP)
    refused, done = run.memory.settled_as
    assert (refused.result, done.result) == (SettledResult.REFUSED, SettledResult.DONE)
    assert "wait" in refused.message


async def test_an_order_that_is_taken_back_has_failed(world: ScriptedWorld) -> None:
    run = held(world, copied("big"))
    async with anyio.create_task_group() as group:
        group.start_soon(run.to_end)
        await run.memory.until(is_waiting)
        run.signals.send(SignalKind.TAKE_BACK)
        await run.memory.until_settled(1)
        run.signals.send(SignalKind.STOP)
    assert run.outcome == Stopped()
    assert run.memory.settled_as[0].result is SettledResult.DONE
    assert not world.effects()


async def test_the_copies_of_a_schema_cut_over_together(world: ScriptedWorld) -> None:
    statements = (created("made"), copied("big"), altered("small"), copied("wide"), dropped("gone"))
    run = held(world, *statements)
    async with anyio.create_task_group() as group:
        group.start_soon(run.to_end)
        await run.memory.until(is_waiting)
        waiting = {task for task, status in run.memory.statuses.items() if status == WAITING}
        run.signals.send(SignalKind.CUTOVER)
    assert waiting == {SECOND, "task-3"}
    assert run.outcome == Completed()
    assert [text.split("`")[1] for text in world.effects()] == [
        "made",
        "big",
        "wide",
        "small",
        "gone",
    ]


async def test_without_deferral_copies_run_one_after_another(world: ScriptedWorld) -> None:
    run = Run(tern=world.tern, work=world.work_of(copied("big"), copied("wide")))
    assert await run.to_end() == Completed()
    assert len(world.engines) > len(run.work.statements)
    assert len(world.effects()) == 2


async def test_a_volume_is_kept_for_the_copies_to_come(world: ScriptedWorld) -> None:
    world.target.acts["big"].append(hangs())
    run = Run(tern=world.tern, work=world.work_of(altered("small"), copied("big")))
    run.signals.send(SignalKind.VOLUME, 7)
    async with anyio.create_task_group() as group:
        group.start_soon(run.to_end)
        await run.running(SECOND)
        run.signals.send(SignalKind.STOP)
    assert run.memory.settled_as[0].result is SettledResult.DONE
    assert world.engines[-1].volumes == [7]
    assert run.memory.reports[-1].volume == 7


async def test_a_volume_where_nothing_is_copied_is_refused(world: ScriptedWorld) -> None:
    run = Run(tern=world.tern, work=world.work_of(altered("small")))
    run.signals.send(SignalKind.VOLUME, 7)
    await run.to_end()
    assert [settled.result for settled in run.memory.settled_as] == [SettledResult.REFUSED]


async def test_a_checkpoint_explains_a_table_that_is_neither(world: ScriptedWorld) -> None:
    run = Run(tern=world.tern, work=world.work_of(copied("big")))
    world.target.tables[SCHEMA, "big"] = "CREATE TABLE half way"
    world.target.checkpoints.add(FIRST)
    assert await run.to_end() == Completed()


async def test_a_copy_without_a_checkpoint_can_be_stale(world: ScriptedWorld) -> None:
    run = Run(tern=world.tern, work=world.work_of(copied("big")))
    world.target.tables[SCHEMA, "big"] = "CREATE TABLE changed"
    outcome = await run.to_end()
    assert isinstance(outcome, Permanent)
    assert outcome.error.code == "stale_plan"


async def test_a_cancel_reaches_the_engine_of_a_copy_begun_earlier(world: ScriptedWorld) -> None:
    run = Run(tern=world.tern, work=world.work_of(copied("big")))
    world.target.checkpoints.add(FIRST)
    run.signals.send(SignalKind.CANCEL)
    assert await run.to_end() == Completed(end=EndState.CANCELLED)
    assert world.engines[-1].was_applied
    assert run.memory.statuses == {FIRST: TaskStatus.CANCELLED}


async def test_a_cutover_that_nobody_orders_is_not_waited_for_for_ever(
    world: ScriptedWorld,
) -> None:
    world.rest_after(timedelta(milliseconds=50))
    run = held(world, copied("big"))
    assert await run.to_end() == Stopped()
    assert not world.effects()


async def test_the_status_of_a_resumed_task_does_not_fall(world: ScriptedWorld) -> None:
    run = held(world, copied("big"), dropped("gone"))
    async with anyio.create_task_group() as group:
        group.start_soon(run.to_end)
        await run.memory.until(is_waiting)
        run.signals.send(SignalKind.PAUSE)
    again = run.again(epoch=2)
    again.signals.send(SignalKind.PAUSE)
    await again.to_end()
    assert {report.tasks[0].status for report in again.memory.reports} == {WAITING}
    assert again.memory.statuses[SECOND] is TaskStatus.PENDING
