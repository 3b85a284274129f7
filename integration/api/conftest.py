"""The service on each server: its storage and its target in schemas of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete

from integration.api.service import Service, make_service
from integration.databases import Database as Schema
from integration.databases import fresh_database
from integration.servers.throwaway import Server
from schemabot.storage.database import Database
from schemabot.storage.storage import Storage
from schemabot.storage.tables.schema import SCHEMA
from schemabot.storage.upgrade import upgrade


@pytest.fixture(scope="session")
def service_database(server: Server) -> Iterator[Database]:
    """A storage at the newest revision, on each server in turn."""
    with fresh_database(server) as schema:
        database = Database(schema.dsn, pool_size=10)
        upgrade(database)
        yield database
        database.close()


@pytest.fixture
def service(service_database: Database, database: Schema, tmp_path: Path) -> Iterator[Service]:
    """A service whose storage has no rows and whose target is an empty schema."""
    yield make_service(Storage(service_database), database, tmp_path)
    service_database.write(_remove_rows)


def _remove_rows(tx: Connection) -> None:
    for table in reversed(SCHEMA.sorted_tables):
        tx.execute(delete(table))
