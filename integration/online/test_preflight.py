"""A table that is not fit is refused before anything of the run is on the target."""

from threading import Event
from time import monotonic

import pytest

from integration.databases import Database, fresh_database, leftover_tables, query
from integration.online.replication import Replica, replica_of
from integration.online.workbench import PATIENCE_SECONDS, bench
from integration.servers.throwaway import Server
from tern.engine.online.engine import OnlineEngine
from tern.engine.online.preflight.seeing import PreflightFailed
from tern.values.run import Permanent

UNFIT = {
    "key": (
        "CREATE TABLE item (id FLOAT NOT NULL PRIMARY KEY, v INT)",
        "ALTER TABLE `item` MODIFY COLUMN `v` BIGINT",
    ),
    "key_change": (
        "CREATE TABLE item (id VARCHAR(9) COLLATE utf8mb4_bin NOT NULL PRIMARY KEY, v INT)",
        "ALTER TABLE `item` MODIFY COLUMN `id` VARCHAR(9) COLLATE utf8mb4_general_ci NOT NULL",
    ),
    "table": (
        "CREATE TABLE item (id INT PRIMARY KEY, v INT) ENGINE=MyISAM",
        "ALTER TABLE `item` MODIFY COLUMN `v` BIGINT",
    ),
}


@pytest.mark.parametrize("code", UNFIT)
def test_an_unfit_table_is_refused(database: Database, code: str) -> None:
    create, alter = UNFIT[code]
    database.query(create)
    outcome = bench(database, ("item", alter)).apply()
    assert isinstance(outcome, Permanent), outcome
    assert f"{code}: " in outcome.error.message
    assert leftover_tables(database) == []


def test_a_trigger_and_a_child_are_told_together(database: Database) -> None:
    database.query("CREATE TABLE item (id INT PRIMARY KEY, v INT)")
    change = bench(database, ("item", "ALTER TABLE `item` MODIFY COLUMN `v` BIGINT"))
    database.query("CREATE TABLE child (id INT PRIMARY KEY, FOREIGN KEY (id) REFERENCES item (id))")
    database.query("CREATE TRIGGER w BEFORE INSERT ON item FOR EACH ROW SET NEW.v = 1")
    outcome = change.apply()
    assert isinstance(outcome, Permanent), outcome
    assert "trigger: " in outcome.error.message
    assert "it has triggers (w)" in outcome.error.message
    assert "foreign_key: " in outcome.error.message
    assert "child" in outcome.error.message
    assert leftover_tables(database) == []


def test_a_replica_that_does_not_log_what_it_applies_is_refused(server: Server) -> None:
    with replica_of(server) as replica, fresh_database(server) as database:
        database.query("CREATE TABLE item (id INT PRIMARY KEY, v INT)")
        change = bench(database, ("item", "ALTER TABLE `item` MODIFY COLUMN `v` BIGINT"))
        wait_for_tables(replica, database)
        with pytest.raises(PreflightFailed, match="does not log what it applies"):
            OnlineEngine(replica.params).check(change.run)


def wait_for_tables(replica: Replica, database: Database) -> None:
    deadline = monotonic() + PATIENCE_SECONDS
    sql = "SELECT 1 FROM information_schema.tables WHERE table_schema = %s"
    while not query(replica.server, sql, database.name):
        assert monotonic() < deadline
        Event().wait(0.1)
