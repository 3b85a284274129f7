"""The upgrade contract on MariaDB and MySQL."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import Connection
from sqlalchemy.event import listen

from integration.databases import fresh_database
from integration.servers.throwaway import Server
from schemabot.domain.errors import StorageUnavailable
from schemabot.storage.database import Database
from schemabot.storage.upgrade import upgrade
from tests.contracts.upgrade import UpgradeContract


class TestUpgrade(UpgradeContract):
    """On MariaDB and MySQL."""

    @pytest.fixture
    def empty_url(self, server: Server) -> Iterator[str]:
        with fresh_database(server) as schema:
            yield schema.dsn

    def test_an_upgrade_whose_connection_dies_says_so(self, empty_url: str) -> None:
        """The release of its lock fails too, and does not hide why."""
        database = Database(empty_url, pool_size=2)

        def die(connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
            if "CREATE TABLE applies" in statement:
                thread = connection.connection.driver_connection.thread_id()  # type: ignore[union-attr]
                with closing(database.engine.raw_connection()) as other:
                    other.cursor().execute(f"KILL {thread}")

        listen(database.engine, "before_cursor_execute", die)
        with pytest.raises(StorageUnavailable) as failed:
            upgrade(database)
        assert "CREATE TABLE applies" in str(failed.value.__cause__)
        database.close()
