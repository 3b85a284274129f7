"""Keys that are no integer, or several columns: the copy is exact under changes (E-22, E-28)."""

import pytest

from integration.databases import Database
from integration.online.victim import OPTIONS
from integration.online.workbench import bench
from tern.engine.port import CutoverOrder
from tern.values.progress import TaskProgress
from tern.values.run import Completed

KEYS = {
    "text": ("name VARCHAR(40) NOT NULL, PRIMARY KEY (name)", "CONCAT('Key ', n, ' \\'x\\' ä')"),
    "binary": ("name BINARY(8) NOT NULL, PRIMARY KEY (name)", "UNHEX(LPAD(HEX(n * 256), 16, 0))"),
    "composite": (
        "part INT NOT NULL, name VARCHAR(20) NOT NULL, PRIMARY KEY (part, name)",
        "n % 7, CONCAT('n', n)",
    ),
    "decimal": ("name DECIMAL(20, 4) NOT NULL, PRIMARY KEY (name)", "n * -1.5"),
    "datetime": (
        "name DATETIME(3) NOT NULL, PRIMARY KEY (name)",
        "TIMESTAMP('2020-01-01') + INTERVAL n SECOND",
    ),
    "enum": (
        "kind ENUM('c', 'b', 'a') NOT NULL, name INT NOT NULL, PRIMARY KEY (kind, name)",
        "1 + n % 3, n",
    ),
    "unsigned": (
        "name BIGINT UNSIGNED NOT NULL, PRIMARY KEY (name)",
        "18446744073709551615 - n * 1000000000000",
    ),
}
CHANGE = "ALTER TABLE `item` MODIFY COLUMN `amount` BIGINT, ADD COLUMN `more` INT DEFAULT 5"


@pytest.mark.parametrize("kind", list(KEYS))
def test_a_copy_by_any_key_equals_its_source(database: Database, kind: str) -> None:
    columns, values = KEYS[kind]
    database.query(f"CREATE TABLE item (amount INT, {columns})")
    database.query("CREATE TABLE numbers (n INT PRIMARY KEY)")
    database.query("INSERT INTO numbers VALUES " + ", ".join(f"({n})" for n in range(3000)))  # noqa: S608  # texts of ours
    database.query(f"INSERT INTO item SELECT n, {values} FROM numbers")  # noqa: S608  # texts of ours
    held = bench(database, ("item", CHANGE), options=OPTIONS, defer_cutover=True)
    with held.running() as change:
        change.until(is_copying)
        for n in range(0, 3000, 100):
            database.query("UPDATE item SET amount = -amount WHERE amount = %s", n + 1)
            database.query("DELETE FROM item WHERE amount = %s", n + 2)
            database.query("UPDATE item SET amount = 7 WHERE amount = %s", n + 3)
        expected = database.query("SELECT * FROM item")
        change.until(lambda task: task.ready)
        change.engine.cutover(CutoverOrder.GO)
    assert change.outcome == Completed()
    found = database.query("SELECT * FROM item")
    assert sorted(row[:-1] for row in found) == sorted(expected)


def is_copying(task: TaskProgress) -> bool:
    """The shadow is there."""
    return task.phase is not None
