"""LocalTern over a fresh schema on each server."""

import pytest

from integration.databases import Database
from integration.tern.real_world import RealWorld


@pytest.fixture
def world(database: Database) -> RealWorld:
    return RealWorld(database)
