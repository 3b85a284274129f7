"""Who may change a target: epochs, named locks and the sessions of those who came before."""

import json
from contextlib import closing
from dataclasses import replace
from hashlib import sha1

import anyio
import pytest

from integration.databases import Database
from integration.tern.cutting_proxy import Cut, cutting_proxy
from integration.tern.desk import ENVIRONMENT, target
from integration.tern.real_world import RealWorld
from tern.errors import LeaseLost
from tern.local.tern import LocalTern
from tern.values.plan import PullRequest
from tern.values.run import Completed, Retryable, Waiting
from tests.contracts.tern import SECOND, Run


def lock_of(database: Database) -> str:
    return "sb:" + sha1(database.name.encode()).hexdigest()  # noqa: S324  # a name, not a secret


async def test_a_statement_that_was_on_its_way_when_the_work_was_taken_over_does_not_land(
    world: RealWorld,
) -> None:
    """The older run has asked everything it must; only then is it overtaken."""
    old = Run(tern=world.tern, work=world.work())
    new = old.again(epoch=2)
    async with cutting_proxy(world.database, "ALGORITHM=INSTANT", Cut.HELD) as proxy:
        old.tern = LocalTern({(world.database.name, ENVIRONMENT): proxy.access()})
        async with anyio.create_task_group() as group:
            group.start_soon(_displaced, old)
            with anyio.fail_after(20):
                await proxy.reached.wait()
            assert await new.to_end() == Completed()
            world.database.query("ALTER TABLE `kept` DROP COLUMN note")
            effects = world.effects()
            proxy.released.set()
    assert world.effects() == effects


async def test_a_stranger_with_the_named_lock_is_waited_for(world: RealWorld) -> None:
    with closing(world.database.connect()) as stranger:
        stranger.cursor().execute("SELECT GET_LOCK(%s, 0)", (lock_of(world.database),))
        run = Run(tern=world.tern, work=world.work())
        outcome = await run.to_end()
        assert isinstance(outcome, Waiting)
        assert outcome.due.total_seconds() == 5
        ((session,),) = world.database.query("SELECT IS_USED_LOCK(%s)", lock_of(world.database))
        assert f"session {session}" in outcome.reason
        assert not world.effects()
    assert await run.again(epoch=2).to_end() == Completed()


async def test_a_killed_session_costs_an_attempt(world: RealWorld) -> None:
    run = Run(tern=world.tern, work=world.work())
    with world.blocked(1):
        async with anyio.create_task_group() as group:
            group.start_soon(run.to_end)
            await run.running(SECOND)
            await anyio.sleep(0.5)
            session = world.database.query("SELECT IS_USED_LOCK(%s)", lock_of(world.database))
            world.database.query(f"KILL {session[0][0]}")
    assert isinstance(run.outcome, Retryable)
    assert run.outcome.task_id == SECOND
    assert await run.again(epoch=2).to_end() == Completed()


async def test_a_work_record_that_is_gone_ends_the_run(world: RealWorld) -> None:
    run = Run(tern=world.tern, work=world.work())
    with world.blocked(1), pytest.raises(LeaseLost):
        await _without_record(world, run)
    assert world.effects() == [run.work.statements[0].ddl]


async def test_the_named_lock_is_free_when_the_run_has_ended(world: RealWorld) -> None:
    await Run(tern=world.tern, work=world.work()).to_end()
    assert world.database.query("SELECT IS_FREE_LOCK(%s)", lock_of(world.database)) == [(1,)]


async def test_the_record_says_what_was_asked_and_how_it_ended(world: RealWorld) -> None:
    run = Run(tern=world.tern, work=replace(world.work(), external_id="remote-7"))
    await run.to_end()
    row = world.database.query(
        "SELECT apply_identifier, external_id, epoch, instance_epoch, plan_hash, state, work, "
        "task_states, ended_at IS NOT NULL FROM _schemabot_work"
    )
    ((apply_id, external_id, epoch, instance, plan_hash, state, text, states, ended),) = row
    assert (apply_id, external_id) == (run.work.apply_id, "remote-7")
    assert (epoch, instance, plan_hash, state, ended) == (1, 0, "hash", "completed", 1)
    assert [s["ddl"] for s in json.loads(text)["statements"]] == [
        each.ddl for each in run.work.statements
    ]
    assert {task["status"] for task in json.loads(states).values()} == {"completed"}


async def test_a_failure_is_on_record_with_its_reason(world: RealWorld) -> None:
    await Run(tern=world.tern, work=world.failing(world.work(), 1)).to_end()
    sql = "SELECT state, error_code, error_message FROM _schemabot_work"
    ((state, code, message),) = world.database.query(sql)
    assert (state, code) == ("failed", "statement_rejected")
    assert "1060" in message


async def test_records_that_ended_a_week_ago_are_gone(world: RealWorld) -> None:
    old = Run(tern=world.tern, work=world.work())
    await old.to_end()
    world.database.query("UPDATE _schemabot_work SET ended_at = ended_at - INTERVAL 8 DAY")
    new = Run(tern=world.tern, work=replace(old.work, apply_id="apply-other"))
    await new.to_end()
    found = world.database.query("SELECT apply_identifier FROM _schemabot_work")
    assert found == [("apply-other",)]


async def test_the_record_is_no_part_of_the_schema(world: RealWorld) -> None:
    await Run(tern=world.tern, work=world.work()).to_end()
    pulled = await world.tern.pull(PullRequest(target=target(world.database)))
    assert set(pulled.tables[world.database.name]) == {"made", "kept"}


async def _displaced(run: Run) -> None:
    with pytest.raises(LeaseLost):
        await run.to_end()


async def _without_record(world: RealWorld, run: Run) -> None:
    async def forget() -> None:
        await run.running(SECOND)
        world.database.query("DELETE FROM _schemabot_work")

    lost: list[LeaseLost] = []
    async with anyio.create_task_group() as group:
        group.start_soon(forget)
        try:
            await run.to_end()
        except LeaseLost as error:
            lost.append(error)
    raise lost[0]
