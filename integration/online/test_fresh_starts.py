"""What was saved is of no use any more: all is copied afresh, or refused (section 10)."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Event
from time import monotonic

import pytest

from integration.databases import Database, leftover_tables, query
from integration.online.test_beginning import ALTER, document, generation_of_next, rest
from integration.online.workbench import PATIENCE_SECONDS, QUICK, Bench, bench
from tern.binlog.gtid import GtidSet, MysqlGtidSet
from tern.binlog.position import Position
from tern.engine.port import StopKind
from tern.values.run import Completed, EndState, Permanent

SMALL = replace(QUICK, delta_keys=20, checkpoint_every=timedelta(milliseconds=200))
STRANGER = "3e11fa47-71ca-11e1-9e33-c80aa9429562"
DUMPS = "SELECT ID FROM information_schema.PROCESSLIST WHERE COMMAND LIKE 'Binlog Dump%'"


@pytest.fixture
def change(database: Database) -> Iterator[Bench]:
    database.query("CREATE TABLE item (id INT PRIMARY KEY, v INT)")
    database.query("INSERT INTO item VALUES (1, 1), (2, 2)")
    change = bench(database, ("item", ALTER), options=SMALL, defer_cutover=True)
    yield change
    if leftover_tables(database):
        again = change.again().again()
        again.engine.stop(StopKind.CANCEL)
        assert again.apply() == Completed(end=EndState.CANCELLED)


def purge(database: Database) -> None:
    """The log begins now."""
    query(database.server, "FLUSH BINARY LOGS")
    newest = query(database.server, "SHOW BINARY LOGS")[-1][0]
    deadline = monotonic() + PATIENCE_SECONDS
    # MariaDB keeps a file until InnoDB needs it no more.
    while query(database.server, "SHOW BINARY LOGS")[0][0] != newest:
        assert monotonic() < deadline
        query(database.server, f"PURGE BINARY LOGS TO '{newest}'")
        Event().wait(0.05)


def purge_under(change: Bench, *, generation: int) -> None:
    """The log is purged beyond what the run has received of it; the feed is held, so as to wait."""
    database = change.database
    change.until(lambda task: task.ready and document(change)["generation"] == generation)
    change.engine.pause()
    rows = ", ".join(f"({n}, 0)" for n in range(100 * generation, 100 * generation + 50))
    database.query(f"INSERT INTO item VALUES {rows}")  # noqa: S608  # numbers of ours
    change.until(lambda task: int(task.detail["backlog_keys"]) > 20)
    for (dump,) in query(database.server, DUMPS):
        query(database.server, f"KILL {dump}")
    change.until(lambda _: not query(database.server, DUMPS))
    database.query("UPDATE item SET v = v + 1")
    purge(database)
    change.engine.resume()


def test_a_log_purged_at_rest_begins_afresh(change: Bench) -> None:
    rest(change)
    purge(change.database)
    assert generation_of_next(change) == 2


def test_a_log_purged_in_a_run_begins_afresh_twice_and_then_fails(change: Bench) -> None:
    with change.running():
        for generation in (1, 2, 3):
            purge_under(change, generation=generation)
    assert isinstance(change.outcome, Permanent), change.outcome
    assert change.outcome.error.code == "fresh_starts"
    assert "purged" in change.outcome.error.message


def saved_elsewhere(change: Bench, gtids: GtidSet | None) -> None:
    """The checkpoint says that it was written on another server, which is gone."""
    ((name,),) = change.database.query("SHOW TABLES LIKE 'item%_c'")
    found = document(change)
    position = Position(server="another", file="log.999999", offset=4, gtids=gtids)
    text = json.dumps(found | {"applied": position.to_text()})
    change.database.query(f"UPDATE `{name}` SET doc = %s WHERE id = 1", text)  # noqa: S608  # its own name


def saved_gtids(change: Bench) -> GtidSet:
    found = Position.from_text(document(change)["applied"]).gtids
    assert found is not None
    return found


def test_on_another_server_without_gtids_all_begins_afresh(change: Bench) -> None:
    rest(change)
    saved_elsewhere(change, None)
    assert generation_of_next(change) == 2


def test_on_another_server_gtids_tell_where_to_go_on(change: Bench) -> None:
    rest(change)
    known = saved_gtids(change)
    saved_elsewhere(change, beyond(known))
    outcome = change.again().apply()
    assert isinstance(outcome, Permanent), outcome
    assert outcome.error.code == "history"
    saved_elsewhere(change, known)
    assert generation_of_next(change.again()) == 1


def test_on_another_server_that_purged_what_followed_all_begins_afresh(change: Bench) -> None:
    rest(change)
    known = saved_gtids(change)
    change.database.query("INSERT INTO item VALUES (3, 0)")
    purge(change.database)
    saved_elsewhere(change, known)
    assert generation_of_next(change) == 2


def beyond(known: GtidSet) -> GtidSet:
    """What the server has not executed."""
    if isinstance(known, MysqlGtidSet):
        return known.union(MysqlGtidSet.from_text(f"{STRANGER}:1-5"))
    return known.with_newest({0: (1, 10**9)})
