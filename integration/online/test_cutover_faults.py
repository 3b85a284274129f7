"""Sessions that are lost around the swap, and others that come in between (E-52, E-78).

Whatever happens, users get no error, the next claim finishes the work, and no row is lost.
"""

from dataclasses import replace
from random import SystemRandom

import pytest

from integration.databases import Database, fresh_database, leftover_tables
from integration.online.ledger import CHANGED, Ledger
from integration.online.strikes import (
    CHECKPOINT,
    COMPARE,
    FENCED,
    LOCK,
    RANGE,
    RENAME,
    REPLAY,
    SENTRY_DROP,
    UNLOCK,
    Blow,
    Strike,
    cut,
    killing,
    running,
    striking,
)
from integration.online.victim import OPTIONS
from integration.online.workbench import Bench, bench
from integration.servers.throwaway import Server
from tern.engine.online.chunk_sizing import SizeLimits
from tern.engine.port import StopKind
from tern.values.run import Completed, EndState, Outcome, Permanent, Retryable

pytestmark = pytest.mark.timeout(300)
ROWS = 500
SWIFT = replace(OPTIONS, chunk=SizeLimits(start=50, least=10, most=50))
# The swap's statements on both servers.
SWAP = {"lock": LOCK, "rename": RENAME, "unlock": UNLOCK}
# Sessions that are opened anew by themselves, and those without which the run may end.
RENEWED = {"copier": RANGE, "replayer": REPLAY}
NEEDED = {"desk": CHECKPOINT, "DDL session": FENCED, "comparer": COMPARE}


def struck(database: Database, strike: Strike) -> Outcome:
    """The first run's outcome of a change under load with one strike; the next has finished it."""
    seed = SystemRandom().randrange(10**6)
    ledger = Ledger(database, seed=seed, rows=ROWS)
    with ledger.written():
        change = bench(database, ("ledger", CHANGED), options=SWIFT)
        with striking(strike):
            first = change.apply()
        assert isinstance(first, Completed | Retryable), f"seed {seed}: {first}"
        if first != Completed():
            outcome = change.again().apply()
            assert outcome == Completed(), f"seed {seed}: {first}, then {outcome}"
    ledger.check()
    assert leftover_tables(database) == []
    assert "`more` int" in database.query("SHOW CREATE TABLE ledger")[0][1]
    return first


@pytest.mark.parametrize("statement", ["rename"])
@pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
def test_a_connection_lost_at_the_rename_loses_nothing(
    database: Database, statement: str, *, is_after: bool
) -> None:
    struck(database, Strike(looks_like=SWAP[statement], blow=cut, is_after=is_after))


@pytest.mark.long
@pytest.mark.parametrize("statement", SWAP)
@pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("is_killed", [False, True], ids=["cut", "killed"])
def test_a_session_lost_in_the_swap_loses_nothing(
    database: Database, statement: str, *, is_after: bool, is_killed: bool
) -> None:
    blow = killing(database) if is_killed else cut
    struck(database, Strike(looks_like=SWAP[statement], blow=blow, is_after=is_after))


@pytest.mark.long
@pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("is_killed", [False, True], ids=["cut", "killed"])
def test_a_session_lost_while_the_rename_waits_loses_nothing(
    mariadb: Server, *, is_after: bool, is_killed: bool
) -> None:
    with fresh_database(mariadb) as database:
        blow = killing(database) if is_killed else cut
        struck(database, Strike(looks_like=SENTRY_DROP, blow=blow, is_after=is_after, number=1))


@pytest.mark.long
def test_a_waiting_rename_that_is_killed_loses_nothing(mariadb: Server) -> None:
    with fresh_database(mariadb) as database:
        struck(database, Strike(looks_like=SENTRY_DROP, blow=kill_renamer(database)))


def kill_renamer(database: Database) -> Blow:
    def kill(_: object) -> None:
        found = database.query(
            "SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE 'RENAME TABLE%%' "
            "AND STATE = 'Waiting for table metadata lock'"
        )
        assert len(found) == 1
        database.query(f"KILL {found[0][0]}")

    return kill


@pytest.mark.long
@pytest.mark.parametrize("kind", RENEWED)
def test_a_worker_that_is_killed_opens_another_session(database: Database, kind: str) -> None:
    strike = Strike(looks_like=RENEWED[kind], blow=killing(database), number=3)
    assert struck(database, strike) == Completed()


@pytest.mark.long
@pytest.mark.parametrize("kind", NEEDED)
def test_a_killed_session_that_the_run_needs_costs_an_attempt_at_most(
    database: Database, kind: str
) -> None:
    struck(database, Strike(looks_like=NEEDED[kind], blow=killing(database), number=2))


@pytest.mark.long
def test_a_killed_feed_goes_on_where_it_was(database: Database) -> None:
    assert struck(database, Strike(looks_like=RANGE, blow=kill_feed(database))) == Completed()


def kill_feed(database: Database) -> Blow:
    def kill(_: object) -> None:
        sql = "SELECT ID FROM information_schema.PROCESSLIST WHERE COMMAND LIKE 'Binlog Dump%%'"
        for (number,) in database.query(sql):
            database.query(f"KILL {number}")

    return kill


@pytest.mark.parametrize(
    "theirs", ["ALTER TABLE ledger ADD COLUMN theirs INT", "TRUNCATE TABLE ledger"]
)
def test_a_table_that_others_change_at_the_last_moment_is_not_swapped(
    database: Database, theirs: str
) -> None:
    ledger = Ledger(database, seed=0, rows=ROWS)
    change = bench(database, ("ledger", CHANGED), options=SWIFT)
    with striking(Strike(looks_like=LOCK, blow=running(database, theirs))):
        outcome = change.apply()
    assert isinstance(outcome, Permanent), outcome
    assert outcome.error.code == "foreign_ddl"
    cancel(change)
    assert "`more` int" not in database.query("SHOW CREATE TABLE ledger")[0][1]
    assert len(ledger.writers[0].rows) == ROWS // 5


def cancel(change: Bench) -> None:
    again = change.again()
    again.engine.stop(StopKind.CANCEL)
    assert again.apply() == Completed(end=EndState.CANCELLED)
