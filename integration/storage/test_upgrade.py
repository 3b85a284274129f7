"""The upgrade contract on MariaDB and MySQL."""

from collections.abc import Iterator
from contextlib import closing, suppress

import pytest
from sqlalchemy import Connection
from sqlalchemy.event import listen

from integration.databases import fresh_database
from integration.servers.throwaway import Server
from schemabot.domain.errors import StorageUnavailable
from schemabot.storage.database import Database
from schemabot.storage.tables.schema import SCHEMA
from schemabot.storage.upgrade import check_revision, upgrade
from tests.contracts.upgrade import Died, UpgradeContract, die_after, differences


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

    def test_an_upgrade_that_dies_half_way_is_taken_up_again(self, empty_url: str) -> None:
        """DDL commits by itself; on SQLite an upgrade is one transaction."""
        some = (
            "CREATE TABLE applies",
            "CREATE INDEX ix_applies_claim ",
            "ALTER TABLE applies",
            "ALTER TABLE plans",
            "INSERT",
        )
        assert deaths_until_upgraded(empty_url, some) == len(some)

    @pytest.mark.long
    @pytest.mark.timeout(300)
    def test_an_upgrade_that_dies_after_any_statement_is_taken_up_again(
        self, empty_url: str
    ) -> None:
        every = ("CREATE", "ALTER", "INSERT", "UPDATE")
        assert deaths_until_upgraded(empty_url, every) > len(SCHEMA.tables)


def deaths_until_upgraded(url: str, changes: tuple[str, ...]) -> int:
    """How often it died, once after each of the changes, until all was as it should be."""
    seen: set[str] = set()
    while True:
        database = Database(url, pool_size=1)
        die_after(database, changes, seen=seen)
        with closing(database), suppress(Died):
            upgrade(database)
            break
    database = Database(url, pool_size=1)
    assert database.read(differences) == []
    check_revision(database)
    database.close()
    return len(seen)
