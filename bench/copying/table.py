"""The table that is copied, and the change that is made to it; each change can follow another."""

from dataclasses import dataclass
from time import monotonic

from integration.databases import Database

ONE_INDEX = ("KEY (customer)",)
FIVE_INDEXES = (
    "KEY (customer)",
    "KEY (status, created)",
    "KEY (total)",
    "KEY (created, customer)",
    "KEY (changed)",
)
_COLUMNS = """
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, customer INT NOT NULL,
    status TINYINT NOT NULL, total DECIMAL(10, 2) NOT NULL, note VARCHAR(200),
    created DATETIME(3) NOT NULL, changed TIMESTAMP NULL
"""
_ROW = """
    {n}, {n}, MOD({n}, 7), {n} / 100, REPEAT(CHAR(97 + MOD({n}, 26)), 120), NOW(3),
    IF(MOD({n}, 3), NOW(), NULL)
"""
_WARMING_ROWS = 10_000
_FIRST_ROWS = 40_000
_LENGTHS_FROM = 200


@dataclass(slots=True)
class Table:
    """A table of about 210 bytes a row, dense in its key.

    Attributes:
        changes: How many changes were asked for; each makes a text column longer by one.
    """

    database: Database
    name: str
    indexes: tuple[str, ...] = ONE_INDEX
    rows: int = 0
    changes: int = 0

    def create(self) -> None:
        parts = ", ".join([_COLUMNS, *self.indexes])
        self.database.query(f"CREATE TABLE {self.name} ({parts})")
        row = _ROW.format(n=1)
        self.database.query(f"INSERT INTO {self.name} SELECT {row}")
        self.rows = 1

    def grow(self, rows: int) -> float:
        """Fill it up to so many rows, with fresh statistics; in how many seconds."""
        begun = monotonic()
        while self.rows < rows:
            held = self.rows
            row = _ROW.format(n=f"(id + {held})")
            self.database.query(
                f"INSERT INTO {self.name} SELECT {row} FROM {self.name} WHERE id <= %s",  # noqa: S608  # ours
                rows - held,
            )
            self.rows = min(2 * held, rows)
        self.database.query(f"ANALYZE TABLE {self.name}")
        return monotonic() - begun

    def next_change(self) -> str:
        """What is to be changed now, as ALTER TABLE says it behind the table's name."""
        self.changes += 1
        return f"MODIFY COLUMN `note` VARCHAR({_LENGTHS_FROM + self.changes}) NULL"


def rows_within(table: Table, seconds: float, *, fills: float, most: int) -> int:
    """How many rows can be had so that work of that many fills takes so long here and now.

    The first rows warm the server up; their time says nothing of those that follow.
    """
    table.grow(_WARMING_ROWS)
    took = table.grow(_FIRST_ROWS) / (_FIRST_ROWS - _WARMING_ROWS)
    return max(_FIRST_ROWS, min(most, int(seconds / (fills * took))))
