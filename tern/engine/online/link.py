"""What ties two tables together: where rows come from, where they go, by which key (E-33).

The feed, the copy, the replay and the comparison know nothing else of a table. To run backwards is
another link, not other code.
"""

from dataclasses import dataclass

from tern.binlog.watched_table import Key, KeyColumn, KeyKind, TableName, WatchedTable
from tern.ddl.flavor import Flavor
from tern.ddl.table import Column


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnPair:
    """A column of the shadow and the one of the source that its values come from.

    The charsets and collations of both are the effective ones. `target` is never generated.
    """

    origin: Column
    target: Column


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What rows of the source would lose in a column although the server refuses none (E-37).

    Attributes:
        condition: True of these rows; over the source's columns. None: of every row.
        what: Said of these rows, in plain words.
    """

    pair: ColumnPair
    condition: str | None
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPart:
    """One column of the change key.

    Attributes:
        logged: How the feed reads it: the ordinal is the source's.
    """

    origin: Column
    target: Column
    logged: KeyColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeKey:
    """The unique NOT NULL key that ties the rows of both tables together (E-35).

    Attributes:
        index: Its name on the source, `PRIMARY` for the primary key.
        shadow_index: An index of the shadow that starts with exactly these columns.
    """

    index: str
    shadow_index: str
    parts: tuple[KeyPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A source, its shadow, and how a row of the one becomes a row of the other.

    Attributes:
        probe: The table with the shadow's columns and no secondary index (P).
        columns: What is copied, in the shadow's order (E-15).
        losses: What no row may come to: each write of the shadow is checked for it.
        consented: Names of the shadow's columns of which the plan named a loss and somebody agreed.
        zone: The server's zone, by which it converts between TIMESTAMP and other types; empty where
            that is UTC.
    """

    source: TableName
    shadow: TableName
    probe: TableName
    key: ChangeKey
    columns: tuple[ColumnPair, ...]
    flavor: Flavor
    losses: tuple[Loss, ...] = ()
    consented: frozenset[str] = frozenset()
    zone: str = ""

    def watched(self) -> WatchedTable:
        """What the feed is asked to watch."""
        return WatchedTable(table=self.source, key=tuple(part.logged for part in self.key.parts))


def is_integer(key: ChangeKey) -> bool:
    """Whether the key is one integer column."""
    kinds = {part.logged.kind for part in key.parts}
    return len(key.parts) == 1 and kinds <= {KeyKind.SIGNED, KeyKind.UNSIGNED}


def describe_key(link: Link, key: Key) -> str:
    """A row's key as people read it: `id=7, name=x'c3a4'`."""
    return describe_value(link.key, key)


def describe_value(of: ChangeKey, key: Key) -> str:
    """The same where only the change key is known."""
    named = zip(of.parts, key, strict=True)
    return ", ".join(f"{part.origin.name}={_printed(value)}" for part, value in named)


def _printed(value: int | str | bytes) -> str:
    if not isinstance(value, bytes):
        return str(value)
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return f"x'{value.hex()}'"
    return text if text.isprintable() else f"x'{value.hex()}'"
