"""LocalTern over a fresh schema on each server."""

import pytest

from integration.databases import Database
from integration.tern.real_world import RealWorld

pytest.register_assert_rewrite("tests.contracts.tern")


@pytest.fixture
def world(database: Database) -> RealWorld:
    return RealWorld(database)
