"""Plans on both servers."""

from collections.abc import Iterator

import pytest

from integration.databases import Database, query
from integration.plan.target import Account, PlanTarget, scratch_schemas
from integration.servers.throwaway import Server


@pytest.fixture
def target(database: Database) -> Iterator[PlanTarget]:
    """An empty schema; no plan may leave a scratch schema behind."""
    yield PlanTarget(database=database)
    assert scratch_schemas(database.server) == []


@pytest.fixture
def bare_account(server: Server) -> Iterator[Account]:
    """An account that may nothing but connect."""
    account = Account(user="planner", password="p:l@n")  # of a throw-away server
    query(server, "DROP USER IF EXISTS planner@'%', planner@localhost")
    for host in ("%", "localhost"):
        query(server, "CREATE USER planner@%s IDENTIFIED BY %s", host, account.password)
    yield account
    query(server, "DROP USER planner@'%', planner@localhost")
