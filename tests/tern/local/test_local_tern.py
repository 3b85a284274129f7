"""How LocalTern's runs end, with engines that do what a test scripted."""

from dataclasses import replace

import pytest

from tern.errors import CopyNeeded, LeaseLost, OutcomeUnknown, ServerUnavailable, StaleEpoch
from tern.values.plan import Verdict
from tern.values.progress import TaskStatus
from tern.values.run import (
    Completed,
    LogsRequest,
    Outcome,
    Permanent,
    Retryable,
    Unknown,
    Waiting,
)
from tests.contracts.tern import FIRST, SECOND, THIRD, Run
from tests.support.caller import HeldLease
from tests.support.scripted_engine import breaks, fails_for_now, loses_track, runs
from tests.support.scripted_target import Act, ScriptedTarget, Stand
from tests.support.scripted_world import SCHEMA, ScriptedWorld, altered, created, dropped

LOST = ServerUnavailable(place="scripted:3306", reason="gone away")
UNKNOWN = OutcomeUnknown(action="ALTER", place="shop.kept", reason="gone away")


@pytest.fixture
def world() -> ScriptedWorld:
    return ScriptedWorld()


async def test_what_may_succeed_later_leaves_later_tasks_pending(world: ScriptedWorld) -> None:
    run = Run(tern=world.tern, work=world.work())
    world.target.acts["kept"].append(fails_for_now(LOST))
    assert await run.to_end() == Retryable(error=LOST, task_id=SECOND)
    assert run.memory.statuses == {
        FIRST: TaskStatus.COMPLETED,
        SECOND: TaskStatus.FAILED_RETRYABLE,
        THIRD: TaskStatus.PENDING,
    }
    assert await run.again(epoch=2).to_end() == Completed()
    assert world.effects() == [each.ddl for each in run.work.statements]


async def test_an_unreachable_target_spends_an_attempt_and_no_task(world: ScriptedWorld) -> None:
    run = Run(tern=world.tern, work=world.work())
    world.target.failures.append(LOST)
    assert await run.to_end() == Retryable(error=LOST)
    assert set(run.memory.statuses.values()) == {TaskStatus.PENDING}
    assert run.memory.external_ids == []


async def test_a_target_that_a_stranger_changes_is_asked_again_soon(world: ScriptedWorld) -> None:
    run = Run(tern=world.tern, work=world.work())
    world.target.stranger = "session 7"
    outcome = await run.to_end()
    assert isinstance(outcome, Waiting)
    assert outcome.due.total_seconds() == 5
    assert "session 7" in outcome.reason


@pytest.mark.parametrize("takes_effect", [True, False])
async def test_an_unknown_outcome_is_decided_by_looking(
    world: ScriptedWorld, *, takes_effect: bool
) -> None:
    run = Run(tern=world.tern, work=world.work())
    world.target.acts["kept"].append(loses_track(UNKNOWN, takes_effect=takes_effect))
    outcome = await run.to_end()
    if takes_effect:
        assert outcome == Completed()
    else:
        assert outcome == Retryable(error=UNKNOWN, task_id=SECOND)
        assert await run.again(epoch=2).to_end() == Completed()
    assert world.effects() == [each.ddl for each in run.work.statements]


async def test_what_looking_can_not_decide_stays_unknown_for_a_person(
    world: ScriptedWorld,
) -> None:
    run = Run(tern=world.tern, work=world.work())
    work = run.work
    statements = (work.statements[0], replace(work.statements[1], desired="CREATE TABLE other"))
    run.work = replace(work, statements=(*statements, work.statements[2]))
    world.target.acts["kept"].append(_loses_track_and_the_table_changes(world.target))
    assert await run.to_end() == Unknown(error=UNKNOWN, task_id=SECOND)
    assert run.memory.statuses[SECOND] is TaskStatus.STOPPED
    assert run.memory.task(SECOND).error_code == "outcome_unknown"


async def test_a_bug_is_a_failure_without_its_detail(
    world: ScriptedWorld, caplog: pytest.LogCaptureFixture
) -> None:
    run = Run(tern=world.tern, work=world.work())
    world.target.acts["kept"].append(breaks())
    outcome = await run.to_end()
    assert isinstance(outcome, Permanent)
    assert outcome.error.code == "internal_error"
    assert "hunter2" not in str(outcome.error)
    assert "hunter2" in caplog.text


async def test_a_worse_verdict_at_run_time_is_copied_where_that_can_be_done(
    world: ScriptedWorld,
) -> None:
    run = Run(tern=world.tern, work=world.work())
    world.target.acts["kept"].append(_needs_copy())
    assert await run.to_end() == Completed()
    assert [line.event for line in run.memory.lines] == ["verdict_changed"]
    assert [engine.capabilities.name for engine in world.engines][-2:] == ["online", "direct"]


async def test_a_worse_verdict_without_an_online_engine_is_unsupported() -> None:
    world = ScriptedWorld(has_online=False)
    run = Run(tern=world.tern, work=world.work())
    world.target.acts["kept"].append(_needs_copy())
    outcome = await run.to_end()
    assert isinstance(outcome, Permanent)
    assert outcome.error.code == "unsupported_change"
    assert "no online engine" in outcome.error.message


async def test_a_copy_without_an_online_engine_is_refused_before_anything_runs() -> None:
    world = ScriptedWorld(has_online=False)
    work = world.work_of(created("made"), altered("kept", Verdict.COPY))
    outcome = await Run(tern=world.tern, work=work).to_end()
    assert isinstance(outcome, Permanent)
    assert (outcome.task_id, outcome.error.code) == (SECOND, "unsupported_change")
    assert not world.effects()


async def test_a_newer_run_between_two_statements_ends_the_older(world: ScriptedWorld) -> None:
    run = Run(tern=world.tern, work=world.work())
    world.target.acts["kept"].append(_is_overtaken(world.target))
    with pytest.raises(StaleEpoch):
        await run.to_end()
    assert world.effects() == [each.ddl for each in run.work.statements[:2]]


async def test_what_the_target_has_on_record_as_done_never_runs_again(
    world: ScriptedWorld,
) -> None:
    run = Run(tern=world.tern, work=world.work())
    await run.to_end()
    del world.target.tables[SCHEMA, "made"]
    again = Run(tern=world.tern, work=run.work, lease=HeldLease(2))
    assert await again.to_end() == Completed()
    assert len(world.effects()) == 3


async def test_every_state_is_on_the_targets_record_when_the_run_ends(
    world: ScriptedWorld,
) -> None:
    run = Run(tern=world.tern, work=world.work())
    await run.to_end()
    last = world.target.notes[-1]
    assert (last.state, last.has_ended) == ("completed", True)
    assert {task.status for task in last.tasks.values()} == {"completed"}


async def test_the_report_of_a_statement_precedes_the_next_statement(
    world: ScriptedWorld,
) -> None:
    run = Run(tern=world.tern, work=world.work())
    world.target.acts["kept"].append(breaks())
    await run.to_end()
    assert run.memory.statuses[FIRST] is TaskStatus.COMPLETED
    assert world.target.tasks[FIRST].status == "completed"


async def test_a_lease_lost_before_the_run_touches_nothing(world: ScriptedWorld) -> None:
    run = Run(tern=world.tern, work=world.work())
    run.lease.lose()
    with pytest.raises(LeaseLost):
        await run.to_end()
    assert world.target.epoch == 0


async def test_a_stop_comes_too_late_for_work_that_is_done(world: ScriptedWorld) -> None:
    work = world.work_of(dropped("gone"), allow_unsafe=True)
    ended = replace(work, statements=(replace(work.statements[0], status=TaskStatus.COMPLETED),))
    assert await Run(tern=world.tern, work=ended).to_end() == Completed()
    assert world.target.epoch == 0


async def test_it_keeps_no_log_of_its_own_and_answers_for_its_health(
    world: ScriptedWorld,
) -> None:
    assert await world.tern.logs(LogsRequest(apply_id="apply-1")) == ()
    health = await world.tern.health()
    assert health.status == "ok"
    assert "epoch" in health.features


def _needs_copy() -> Act:
    error = CopyNeeded(table="kept", reason="no row version is left")
    return lambda stand: Permanent(error=error, task_id=stand.run.statements[0].task_id)


def _loses_track_and_the_table_changes(target: ScriptedTarget) -> Act:
    def act(stand: Stand) -> Outcome:
        target.tables[SCHEMA, "kept"] = "CREATE TABLE changed"
        return Unknown(error=UNKNOWN, task_id=stand.run.statements[0].task_id)

    return act


def _is_overtaken(target: ScriptedTarget) -> Act:
    def act(stand: Stand) -> Outcome:
        outcome = runs()(stand)
        target.epoch += 1
        return outcome

    return act
