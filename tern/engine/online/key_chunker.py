"""Ranges over any key: their ends are read from its index, which leaps gaps (E-22)."""

from tern.binlog.watched_table import Key
from tern.engine.online import statements
from tern.engine.online.chunk import KeyRange
from tern.engine.online.key_values import read_key
from tern.engine.online.link import Link
from tern.mysql.connection import Connection


class KeyChunker:
    """Says where the next range ends; asked by one thread at a time."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def next_upper(self, connection: Connection, lower: Key | None, rows: int) -> Key | None:
        """The exclusive end of the next range; None when fewer rows than that are left."""
        row = connection.first(statements.bound_after(self._link, KeyRange(lower=lower), rows))
        return None if row is None else read_key(self._link.key, row)

    def note(self, lower: Key | None, upper: Key | None, *, rows: int) -> None:
        """A range had so many rows: of no interest here."""
