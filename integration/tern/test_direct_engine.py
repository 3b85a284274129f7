"""The direct engine on real servers: blockers, attempts, ways, and what it leaves alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import anyio
import pytest

from integration.databases import Database, fresh_database
from integration.servers.throwaway import Server
from integration.tern.desk import ENVIRONMENT, access, show_create, statements, work
from integration.tern.journal import Journal
from integration.tern.onlooker import wait_for_blockers
from integration.tern.real_world import RealWorld
from tern.engine.direct.engine import DirectEngine
from tern.engine.pacing import Pacing
from tern.errors import LeaseLost
from tern.local.engines import Engines
from tern.local.tern import LocalTern
from tern.values.plan import Verdict
from tern.values.progress import TaskProgress
from tern.values.run import Completed, Permanent, Retryable, Work
from tests.contracts.tern import FIRST, SECOND, THIRD, Run
from tests.support.caller import HeldLease

IMPATIENT = Pacing(attempts=2, first_pause=timedelta(milliseconds=100))


def impatient(database: Database) -> LocalTern:
    engines = Engines(direct=lambda access: DirectEngine(access.params, pacing=IMPATIENT))
    return LocalTern({(database.name, ENVIRONMENT): access(database)}, engines=engines)


def altering(database: Database, *changes: tuple[str, str, Verdict]) -> Run:
    todo = work(database, statements(database, *changes), allow_unsafe=True)
    return Run(tern=LocalTern({(database.name, ENVIRONMENT): access(database)}), work=todo)


async def test_a_blocker_is_shown_and_its_end_is_noticed(world: RealWorld) -> None:
    run = Run(tern=world.tern, work=world.work())
    async with anyio.create_task_group() as group:
        with world.blocked(1):
            wait_for_blockers(world.database, "kept", age=Pacing().blocker_age)
            group.start_soon(run.to_end)
            await run.memory.until(_has_blocker)
    assert run.outcome == Completed()
    assert "root@" in run.memory.reports[-3].tasks[1].detail.get("blockers", "root@")


async def test_while_a_blocker_is_known_nobody_queues_behind_the_statement(
    world: RealWorld,
) -> None:
    run = Run(tern=world.tern, work=world.work())
    async with anyio.create_task_group() as group:
        with world.blocked(1):
            wait_for_blockers(world.database, "kept", age=Pacing().blocker_age)
            group.start_soon(run.to_end)
            await run.memory.until(_has_blocker)
            waiting = world.database.query("SHOW FULL PROCESSLIST")
            assert not [row for row in waiting if "metadata lock" in str(row[6])]
            assert world.database.query("SELECT COUNT(*) FROM kept") == [(0,)]
    assert run.outcome == Completed()


async def test_a_table_that_stays_locked_is_tried_again_by_a_later_run(world: RealWorld) -> None:
    run = Run(tern=impatient(world.database), work=world.work())
    with world.blocked(1):
        outcome = await run.to_end()
    assert isinstance(outcome, Retryable)
    assert (outcome.task_id, outcome.error.code) == (SECOND, "table_busy")
    assert run.memory.task(SECOND).cutover_attempts == 2
    assert world.effects() == [run.work.statements[0].ddl]
    assert await run.again(epoch=2).to_end() == Completed()


async def test_a_long_transaction_elsewhere_does_not_keep_a_table_from_changing(
    world: RealWorld,
) -> None:
    """MariaDB doesn't tell what it holds, so at first it is suspected there."""
    second = timedelta(seconds=1)
    hasty = replace(IMPATIENT, attempts=4, eager_attempts=2, later_wait=second)
    engines = Engines(direct=lambda access: DirectEngine(access.params, pacing=hasty))
    tern = LocalTern({(world.database.name, ENVIRONMENT): access(world.database)}, engines=engines)
    with world.blocked(2):
        wait_for_blockers(world.database, "gone", age=Pacing().blocker_age)
        run = Run(tern=tern, work=world.work())
        outcome = await run.to_end()
    assert isinstance(outcome, Retryable)
    assert outcome.task_id == THIRD
    assert [each.split("`")[1] for each in world.effects()[1:]] == ["kept"]


class AskedLease(HeldLease):
    """Counts how often it was asked."""

    asked = 0

    def remaining(self) -> timedelta:
        self.asked += 1
        return super().remaining()

    async def until_asked(self, times: int) -> None:
        """So many times from now on."""
        enough = self.asked + times
        with anyio.fail_after(60):
            while True:
                if self.asked >= enough:
                    return
                await anyio.sleep(0.05)


async def test_no_ddl_is_sent_with_too_little_of_the_lease_left(world: RealWorld) -> None:
    lease = AskedLease(left=timedelta(seconds=10))
    run = Run(tern=world.tern, work=world.work(), lease=lease)
    async with anyio.create_task_group() as group:
        with world.blocked(1):
            group.start_soon(run.to_end)
            await run.memory.until(lambda task: task.phase == "waiting")
            lease.left = timedelta(seconds=1)
        await run.memory.until(lambda task: task.task_id == SECOND and task.phase == "lock")
        await lease.until_asked(5)
        assert len(world.effects()) == 1
        lease.left = timedelta(seconds=10)
    assert run.outcome == Completed()


@pytest.mark.parametrize("base", ["kept", "by_hand"])
async def test_what_turns_up_as_desired_while_waiting_is_completed_without_ddl(
    world: RealWorld, base: str
) -> None:
    run = Run(tern=impatient(world.database), work=world.work())
    ddl = run.work.statements[1].ddl
    with world.blocked(1):
        assert isinstance(await run.to_end(), Retryable)
    world.database.query(ddl if base == "kept" else ddl.replace("note", "other"))
    outcome = await run.again(epoch=2).to_end()
    if base == "kept":
        assert outcome == Completed()
        assert world.effects().count(ddl) == 1
    else:
        assert isinstance(outcome, Permanent)
        assert outcome.error.code == "stale_plan"


async def test_what_turns_up_as_desired_while_others_run_is_completed_without_ddl(
    world: RealWorld,
) -> None:
    run = Run(tern=world.tern, work=world.work())
    async with anyio.create_task_group() as group:
        with world.blocked(1):
            group.start_soon(run.to_end)
            await run.running(SECOND)
            world.database.query("DROP TABLE `gone`")
    assert run.outcome == Completed()
    assert world.effects().count("DROP TABLE `gone`") == 1
    assert run.memory.task(THIRD).detail == {"how": "already in place"}


async def test_what_changes_while_others_run_is_not_touched(world: RealWorld) -> None:
    run = Run(tern=world.tern, work=world.work())
    async with anyio.create_task_group() as group:
        with world.blocked(1):
            group.start_soon(run.to_end)
            await run.running(SECOND)
            world.change_by_hand(2)
    assert isinstance(run.outcome, Permanent)
    assert (run.outcome.task_id, run.outcome.error.code) == (THIRD, "stale_plan")
    assert show_create(world.database, "gone") is not None


async def test_a_statement_that_leads_elsewhere_than_proven_is_no_success(
    world: RealWorld,
) -> None:
    todo = world.work()
    other = replace(todo.statements[1], ddl="ALTER TABLE `kept` ADD COLUMN other INT")
    statements = (todo.statements[0], other, todo.statements[2])
    run = Run(tern=world.tern, work=replace(todo, statements=statements))
    outcome = await run.to_end()
    assert isinstance(outcome, Permanent)
    assert (outcome.task_id, outcome.error.code) == (SECOND, "stale_plan")
    assert "the statement ran" in outcome.error.message
    assert show_create(world.database, "gone") is not None


async def _until_it_waits(database: Database) -> None:
    with anyio.fail_after(20):
        while True:
            if _waiting_statements(database):
                return
            await anyio.sleep(0.05)


async def test_a_statement_that_waits_in_the_server_goes_with_the_lease(world: RealWorld) -> None:
    patient = Pacing(first_wait=timedelta(seconds=20))
    engines = Engines(direct=lambda access: DirectEngine(access.params, pacing=patient))
    tern = LocalTern({(world.database.name, ENVIRONMENT): access(world.database)}, engines=engines)
    run = Run(tern=tern, work=world.work())
    run.lease.left = timedelta(seconds=60)
    with world.blocked(1):
        async with anyio.create_task_group() as group:
            group.start_soon(_displaced, run)
            await run.memory.until(lambda task: task.phase == "ddl" and task.task_id == SECOND)
            await _until_it_waits(world.database)
            run.lease.lose()
        assert not _waiting_statements(world.database)
    assert len(world.effects()) == 1


async def test_a_plan_too_hopeful_is_unsupported_and_copies_nothing(database: Database) -> None:
    database.query("CREATE TABLE kept (id INT PRIMARY KEY, n INT)")
    change = ("kept", "ALTER TABLE `kept` MODIFY COLUMN n BIGINT", Verdict.INSTANT)
    run = altering(database, change)
    outcome = await run.to_end()
    assert isinstance(outcome, Permanent)
    assert (outcome.task_id, outcome.error.code) == (FIRST, "unsupported_change")
    assert show_create(database, "kept") == run.work.statements[0].base


INPLACE = [
    "ALTER TABLE `kept` DROP INDEX by_n",
    "ALTER TABLE `kept` RENAME INDEX by_n TO by_number",
    "ALTER TABLE `kept` MODIFY COLUMN name VARCHAR(20)",
    "ALTER TABLE `kept` COMMENT='for keeps'",
]


@pytest.mark.parametrize("ddl", INPLACE)
async def test_what_is_metadata_only_in_place_runs_without_a_copy(
    database: Database, ddl: str
) -> None:
    database.query(
        "CREATE TABLE kept (id INT PRIMARY KEY, n INT, name VARCHAR(10), KEY by_n (n))"
        " CHARACTER SET latin1"
    )
    run = altering(database, ("kept", ddl, Verdict.INPLACE))
    assert await run.to_end() == Completed()
    assert show_create(database, "kept") == run.work.statements[0].desired


@pytest.mark.parametrize(
    "ddl",
    [
        "ALTER TABLE `parted` ADD PARTITION (PARTITION p2 VALUES LESS THAN (30))",
        "ALTER TABLE `parted` DROP PARTITION p0",
    ],
)
async def test_partition_lists_are_changed_without_a_copy(database: Database, ddl: str) -> None:
    database.query(
        "CREATE TABLE parted (id INT PRIMARY KEY) PARTITION BY RANGE (id) "
        "(PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20))"
    )
    run = altering(database, ("parted", ddl, Verdict.INPLACE))
    assert await run.to_end() == Completed()
    assert show_create(database, "parted") == run.work.statements[0].desired


async def test_rows_in_the_way_are_an_answer_of_the_server(database: Database) -> None:
    """A parent of a foreign key can't be dropped while its child is there."""
    database.query("CREATE TABLE parent (id INT PRIMARY KEY)")
    made = statements(database, ("parent", "DROP TABLE `parent`", Verdict.DIRECT))
    database.query("CREATE TABLE child (id INT, FOREIGN KEY (id) REFERENCES parent (id))")
    run = Run(
        tern=LocalTern({(database.name, ENVIRONMENT): access(database)}),
        work=work(database, made, allow_unsafe=True),
    )
    outcome = await run.to_end()
    assert isinstance(outcome, Permanent)
    assert outcome.error.code == "statement_rejected"
    assert show_create(database, "parent") is not None


async def test_statements_of_two_schemas_run_each_in_its_own(server: Server) -> None:
    with fresh_database(server) as one, fresh_database(server) as other:
        todo = [_creating(database, ordinal) for ordinal, database in enumerate((one, other))]
        run = Run(tern=LocalTern({(one.name, ENVIRONMENT): access(one)}), work=_joint(one, todo))
        journals = Journal(one), Journal(other)
        assert await run.to_end() == Completed()
        assert [journal.ddl() for journal in journals] == [
            ["CREATE TABLE made (id INT PRIMARY KEY)"],
            ["CREATE TABLE made (id INT PRIMARY KEY)"],
        ]
        assert other.query("SHOW TABLES") == [("made",)]


def _creating(database: Database, ordinal: int) -> Work:
    ddl = "CREATE TABLE made (id INT PRIMARY KEY)"
    made = statements(database, ("made", ddl, Verdict.DIRECT))
    numbered = [replace(each, task_id=f"task-{ordinal}", ordinal=ordinal) for each in made]
    return work(database, numbered)


def _joint(database: Database, works: Sequence[Work]) -> Work:
    return work(database, [each for one in works for each in one.statements])


async def _displaced(run: Run) -> None:
    with pytest.raises(LeaseLost):
        await run.to_end()


def _waiting_statements(database: Database) -> list[object]:
    rows = database.query("SHOW FULL PROCESSLIST")
    return [row[7] for row in rows if row[3] == database.name and "ALTER" in str(row[7])]


def _has_blocker(task: TaskProgress) -> bool:
    return "blockers" in task.detail
