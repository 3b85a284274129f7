"""A program that is stopped while it holds the tables: the server frees them by itself (E-48)."""

import pytest

from integration.databases import Database, leftover_tables
from integration.online.ledger import CHANGED, Ledger
from integration.online.victim import OPTIONS, frozen_under_lock
from integration.online.workbench import bench
from tern.values.run import Completed


def write(database: Database, ledger: Ledger) -> None:
    """Waits behind the lock, until the server ends the silent session."""
    database.query("INSERT INTO ledger (id, code, note) VALUES (1, 1, 'waited')")
    ledger.writers[0].rows[1] = (1, "waited")


@pytest.mark.long
def test_a_frozen_cutover_frees_the_tables_and_succeeds_later(database: Database) -> None:
    ledger = Ledger(database, seed=2, rows=300)
    change = bench(database, ("ledger", CHANGED), options=OPTIONS)
    with frozen_under_lock(change) as frozen:
        write(database, ledger)
        assert "more" not in database.query("SHOW CREATE TABLE ledger")[0][1]
        assert frozen.thaw() == Completed()
    ledger.check()
    assert "more" in database.query("SHOW CREATE TABLE ledger")[0][1]
    assert leftover_tables(database) == []


@pytest.mark.long
def test_who_was_frozen_changes_nothing_after_another_took_over(database: Database) -> None:
    ledger = Ledger(database, seed=3, rows=300)
    change = bench(database, ("ledger", CHANGED), options=OPTIONS)
    with frozen_under_lock(change) as frozen:
        assert change.again().apply() == Completed()
        write(database, ledger)
        assert frozen.thaw() == [], "it came to an outcome although it was superseded"
    ledger.check()
    assert leftover_tables(database) == []
