"""Which rows of the source somebody holds, so that one may wait for the right one (E-17, E-18).

A refusal does not name its row. Who waits for a row while he holds none can't deadlock, and once he
has it, whoever writes the rows in their order can't come past him: the others are free soon.
"""

from collections.abc import Sequence

from tern.binlog.watched_table import Key
from tern.engine.online import statements
from tern.engine.online.chunk import KeyRange
from tern.engine.online.key_values import read_key
from tern.engine.online.link import Link
from tern.mysql.connection import Connection


def free_keys(connection: Connection, link: Link, where: KeyRange | Sequence[Key]) -> list[Key]:
    """Keys of the rows that nobody else holds.

    Locks: those rows, until the end of the caller's transaction.
    """
    return _read(connection, link, statements.free_rows(link, where))


def seen_keys(connection: Connection, link: Link, where: KeyRange | Sequence[Key]) -> list[Key]:
    """Keys of the rows that were committed last, in the key's order; no lock."""
    return _read(connection, link, statements.seen_rows(link, where))


def held_keys(connection: Connection, link: Link, where: KeyRange | Sequence[Key]) -> list[Key]:
    """Keys of the rows that can be seen and not be had, in the key's order.

    A row that is inserted and not committed is not among them. Outside a transaction nothing is
    locked afterwards.
    """
    free = set(free_keys(connection, link, where))
    return [key for key in seen_keys(connection, link, where) if key not in free]


def _read(connection: Connection, link: Link, sql: str) -> list[Key]:
    rows = connection.query(sql, table=str(link.source))
    return [read_key(link.key, row) for row in rows]
