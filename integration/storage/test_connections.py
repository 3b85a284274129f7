"""Connections to MariaDB and MySQL: asserted, replaced when dead, an outage when nobody answers."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import event, text
from sqlalchemy.pool import ConnectionPoolEntry

from integration.databases import Database as Schema
from integration.databases import fresh_database, query
from integration.servers.throwaway import Server
from schemabot.domain.errors import StorageMisconfigured, StorageUnavailable
from schemabot.storage.connections import LAST_USED
from schemabot.storage.database import Database
from schemabot.storage.storage import Storage
from schemabot.storage.upgrade import upgrade
from tests.support.stored import TERM, claimed


@pytest.fixture
def own_schema(private_server: Server) -> Iterator[Schema]:
    with fresh_database(private_server) as schema:
        yield schema


def test_every_connection_is_as_the_queue_needs_it(database: Database) -> None:
    """Q-31."""
    settings = "SELECT @@session.time_zone, @@session.autocommit, @@session.sql_mode"
    zone, autocommit, mode = database.read(lambda tx: tx.execute(text(settings)).one())
    assert (zone, autocommit) == ("+00:00", 0)
    assert "STRICT_TRANS_TABLES" in mode


def test_one_transaction_sees_what_another_commits_meanwhile(
    database: Database, upgraded_schema: Schema
) -> None:
    other = Storage(Database(upgraded_schema.dsn, pool_size=1))

    def look_twice() -> tuple[object, object]:
        before = Storage(database).settings.get("k")
        other.settings.put("k", "v")
        return before, Storage(database).settings.get("k")

    assert database.write(lambda _: look_twice()) == (None, "v")
    other.database.close()


def test_a_snapshot_does_not(database: Database, upgraded_schema: Schema) -> None:
    other = Storage(Database(upgraded_schema.dsn, pool_size=1))

    def look_twice() -> tuple[object, object]:
        before = Storage(database).settings.get("k")
        other.settings.put("k", "v")
        return before, Storage(database).settings.get("k")

    assert database.read(lambda _: look_twice(), is_snapshot=True) == (None, None)
    other.database.close()


def test_a_statement_based_binary_log_is_refused(mariadb: Server) -> None:
    before = query(mariadb, "SELECT @@global.binlog_format")[0][0]
    query(mariadb, "SET GLOBAL binlog_format = 'STATEMENT'")
    try:
        with fresh_database(mariadb) as schema:
            database = Database(schema.dsn, pool_size=1)
            with pytest.raises(StorageMisconfigured, match="STATEMENT"):
                database.ping()
            database.close()
    finally:
        query(mariadb, f"SET GLOBAL binlog_format = '{before}'")


def test_an_idle_connection_that_died_is_replaced_before_use(
    upgraded_schema: Schema, server: Server
) -> None:
    database = Database(upgraded_schema.dsn, pool_size=1)
    event.listen(database.engine, "checkin", _was_used_long_ago)
    connection = database.read(lambda tx: tx.execute(text("SELECT CONNECTION_ID()")).scalar())
    query(server, f"KILL {connection}")
    database.ping()
    assert (
        database.read(lambda tx: tx.execute(text("SELECT CONNECTION_ID()")).scalar()) != connection
    )
    database.close()


def _was_used_long_ago(_connection: object, entry: ConnectionPoolEntry) -> None:
    entry.info[LAST_USED] = -1e9


def test_a_connection_that_dies_in_use_is_an_outage_and_nothing_is_stored(
    storage: Storage, server: Server
) -> None:
    def work() -> None:
        connection = storage.database.read(
            lambda tx: tx.execute(text("SELECT CONNECTION_ID()")).scalar()
        )
        storage.settings.put("k", "v")
        query(server, f"KILL {connection}")
        storage.settings.put("k", "w")

    with pytest.raises(StorageUnavailable):
        storage.database.write(lambda _: work())
    assert storage.settings.get("k") is None


def test_an_empty_pool_is_an_outage_that_heals_and_keeps_no_lease_from_its_beat(
    storage: Storage, upgraded_schema: Schema
) -> None:
    """Q-25, Q-60, G12: beats have a connection of their own."""
    lease = claimed(storage).lease
    database = Database(upgraded_schema.dsn, pool_size=1, connect_timeout=timedelta(seconds=1))
    busy = Storage(database)
    with database.exclusive():
        with pytest.raises(StorageUnavailable):
            busy.applies.get(lease.apply_id)
        (kept,) = busy.leases.renew([lease], term=TERM).kept
    assert kept.lease.token == lease.token
    assert busy.applies.get(lease.apply_id).lease_epoch == 1
    database.close()


@pytest.mark.timeout(90)
def test_a_server_that_comes_back_is_used_again(private_server: Server, own_schema: Schema) -> None:
    database = Database(own_schema.dsn, pool_size=2)
    upgrade(database)
    storage = Storage(database)
    lease = claimed(storage).lease
    private_server.kill()
    with pytest.raises(StorageUnavailable):
        storage.applies.get(lease.apply_id)
    with pytest.raises(StorageUnavailable):
        storage.leases.renew([lease], term=TERM)
    private_server.start()
    assert storage.applies.get(lease.apply_id).lease_epoch == 1
    assert storage.sweeps.check_invariants() == ()
    database.close()
