"""What can't become true fails, names the row, and leaves the source as it was."""

from dataclasses import replace

import pytest

from integration.databases import Database, fresh_database
from integration.online.victim import OPTIONS
from integration.online.workbench import Bench, bench
from integration.servers.throwaway import Server
from tern.engine.port import CutoverOrder, StopKind
from tern.values.run import Completed, EndState, Permanent

CREATE = "CREATE TABLE item (id INT PRIMARY KEY AUTO_INCREMENT, amount INT, note VARCHAR(20))"


@pytest.fixture
def item(database: Database) -> Database:
    database.query(CREATE)
    rows = ", ".join(f"({n}, 'note {n}')" for n in range(2000))
    database.query(f"INSERT INTO item (amount, note) VALUES {rows}")  # noqa: S608  # texts of ours
    return database


def held(item: Database) -> Bench:
    change = "ALTER TABLE `item` MODIFY COLUMN `amount` BIGINT"
    return bench(item, ("item", change), options=OPTIONS, defer_cutover=True)


def failure(change: Bench) -> Permanent:
    """The outcome of a run that fails; then everything of it is cancelled."""
    outcome = change.apply()
    assert isinstance(outcome, Permanent), outcome
    cancel(change)
    return outcome


def cancel(change: Bench) -> None:
    again = change.again()
    again.engine.stop(StopKind.CANCEL)
    assert again.apply() == Completed(end=EndState.CANCELLED)


def test_a_row_that_does_not_fit_is_named(item: Database) -> None:
    change = bench(item, ("item", "ALTER TABLE `item` MODIFY COLUMN `amount` SMALLINT"))
    item.query("UPDATE item SET amount = 100000 WHERE id = 777")
    outcome = failure(change)
    assert outcome.error.code == "does_not_fit"
    assert "id=777" in outcome.error.message


def test_two_rows_that_share_a_value_are_named(item: Database) -> None:
    alter = "ALTER TABLE `item` ADD UNIQUE KEY `note` (`note`)"
    change = bench(item, ("item", alter), options=replace(OPTIONS, probe_bytes=0))
    item.query("UPDATE item SET note = 'twice' WHERE id IN (5, 1500)")
    outcome = failure(change)
    assert outcome.error.code == "duplicate"
    assert "id=5" in outcome.error.message
    assert "id=1500" in outcome.error.message


def test_a_change_of_the_source_by_somebody_else_ends_the_run(item: Database) -> None:
    with held(item).running() as change:
        change.until(lambda task: task.ready)
        item.query("ALTER TABLE item ADD COLUMN theirs INT")
    assert isinstance(change.outcome, Permanent)
    assert change.outcome.error.code == "foreign_ddl"
    cancel(change)


def test_a_truncated_source_ends_the_run(item: Database) -> None:
    with held(item).running() as change:
        change.until(lambda task: task.ready)
        item.query("TRUNCATE TABLE item")
    assert isinstance(change.outcome, Permanent)
    assert change.outcome.error.code == "foreign_ddl"
    cancel(change)


def test_a_source_changed_at_rest_is_not_gone_on_with(item: Database) -> None:
    with held(item).running() as change:
        change.until(lambda task: task.ready)
        change.engine.stop(StopKind.STOP)
    item.query("ALTER TABLE item ADD COLUMN theirs INT")
    again = change.again()
    outcome = again.apply()
    assert isinstance(outcome, Permanent)
    assert outcome.error.code == "source_changed"
    cancel(again)


def test_a_write_logged_as_a_statement_ends_the_run(item: Database) -> None:
    with held(item).running() as change:
        change.until(lambda task: task.ready)
        session = item.connect()
        session.cursor().execute("SET SESSION binlog_format = STATEMENT")
        session.cursor().execute("UPDATE item SET amount = 3 WHERE id = 4")
        session.close()
    assert isinstance(change.outcome, Permanent)
    assert change.outcome.error.code == "statement_format"
    cancel(change)


def test_a_blocker_is_waited_for_and_ended_by_order_alone(mysql: Server) -> None:
    """MySQL names the holder; whoever is only suspected of holding the table is never ended."""
    with fresh_database(mysql) as database:
        database.query(CREATE)
        with held(database).running() as change:
            change.until(lambda task: task.ready)
            blocker = database.connect(autocommit=False)
            blocker.cursor().execute("SELECT * FROM item LIMIT 1")
            change.engine.cutover(CutoverOrder.GO)
            change.until(lambda task: task.cutover_attempts > 1)
            assert change.outcome is None
            change.engine.cutover(CutoverOrder.FORCE)
        assert change.outcome == Completed()
