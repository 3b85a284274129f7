"""Targets that can't be reached or used, as a run and its record find them."""

from dataclasses import replace

from integration.databases import Database, query
from integration.tern.desk import ENVIRONMENT, access, type_of
from integration.tern.real_world import RealWorld
from tern.local.access import TargetAccess
from tern.local.tern import LocalTern
from tern.values.run import Completed, Permanent, Retryable
from tern.values.target import DatabaseType
from tests.contracts.tern import Run


def run_with(world: RealWorld, way: TargetAccess) -> Run:
    tern = LocalTern({(world.database.name, ENVIRONMENT): way})
    return Run(tern=tern, work=world.work())


def other_type(database: Database) -> DatabaseType:
    is_mysql = type_of(database) is DatabaseType.MYSQL
    return DatabaseType.MARIADB if is_mysql else DatabaseType.MYSQL


async def test_a_server_of_the_other_vendor_is_refused(world: RealWorld) -> None:
    way = replace(access(world.database), type=other_type(world.database))
    outcome = await run_with(world, way).to_end()
    assert isinstance(outcome, Permanent)
    assert outcome.error.code == "flavor_mismatch"
    assert not world.effects()


async def test_a_server_that_is_away_may_come_back(world: RealWorld) -> None:
    outcome = await run_with(world, access(world.database, port=1)).to_end()
    assert isinstance(outcome, Retryable)
    assert outcome.error.code == "target_unavailable"


async def test_a_wrong_account_is_for_people_to_mend(world: RealWorld) -> None:
    outcome = await run_with(world, access(world.database, user="nobody")).to_end()
    assert isinstance(outcome, Permanent)
    assert outcome.error.code == "access_denied"


async def test_a_schema_that_is_gone_is_named(world: RealWorld) -> None:
    run = run_with(world, access(world.database))
    statements = tuple(replace(each, schema="no_such_schema") for each in run.work.statements)
    run.work = replace(run.work, statements=statements)
    outcome = await run.to_end()
    assert isinstance(outcome, Permanent)
    assert "no_such_schema" in outcome.error.message


async def test_an_account_that_may_only_change_its_schema_suffices(world: RealWorld) -> None:
    """Without PROCESS nobody in the way can be seen; the lock wait alone protects the traffic."""
    database = world.database
    account = f"u_{database.name[:12]}"
    query(database.server, f"CREATE USER {account}@'%'")
    try:
        query(database.server, f"GRANT ALL ON `{database.name}`.* TO {account}@'%'")
        run = run_with(world, access(database, user=account))
        outcome = await run.to_end()
    finally:
        query(database.server, f"DROP USER {account}@'%'")
    assert outcome == Completed()
    assert world.effects() == [each.ddl for each in run.work.statements]
