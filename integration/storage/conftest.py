"""A storage on each server: upgraded once a session, without rows after each test."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, delete

from integration.databases import Database as Schema
from integration.databases import fresh_database
from integration.servers.throwaway import Server
from schemabot.storage.database import Database
from schemabot.storage.storage import Storage
from schemabot.storage.tables.schema import SCHEMA
from schemabot.storage.upgrade import upgrade


@pytest.fixture(scope="session")
def upgraded_schema(server: Server) -> Iterator[Schema]:
    """A schema at the newest revision, on each server in turn."""
    with fresh_database(server) as schema:
        database = Database(schema.dsn, pool_size=1)
        upgrade(database)
        database.close()
        yield schema


@pytest.fixture(scope="session")
def shared_database(upgraded_schema: Schema) -> Iterator[Database]:
    """With a pool of one: whatever asks for a second connection inside a transaction fails."""
    database = Database(upgraded_schema.dsn, pool_size=1)
    yield database
    database.close()


@pytest.fixture
def database(shared_database: Database) -> Iterator[Database]:
    """Without rows."""
    yield shared_database
    shared_database.write(_remove_rows)


@pytest.fixture
def storage(database: Database, storage_kind: type[Storage]) -> Iterator[Storage]:
    """Whose invariants hold when the test has ended."""
    storage = storage_kind(database)
    yield storage
    assert storage.sweeps.check_invariants() == ()


def _remove_rows(tx: Connection) -> None:
    for table in reversed(SCHEMA.sorted_tables):
        tx.execute(delete(table))


@pytest.fixture
def open_dying(upgraded_schema: Schema) -> Iterator[Callable[[type[Database]], Storage]]:
    """The same schema, opened for a process with a fault."""
    opened: list[Database] = []

    def open_it(kind: type[Database]) -> Storage:
        opened.append(kind(upgraded_schema.dsn, pool_size=1))
        return Storage(opened[-1])

    yield open_it
    for database in opened:
        database.close()
