"""Rows are compared while they are copied, and again while a cutover is held (E-23, E-43)."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from threading import Event
from time import monotonic

from integration.databases import Database
from integration.online.workbench import PATIENCE_SECONDS, QUICK, Bench, bench
from tern.engine.online.chunk_sizing import SizeLimits
from tern.engine.port import CutoverOrder, StopKind
from tern.values.run import Completed, EndState, Permanent

ALTER = "ALTER TABLE `item` MODIFY COLUMN `v` VARCHAR(40)"
ROWS = ", ".join(f"({n}, 'v{n}')" for n in range(1, 301))
SAMPLED = replace(QUICK, chunk=SizeLimits(start=10, least=10, most=10), sample_every=1, volume=2)


def item(database: Database) -> None:
    database.query("CREATE TABLE item (id INT PRIMARY KEY, v VARCHAR(20))")
    database.query(f"INSERT INTO item VALUES {ROWS}")  # noqa: S608  # the test's own


def shadow(database: Database) -> str:
    """The shadow's name, as soon as it is there."""
    deadline = monotonic() + PATIENCE_SECONDS
    while monotonic() < deadline:
        for (name,) in database.query("SHOW TABLES LIKE 'item%_p'"):
            return f"{str(name)[:-1]}n"
        Event().wait(0.02)
    raise AssertionError("it is not there")


def cancel(change: Bench) -> None:
    again = change.again()
    again.engine.stop(StopKind.CANCEL)
    assert again.apply() == Completed(end=EndState.CANCELLED)


def test_a_shadow_that_differs_ends_the_run_while_it_is_copied(database: Database) -> None:
    """The last row stays held, so that the copy can't come to an end."""
    item(database)
    change = bench(database, ("item", ALTER), options=SAMPLED)
    with closing(database.connect(autocommit=False)) as first:
        first.query("UPDATE item SET v = 'x' WHERE id = 1")
        with closing(database.connect(autocommit=False)) as last, change.running():
            last.query("UPDATE item SET v = 'x' WHERE id = 300")
            name = shadow(database)
            database.query(
                f"CREATE TRIGGER other BEFORE INSERT ON `{name}` FOR EACH ROW "
                "SET NEW.v = IF(NEW.id = 7, 'theirs', NEW.v)"
            )
            first.rollback()
            change.join()
    assert isinstance(change.outcome, Permanent), change.outcome
    assert (change.outcome.error.code, "id=7" in change.outcome.error.message) == ("diverged", True)
    cancel(change)


def test_a_row_that_changes_while_a_cutover_is_held_is_mended(database: Database) -> None:
    item(database)
    options = replace(QUICK, hold_verify_pause=timedelta(milliseconds=200))
    change = bench(database, ("item", ALTER), options=options, defer_cutover=True)
    with change.running():
        change.until(lambda task: task.ready)
        database.query(f"UPDATE `{shadow(database)}` SET v = 'theirs' WHERE id = 7")  # noqa: S608
        change.until(lambda task: task.differences == 1)
        change.engine.cutover(CutoverOrder.GO)
    assert change.outcome == Completed()
    assert database.query("SELECT v FROM item WHERE id = 7") == [("v7",)]


def test_an_order_does_not_wait_for_a_comparison_while_held(database: Database) -> None:
    """Somebody holds a row that differs in no way; only the rest of a pass is broken off."""
    item(database)
    options = replace(QUICK, hold_verify_pause=timedelta(0))
    change = bench(database, ("item", ALTER), options=options, defer_cutover=True)
    with change.running():
        change.until(lambda task: task.ready)
        change.engine.cutover(CutoverOrder.GO)
    assert change.outcome == Completed()
