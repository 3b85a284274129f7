"""InnoDB's catalogue as far as it can be read; what can't be read is unknown, and said once.

MySQL reads its tables one by one for it (seen on 9.7): a lock on any table of the server, even of
another schema, can hold it up. So it is given up after the first wait.
"""

from tern.errors import LockWaitTimeout
from tern.mysql.connection import Connection
from tern.mysql.innodb import InnodbIds, InnodbTable, innodb_tables, table_ids


class InnodbSight:
    """Looks into InnoDB's catalogue for one plan."""

    def __init__(self, connection: Connection, *, may_look: bool) -> None:
        self._connection = connection
        self._may_look = may_look
        self.blind_because: str | None = None

    def ids(self, schema: str, table: str) -> InnodbIds | None:
        """The ids of a table and its indexes; None if they are unknown."""
        if not self._may_look:
            return None
        try:
            return table_ids(self._connection, schema, table)
        except LockWaitTimeout as error:
            self._give_up(error)
            return None

    def tables(self, schema: str) -> tuple[InnodbTable, ...]:
        """InnoDB's rows for a schema; none if they are unknown."""
        if not self._may_look:
            return ()
        try:
            return innodb_tables(self._connection, schema)
        except LockWaitTimeout as error:
            self._give_up(error)
            return ()

    def _give_up(self, error: LockWaitTimeout) -> None:
        self._may_look = False
        self.blind_because = f"instant row versions and InnoDB ids are unknown: {error.message}"
