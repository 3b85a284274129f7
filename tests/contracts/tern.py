"""What every Tern promises of `run`, whoever carries it out (T-1 to T-11, T-41).

Bind it by a class with a `world` fixture: a Tern, a target with three tables, and a judge that says
what took effect there by its own knowledge, not by what the Tern reports.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Protocol

import anyio
import pytest

from tern.client import Tern
from tern.errors import LeaseLost
from tern.values.control import SettledResult, SignalKind
from tern.values.progress import TaskStatus
from tern.values.run import Completed, EndState, Outcome, Permanent, Stopped, Waiting, Work
from tests.support.caller import HeldLease, Memory, SentSignals

FIRST, SECOND, THIRD = "task-0", "task-1", "task-2"


class World(Protocol):
    """A Tern, its target, and the judge."""

    @property
    def tern(self) -> Tern: ...

    def work(self) -> Work:
        """Three statements: a table is made, another altered, a third dropped."""
        ...

    def effects(self) -> Sequence[str]:
        """The DDL that took effect on the target since it was set up, in order."""
        ...

    def change_by_hand(self, ordinal: int) -> None:
        """Make the statement's table neither what the plan found nor what it wants."""
        ...

    def failing(self, work: Work, ordinal: int) -> Work:
        """The same work, but the target refuses that statement for good."""
        ...

    def blocked(self, ordinal: int) -> AbstractContextManager[None]:
        """The statement can't come to run inside the block; afterwards nothing is in its way."""
        ...


@dataclass(kw_only=True)
class Run:
    """One call of `Tern.run` and everything around it."""

    tern: Tern
    work: Work
    lease: HeldLease = field(default_factory=HeldLease)
    signals: SentSignals = field(default_factory=SentSignals)
    memory: Memory = field(default_factory=Memory)
    outcome: Outcome | None = None

    async def to_end(self) -> Outcome:
        """The outcome."""
        with anyio.fail_after(25):
            self.outcome = await self.tern.run(
                self.work, fence=self.lease, signals=self.signals, report=self.memory
            )
        return self.outcome

    async def running(self, task_id: str) -> None:
        """Wait until the task is reported as running."""
        await self.memory.until(
            lambda task: task.task_id == task_id and task.status is TaskStatus.RUNNING
        )

    def again(self, epoch: int) -> "Run":
        """The next claim's run of the same work, with the task states that this one reported."""
        statuses = self.memory.statuses if self.memory.reports else {}
        statements = tuple(
            replace(each, status=statuses.get(each.task_id, each.status))
            for each in self.work.statements
        )
        work = replace(self.work, statements=statements)
        return Run(tern=self.tern, work=work, lease=HeldLease(epoch))


class TernContract:
    """Bind with a `world` fixture."""

    async def test_fresh_work_is_carried_out_in_plan_order(self, world: World) -> None:
        """Q-40."""
        run = Run(tern=world.tern, work=world.work())
        assert await run.to_end() == Completed()
        assert list(world.effects()) == [each.ddl for each in run.work.statements]
        assert set(run.memory.statuses.values()) == {TaskStatus.COMPLETED}

    async def test_work_is_accepted_before_any_task_is_reported(self, world: World) -> None:
        run = Run(tern=world.tern, work=world.work())
        await run.to_end()
        assert run.memory.external_ids == [None]

    @pytest.mark.parametrize("are_states_known", [True, False])
    async def test_run_again_after_the_end_has_no_effect(
        self, world: World, *, are_states_known: bool
    ) -> None:
        run = Run(tern=world.tern, work=world.work())
        await run.to_end()
        effects = list(world.effects())
        again = run.again(epoch=2)
        if not are_states_known:
            again.work = run.work
        assert await again.to_end() == Completed()
        assert list(world.effects()) == effects

    async def test_every_report_is_whole_and_later_than_the_one_before(self, world: World) -> None:
        run = Run(tern=world.tern, work=world.work())
        await run.to_end()
        sequences = [report.sequence for report in run.memory.reports]
        assert sequences == sorted(set(sequences))
        for report in run.memory.reports:
            assert [task.task_id for task in report.tasks] == [FIRST, SECOND, THIRD]

    async def test_the_first_failure_for_good_ends_the_work(self, world: World) -> None:
        work = world.failing(world.work(), 1)
        run = Run(tern=world.tern, work=work)
        outcome = await run.to_end()
        assert isinstance(outcome, Permanent)
        assert outcome.task_id == SECOND
        assert run.memory.statuses == {
            FIRST: TaskStatus.COMPLETED,
            SECOND: TaskStatus.FAILED,
            THIRD: TaskStatus.CANCELLED,
        }
        assert run.memory.task(SECOND).error_code == outcome.error.code
        assert list(world.effects()) == [work.statements[0].ddl]

    async def test_a_failed_apply_never_goes_on(self, world: World) -> None:
        run = Run(tern=world.tern, work=world.failing(world.work(), 1))
        await run.to_end()
        effects = list(world.effects())
        outcome = await run.again(epoch=2).to_end()
        assert isinstance(outcome, Permanent)
        assert list(world.effects()) == effects

    async def test_a_table_changed_since_the_plan_stops_all_before_it_begins(
        self, world: World
    ) -> None:
        """Q-41."""
        work = world.work()
        world.change_by_hand(1)
        before = list(world.effects())
        run = Run(tern=world.tern, work=work)
        outcome = await run.to_end()
        assert isinstance(outcome, Permanent)
        assert (outcome.task_id, outcome.error.code) == (SECOND, "stale_plan")
        assert list(world.effects()) == before

    async def test_unsafe_work_needs_consent(self, world: World) -> None:
        work = world.work()
        options = replace(work.options, allow_unsafe=False)
        run = Run(tern=world.tern, work=replace(work, options=options))
        outcome = await run.to_end()
        assert isinstance(outcome, Permanent)
        assert (outcome.task_id, outcome.error.code) == (THIRD, "unsafe_not_allowed")
        assert not world.effects()

    async def test_an_unknown_target_is_refused(self, world: World) -> None:
        work = world.work()
        elsewhere = replace(work.target, environment="elsewhere")
        outcome = await Run(tern=world.tern, work=replace(work, target=elsewhere)).to_end()
        assert isinstance(outcome, Permanent)
        assert outcome.error.code == "target_unknown"
        assert not world.effects()

    async def test_an_older_claim_changes_nothing(self, world: World) -> None:
        work = world.work()
        with world.blocked(0):
            newer = Run(tern=world.tern, work=work, lease=HeldLease(5))
            newer.signals.send(SignalKind.STOP)
            assert await newer.to_end() == Stopped()
        older = Run(tern=world.tern, work=work, lease=HeldLease(4))
        with pytest.raises(LeaseLost):
            await older.to_end()
        assert not world.effects()
        assert older.memory.external_ids == []


class TernInterruptionContract:
    """Bind with a `world` fixture: runs that are asked, or made, to end before their end."""

    @pytest.mark.parametrize(
        ("kind", "expected", "status"),
        [
            (SignalKind.STOP, Stopped(), TaskStatus.STOPPED),
            (SignalKind.CANCEL, Completed(end=EndState.CANCELLED), TaskStatus.CANCELLED),
        ],
    )
    async def test_a_run_comes_to_rest_when_asked(
        self, world: World, kind: SignalKind, expected: Outcome, *, status: TaskStatus
    ) -> None:
        run = Run(tern=world.tern, work=world.work())
        with world.blocked(1):
            async with anyio.create_task_group() as group:
                group.start_soon(run.to_end)
                await run.running(SECOND)
                request = run.signals.send(kind)
        assert run.outcome == expected
        assert run.memory.statuses == {FIRST: TaskStatus.COMPLETED, SECOND: status, THIRD: status}
        (settled,) = run.memory.settled_as
        assert (settled.request_id, settled.result) == (request, SettledResult.DONE)
        assert list(world.effects()) == [run.work.statements[0].ddl]

    async def test_a_stopped_run_goes_on_where_it_stopped(self, world: World) -> None:
        run = Run(tern=world.tern, work=world.work())
        with world.blocked(1):
            async with anyio.create_task_group() as group:
                group.start_soon(run.to_end)
                await run.running(SECOND)
                run.signals.send(SignalKind.STOP)
        assert await run.again(epoch=2).to_end() == Completed()
        assert list(world.effects()) == [each.ddl for each in run.work.statements]

    async def test_a_run_handed_back_keeps_its_state_and_is_due_at_once(self, world: World) -> None:
        run = Run(tern=world.tern, work=world.work())
        with world.blocked(1):
            async with anyio.create_task_group() as group:
                group.start_soon(run.to_end)
                await run.running(SECOND)
                run.signals.send(SignalKind.PAUSE)
        assert isinstance(run.outcome, Waiting)
        assert not run.outcome.due
        assert run.memory.statuses[SECOND] is TaskStatus.RUNNING
        assert await run.again(epoch=2).to_end() == Completed()
        assert list(world.effects()) == [each.ddl for each in run.work.statements]

    @pytest.mark.parametrize("kind", [SignalKind.STOP, SignalKind.CANCEL, SignalKind.PAUSE])
    async def test_nothing_starts_under_a_request_to_rest(
        self, world: World, kind: SignalKind
    ) -> None:
        run = Run(tern=world.tern, work=world.work())
        run.signals.send(kind)
        await run.to_end()
        assert not world.effects()
        assert [settled.result for settled in run.memory.settled_as] == [SettledResult.DONE]

    @pytest.mark.parametrize(
        "kind",
        [SignalKind.REVERT, SignalKind.SKIP_REVERT, SignalKind.DEPLOY, SignalKind.CUTOVER],
    )
    async def test_what_the_engine_cannot_do_is_refused_with_a_reason(
        self, world: World, kind: SignalKind
    ) -> None:
        run = Run(tern=world.tern, work=world.work())
        run.signals.send(kind)
        assert await run.to_end() == Completed()
        (settled,) = run.memory.settled_as
        assert settled.result is SettledResult.REFUSED
        assert settled.message

    async def test_a_lost_lease_ends_the_run_and_nothing_lands_afterwards(
        self, world: World
    ) -> None:
        run = Run(tern=world.tern, work=world.work())
        with world.blocked(1), pytest.raises(LeaseLost):
            await _until_lost(run)
        reports = len(run.memory.reports)
        await anyio.sleep(0.2)
        assert list(world.effects()) == [run.work.statements[0].ddl]
        assert len(run.memory.reports) == reports

    async def test_a_cancelled_call_is_off_the_target(self, world: World) -> None:
        run = Run(tern=world.tern, work=world.work())
        with world.blocked(1):
            async with anyio.create_task_group() as group:
                group.start_soon(run.to_end)
                await run.running(SECOND)
                group.cancel_scope.cancel()
        assert run.outcome is None
        await anyio.sleep(0.2)
        assert list(world.effects()) == [run.work.statements[0].ddl]
        assert await run.again(epoch=2).to_end() == Completed()

    async def test_a_report_that_is_refused_ends_the_run(self, world: World) -> None:
        run = Run(tern=world.tern, work=world.work())
        run.memory.refuses = True
        with pytest.raises(LeaseLost):
            await run.to_end()
        assert not world.effects()


async def _until_lost(run: Run) -> None:
    async def lose() -> None:
        await run.running(SECOND)
        await anyio.to_thread.run_sync(run.lease.lose)  # noqa: TID251  # the beating thread's part

    lost: list[LeaseLost] = []
    async with anyio.create_task_group() as group:
        group.start_soon(lose)
        try:
            await run.to_end()
        except LeaseLost as error:
            lost.append(error)
    raise lost[0]
