"""A connection lost around a DDL: what happened is found out by looking, never guessed."""

from dataclasses import replace

import pytest

from integration.tern.cutting_proxy import Cut, cutting_proxy
from integration.tern.desk import ENVIRONMENT
from integration.tern.real_world import RealWorld
from tern.local.tern import LocalTern
from tern.values.progress import TaskStatus
from tern.values.run import Completed, Permanent, Retryable, Unknown
from tests.contracts.tern import SECOND, Run

ALTER = "ALGORITHM=INSTANT"
# The protocol's first byte of a query: the same words also stand inside the work record.
QUERY = "\x03"


async def cut_off(world: RealWorld, run: Run, *, at: str, cut: Cut) -> None:
    """The run to its end, with one cut on the way; later runs have no proxy between."""
    async with cutting_proxy(world.database, at, cut) as proxy:
        run.tern = LocalTern({(world.database.name, ENVIRONMENT): proxy.access()})
        await run.to_end()
        assert proxy.reached.is_set()
    run.tern = world.tern


async def test_a_statement_that_never_arrived_is_tried_by_the_next_run(world: RealWorld) -> None:
    run = Run(tern=world.tern, work=world.work())
    await cut_off(world, run, at=ALTER, cut=Cut.BEFORE)
    assert isinstance(run.outcome, Retryable)
    assert run.outcome.task_id == SECOND
    assert len(world.effects()) == 1
    again = run.again(epoch=2)
    assert await again.to_end() == Completed()
    assert world.effects() == [each.ddl for each in run.work.statements]


@pytest.mark.parametrize("text", [f"{QUERY}CREATE", ALTER, f"{QUERY}DROP"])
async def test_a_statement_whose_answer_was_lost_is_seen_to_have_run(
    world: RealWorld, text: str
) -> None:
    run = Run(tern=world.tern, work=world.work())
    await cut_off(world, run, at=text, cut=Cut.AFTER)
    assert run.outcome == Completed()
    assert world.effects() == [each.ddl for each in run.work.statements]


async def test_what_looking_does_not_tell_is_unknown(world: RealWorld) -> None:
    """The statement runs, but what the plan promised of it is not what it does."""
    work = world.work()
    promised = replace(work.statements[1], ddl="ALTER TABLE `kept` ADD COLUMN other INT")
    statements = (work.statements[0], promised, work.statements[2])
    run = Run(tern=world.tern, work=replace(work, statements=statements))
    await cut_off(world, run, at=ALTER, cut=Cut.AFTER)
    assert isinstance(run.outcome, Unknown)
    assert run.memory.statuses[SECOND] is TaskStatus.STOPPED
    assert len(world.effects()) == 2
    again = await run.again(epoch=2).to_end()
    assert isinstance(again, Permanent)
    assert again.error.code == "stale_plan"


@pytest.mark.parametrize("text", ["SHOW CREATE TABLE", "GET_LOCK", "_schemabot_work", "IS_USED"])
async def test_a_cut_before_any_ddl_costs_an_attempt_and_nothing_else(
    world: RealWorld, text: str
) -> None:
    run = Run(tern=world.tern, work=world.work())
    await cut_off(world, run, at=text, cut=Cut.BEFORE)
    assert isinstance(run.outcome, Retryable)
    again = run.again(epoch=2)
    assert await again.to_end() == Completed()
    assert world.effects() == [each.ddl for each in run.work.statements]
