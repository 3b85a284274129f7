"""Ranges over a key of one integer: by arithmetic where rows lie densely (E-21)."""

from tern.binlog.watched_table import Key
from tern.engine.online import statements
from tern.engine.online.key_chunker import KeyChunker
from tern.engine.online.link import Link
from tern.mysql.connection import Connection

_DENSE = 0.5


class IntegerChunker:
    """Says where the next range ends; asked by one thread at a time."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._probing = KeyChunker(link)
        self._believed_last: int | None = None
        self._is_dense = True

    def next_upper(self, connection: Connection, lower: Key | None, rows: int) -> Key | None:
        """The exclusive end of the next range; None when all that is left is the last one.

        The greatest key is read anew until it stops growing, so the last range is a small one.
        """
        if not self._is_dense and lower is not None:
            return self._probing.next_upper(connection, lower, rows)
        start = self._first(connection) if lower is None else int(lower[0])
        if start is None:
            return None
        upper = start + rows
        if self._believed_last is None or upper > self._believed_last:
            self._believed_last = connection.value(statements.last_integer(self._link))
        if self._believed_last is None or upper > self._believed_last:
            return None
        return (upper,)

    def note(self, lower: Key | None, upper: Key | None, *, rows: int) -> None:
        """A range had so many rows."""
        if lower is not None and upper is not None:
            self._is_dense = rows >= _DENSE * (int(upper[0]) - int(lower[0]))

    def _first(self, connection: Connection) -> int | None:
        found = connection.value(statements.first_integer(self._link))
        return None if found is None else int(found)
