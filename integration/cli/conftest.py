from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.cli.processes import Shop
from integration.databases import Database


@pytest.fixture
def shop(tmp_path: Path, database: Database) -> Iterator[Shop]:
    """A configured shop on each server; no service of it outlives the test."""
    made = Shop(folder=tmp_path, database=database)
    made.configure()
    yield made
    made.close()
