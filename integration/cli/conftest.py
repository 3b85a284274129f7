from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.cli.copies import seed
from integration.cli.processes import Shop
from integration.databases import Database, fresh_database, leftover_tables
from integration.servers.throwaway import Server


@pytest.fixture
def shop(tmp_path: Path, database: Database) -> Iterator[Shop]:
    """A configured shop on each server; no service of it outlives the test."""
    made = Shop(folder=tmp_path, database=database)
    made.configure()
    yield made
    made.close()


@pytest.fixture
def orders(shop: Shop) -> Shop:
    """A table with rows, and nobody who serves."""
    seed(shop.database)
    return shop


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Iterator[Shop]:
    """A shop with a service that a module's tests share, as its start is what costs most."""
    with fresh_database(server) as database:
        made = Shop(folder=tmp_path_factory.mktemp("service"), database=database)
        made.configure()
        made.serve()
        yield made
        made.close()


@pytest.fixture
def served(service: Shop) -> Iterator[Shop]:
    """The module's served shop with an empty schema; the service is not to be stopped."""
    yield service
    (process,) = service.running
    assert process.poll() is None, "the shared service has ended"
    database = service.database
    assert leftover_tables(database) == []
    for (name,) in database.query("SHOW TABLES"):
        if not name.startswith("_schemabot"):
            database.query(f"DROP TABLE `{name}`")
