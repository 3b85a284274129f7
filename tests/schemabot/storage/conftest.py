"""A storage of its own for each test: a copy of one upgraded SQLite file."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schemabot.storage.database import Database
from schemabot.storage.storage import Storage
from schemabot.storage.upgrade import upgrade


@pytest.fixture(scope="session")
def upgraded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file at the newest revision, with no rows."""
    path = tmp_path_factory.mktemp("storage") / "upgraded.db"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    database.close()
    return path


@pytest.fixture
def storage_url(upgraded_file: Path, tmp_path: Path) -> str:
    """A storage that is this test's own."""
    path = tmp_path / "storage.db"
    shutil.copy(upgraded_file, path)
    return f"sqlite:///{path}"


@pytest.fixture
def database(storage_url: str) -> Iterator[Database]:
    """With a pool of one: whatever asks for a second connection inside a transaction fails."""
    database = Database(storage_url, pool_size=1)
    yield database
    assert database.engine.pool.checkedout() == 0, "a connection was not given back"  # type: ignore[attr-defined]
    database.close()


@pytest.fixture
def storage(database: Database, storage_kind: type[Storage]) -> Iterator[Storage]:
    """Whose invariants hold when the test has ended."""
    storage = storage_kind(database)
    yield storage
    assert storage.sweeps.check_invariants() == ()


@pytest.fixture
def open_dying(storage_url: str) -> Iterator[Callable[[type[Database]], Storage]]:
    """The same file, opened for a process with a fault."""
    opened: list[Database] = []

    def open_it(kind: type[Database]) -> Storage:
        opened.append(kind(storage_url, pool_size=1))
        return Storage(opened[-1])

    yield open_it
    for database in opened:
        database.close()
