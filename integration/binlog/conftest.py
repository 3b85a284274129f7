"""A schema on each server, and a feed that follows it."""

from collections.abc import Iterator

import pytest

from integration.binlog.follower import Follower
from integration.databases import Database, fresh_database
from integration.servers.throwaway import Server


@pytest.fixture
def follower(database: Database) -> Iterator[Follower]:
    """An empty schema on each shared server, followed."""
    follower = Follower(database)
    yield follower
    follower.close()


@pytest.fixture
def mariadb_follower(mariadb: Server) -> Iterator[Follower]:
    """For what MariaDB alone has."""
    yield from _follower(mariadb)


@pytest.fixture
def mysql_follower(mysql: Server) -> Iterator[Follower]:
    """For what MySQL alone has."""
    yield from _follower(mysql)


def _follower(server: Server) -> Iterator[Follower]:
    with fresh_database(server) as database:
        follower = Follower(database)
        yield follower
        follower.close()
