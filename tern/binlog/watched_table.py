"""What the feed is asked to watch: a table and the columns of its change key."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

KeyValue = int | str | bytes
"""A key column's value, exact: see `KeyKind` for which form."""

Key = tuple[KeyValue, ...]
"""A row's change key, one value per key column, in the key's order."""


class TableName(NamedTuple):
    """A table as the server's log names it, which is as the server stores its name."""

    schema: str
    name: str

    def __str__(self) -> str:
        return f"`{self.schema}`.`{self.name}`"


class KeyKind(Enum):
    """What a key column holds, and with it the form of its values.

    The log alone does not tell: signed and unsigned, text and binary look alike in it.
    """

    SIGNED = auto()
    """Integer types: int."""
    UNSIGNED = auto()
    """Unsigned integer types: int."""
    YEAR = auto()
    """int, 0 or 1901 to 2155."""
    BIT = auto()
    """int."""
    ENUM = auto()
    """int, the element's ordinal from 1; 0 is the invalid value."""
    DECIMAL = auto()
    """str, with all digits of the scale: `-12.50`."""
    DATE = auto()
    """str, `2026-01-31`; zero and invalid dates as they are."""
    TIME = auto()
    """str, `-838:59:59`, with all fractional digits of the column."""
    DATETIME = auto()
    """str, `2026-01-31 23:59:59`, with all fractional digits of the column."""
    TIMESTAMP = auto()
    """str like DATETIME, in UTC; `0000-00-00 00:00:00` for the zero value."""
    BINARY = auto()
    """bytes of BINARY(n), UUID, INET4 or INET6, padded to their full length as stored."""
    BYTES = auto()
    """bytes of VARBINARY, as they are."""
    TEXT = auto()
    """bytes of CHAR or VARCHAR in the column's character set; CHAR without its padding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyColumn:
    """A column of the change key.

    Attributes:
        ordinal: The column's place in the table, from 0, counting every column.
        kind: What it holds, from the table's definition.
        fraction_digits: Of TIME, DATETIME and TIMESTAMP, from the definition; 0 for other kinds.
            MariaDB's format from before 10.1.2 does not tell in the log that it has some, so a
            column logged with another number is refused.
    """

    ordinal: int
    kind: KeyKind
    fraction_digits: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedTable:
    """A table whose changed keys the feed is to file. The key columns are NOT NULL."""

    table: TableName
    key: tuple[KeyColumn, ...]
