"""Servers for all tests here, started when first asked for; a missing one fails the test."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from integration.databases import Database, drop_schemas, fresh_database, schemas
from integration.servers.errors import ServerNotFoundError
from integration.servers.program import Flavor
from integration.servers.throwaway import Server, throwaway_server

pytest.register_assert_rewrite("tests.contracts")  # before any of them is imported

TEST_SECONDS = 120
"""A test's limit when it names none: the first one to ask for a server waits for its start, too."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests on real servers get more time than those without."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent) and not item.get_closest_marker(
            "timeout"
        ):
            item.add_marker(pytest.mark.timeout(TEST_SECONDS))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """grpclib needs asyncio, so every asynchronous test runs on it alone."""
    return "asyncio"


@pytest.fixture(scope="session")
def running_servers() -> list[Server]:
    """The shared servers that this session has started so far."""
    return []


@pytest.fixture(scope="session")
def mariadb(running_servers: list[Server]) -> Iterator[Server]:
    """The session's shared MariaDB; fast, and not to be stopped by a test."""
    with _required(Flavor.MARIADB) as server:
        running_servers.append(server)
        yield server


@pytest.fixture(scope="session")
def mysql(running_servers: list[Server]) -> Iterator[Server]:
    """The session's shared MySQL; fast, and not to be stopped by a test."""
    with _required(Flavor.MYSQL) as server:
        running_servers.append(server)
        yield server


@pytest.fixture(scope="session", params=list(Flavor), ids=str)
def server(request: pytest.FixtureRequest) -> Server:
    """Each shared server in turn."""
    shared: Server = request.getfixturevalue(request.param)
    return shared


@pytest.fixture(params=list(Flavor), ids=str)
def private_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A durable server of each flavor for this test alone, which may stop and kill it."""
    with _required(request.param, is_fast=False) as server:
        yield server


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    """An empty schema on each shared server, dropped afterwards."""
    with fresh_database(server) as database:
        yield database


@pytest.fixture(autouse=True)
def no_leaks(running_servers: list[Server]) -> Iterator[None]:
    """No test leaves a schema behind, its own or a planner's, nor a dead server."""
    for server in running_servers:
        server.start()  # one that another test ended
    before = {server.port: schemas(server) for server in running_servers}
    yield
    for server in running_servers:
        assert server.pid is not None, f"the shared {server.flavor} ended; see {server.error_log}"
        leaked = schemas(server) - before.get(server.port, frozenset())
        drop_schemas(server, leaked)
        assert not leaked, f"schemas stayed behind on {server.flavor}: {sorted(leaked)}"


@contextmanager
def _required(flavor: Flavor, *, is_fast: bool = True) -> Iterator[Server]:
    try:
        with throwaway_server(flavor, is_fast=is_fast) as server:
            yield server
    except ServerNotFoundError as error:
        pytest.fail(f"{error}\nRun `make setup`.", pytrace=False)
