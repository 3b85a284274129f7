"""How rows of the source are taken hold of, at the beginning of a transaction (E-17)."""

from collections.abc import Sequence
from dataclasses import dataclass

from tern.binlog.watched_table import Key
from tern.engine.online import statements
from tern.engine.online.held import free_keys
from tern.engine.online.link import Link
from tern.errors import Deadlock, LockWaitTimeout
from tern.mysql.connection import Connection


class RowHeldError(Exception):
    """A row that was waited for was not had in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grip:
    """Which of some rows are to be had, and which is worth a wait.

    Attributes:
        passes_over: What somebody holds is left out; else all are had, or none.
        first: The row that is waited for while nothing is held.
    """

    passes_over: bool = False
    first: Key | None = None

    def take(self, connection: Connection, link: Link, keys: Sequence[Key]) -> Sequence[Key]:
        """The keys to go on with. Where nothing is passed over, whoever reads them locks them.

        Locks: the first row, and where some are passed over all that are returned.

        Raises:
            RowHeldError: somebody kept the first for too long.
        """
        if self.first is not None:
            wait_for(connection, link, statements.lock_key(link, self.first))
        if not self.passes_over:
            return keys
        asked = set(keys)
        return [key for key in free_keys(connection, link, keys) if key in asked]


AT_ONCE = Grip()


def wait_for(connection: Connection, link: Link, sql: str) -> None:
    """Have a row by waiting for it, in a transaction that holds none.

    Raises:
        RowHeldError: somebody kept it for too long.
    """
    try:
        connection.query(sql, table=str(link.source))
    except (LockWaitTimeout, Deadlock) as error:
        raise RowHeldError from error
