from collections.abc import Iterator
from pathlib import Path

import pytest

from schemabot.storage.database import Database
from schemabot.storage.storage import Storage
from schemabot.storage.upgrade import upgrade


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    database = Database(f"sqlite:///{tmp_path / 'service.db'}")
    upgrade(database)
    yield Storage(database)
    database.close()
