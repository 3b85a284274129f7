from collections.abc import Iterator
from pathlib import Path

import pytest

from schemabot.storage.database import Database
from schemabot.storage.storage import Storage
from schemabot.storage.upgrade import upgrade


@pytest.fixture
def storage(tmp_path: Path, storage_kind: type[Storage]) -> Iterator[Storage]:
    """With a pool of one: whatever asks for a second connection inside a transaction fails."""
    database = Database(f"sqlite:///{tmp_path / 'service.db'}", pool_size=1)
    upgrade(database)
    yield storage_kind(database)
    database.close()
