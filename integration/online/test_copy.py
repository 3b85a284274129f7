"""A table is copied, compared and swapped; what stands there afterwards is what ALTER makes."""

from integration.databases import Database, leftover_tables
from integration.online.workbench import bench
from tern.values.run import Completed

CREATE = (
    "CREATE TABLE item (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20), "
    "amount INT, KEY (amount))"
)


def fill(database: Database, rows: int) -> None:
    database.query("CREATE TABLE numbers (n INT PRIMARY KEY)")
    database.query("INSERT INTO numbers VALUES (1)")
    held = 1
    while held < rows:
        database.query(
            "INSERT INTO numbers SELECT n + %s FROM numbers WHERE n + %s <= %s", held, held, rows
        )
        held *= 2
    database.query("INSERT INTO item SELECT n, CONCAT('name ', n), n % 100 FROM numbers")


def test_a_table_at_rest_is_copied_whole(database: Database) -> None:
    database.query(CREATE)
    fill(database, 5000)
    change = bench(database, ("item", "ALTER TABLE `item` MODIFY COLUMN `amount` BIGINT"))
    assert change.apply() == Completed()
    assert database.query("SELECT COUNT(*), SUM(amount), MAX(id) FROM item") == [
        (5000, 247500, 5000)
    ]
    assert "`amount` bigint" in database.query("SHOW CREATE TABLE item")[0][1]
    assert leftover_tables(database) == []
