"""Rows of the shadow that somebody else has written are found, mended once, and then reported."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from threading import Event
from time import monotonic

import pytest

from integration.databases import Database
from integration.online.workbench import PATIENCE_SECONDS, Bench, bench
from tern.values.run import Completed

CREATE = "CREATE TABLE item (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, v VARCHAR(20))"
ALTER = "ALTER TABLE `item` MODIFY COLUMN `v` VARCHAR(40)"
ROWS = ", ".join(f"({n}, 'v{n}')" for n in range(1, 301))
DAMAGE = {
    "changed": "UPDATE {shadow} SET v = 'X' WHERE id = 7",
    "deleted": "DELETE FROM {shadow} WHERE id = 7",
    "invented": "INSERT INTO {shadow} VALUES (5000, 'X')",
}


@contextmanager
def damaged_before_verification(change: Bench, damage: str) -> Iterator[None]:
    """The change runs; its last row is held until the shadow, all but copied, is damaged."""
    database = change.database
    with closing(database.connect(autocommit=False)) as holder:
        holder.query("UPDATE item SET v = 'v300' WHERE id = 300")
        with change.running():
            shadow = until_copied(database)
            database.query(damage.format(shadow=f"`{shadow}`"))
            holder.rollback()
            change.join()
            yield


def until_copied(database: Database) -> str:
    """Wait for all rows but the held one, and maybe its neighbour; the shadow's name."""
    deadline = monotonic() + PATIENCE_SECONDS
    while monotonic() < deadline:
        for (name,) in database.query("SHOW TABLES LIKE 'item%_n'"):
            if database.query(f"SELECT COUNT(*) FROM `{name}`")[0][0] >= 298:  # noqa: S608
                return str(name)
        Event().wait(0.02)
    raise AssertionError("it is not copied")


def item(database: Database) -> Bench:
    database.query(CREATE)
    database.query(f"INSERT INTO item VALUES {ROWS}")  # noqa: S608  # the test's own
    return bench(database, ("item", ALTER))


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_row_is_mended_and_counted(database: Database, kind: str) -> None:
    change = item(database)
    with damaged_before_verification(change, DAMAGE[kind]):
        assert change.outcome == Completed()
    assert change.engine.progress()[0].differences == 1
    found = database.query("SELECT COUNT(*), SUM(v = CONCAT('v', id)) FROM item")
    assert found == [(300, 300)]


def test_rows_beyond_the_limit_of_repairs_end_the_change(database: Database) -> None:
    change = item(database)
    change.options = replace(change.options, verify_repairs=5)
    change.__post_init__()
    with damaged_before_verification(change, "UPDATE {shadow} SET v = 'X'"):
        assert "differs from it in rows that nobody changed" in str(change.outcome)
    assert "varchar(20)" in database.query("SHOW CREATE TABLE item")[0][1]
    for (name,) in database.query("SHOW TABLES LIKE 'item%_sb%'"):
        database.query(f"DROP TABLE `{name}`")
