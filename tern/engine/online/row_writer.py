"""Rows from source to shadow in one transaction, and what each refusal of the server means."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress

from tern.binlog.watched_table import Key
from tern.engine.online import statements
from tern.engine.online.chunk import KeyRange
from tern.engine.online.errors import SilentLoss
from tern.engine.online.grip import AT_ONCE, Grip, wait_for
from tern.engine.online.link import Link
from tern.engine.online.loss_statements import losing_rows, lossy_rows
from tern.errors import LossyConversion, ServerUnavailable
from tern.mysql.connection import Connection, ServerWarning
from tern.mysql.error_codes import is_about_statement

Transaction = Callable[[], AbstractContextManager[None]]
_WARNINGS_SHOWN = 5
# MySQL: for column 'v' at row 1; MariaDB also: for column `schema`.`table`.`v` at row 1.
_COLUMN = re.compile(r"for column (?:`.*`\.)?['`](.+)['`] at row")


class RowWriter:
    """Writes the shadow of one link over one session.

    Every row of the source is read under a lock that is had at once or not at all, and which is
    held until the shadow's row is committed: so writes of a row come in the order of its versions.

    The latch is for servers where INSERT ... SELECT takes a table lock to number rows (E-19).
    """

    def __init__(
        self,
        connection: Connection,
        link: Link,
        *,
        latch: AbstractContextManager[object],
        transaction: Transaction | None = None,
    ) -> None:
        self.connection = connection
        self.link = link
        self.transaction = transaction or connection.transaction
        self._latch = latch

    def copy_range(
        self, key_range: KeyRange, *, overwrite: bool, first: KeyRange | Key | None = None
    ) -> int:
        """The range is in the shadow, committed; how many rows.

        Args:
            key_range: What to copy.
            overwrite: What the shadow has of it is deleted first.
            first: The row, or the first of a range, that is waited for while nothing is held.

        Raises:
            LockWaitTimeout, Deadlock: a row is held by somebody; nothing was written.
            RowHeldError: the first row was not had by waiting; nothing was written.
            DuplicateKey: a unique key of the shadow forbids a row; nothing was written.
            StatementRejected: a row does not fit; nothing was written.
        """
        if not overwrite and first is None and not self.link.losses:
            return self._insert(statements.copy_range(self.link, key_range))
        with self.transaction():
            if first is not None:
                wait_for(self.connection, self.link, _locking(self.link, first))
            if first is not None or overwrite:
                self._run(statements.delete_range(self.link, key_range))
            return self._copy_range(key_range)

    def rewrite(self, keys: Sequence[Key], grip: Grip = AT_ONCE) -> Sequence[Key]:
        """Those of the rows that are had are as in the source, or gone as there; committed.

        Raises as `copy_range`.
        """
        with self.transaction():
            own = grip.take(self.connection, self.link, keys)
            if own:
                self.rewrite_within(own)
        return own

    def rewrite_within(self, keys: Sequence[Key]) -> None:
        """The same inside a transaction of the caller's."""
        self._run(statements.delete_keys(self.link, keys))
        self._copy_keys(keys)

    def rewrite_range_within(self, key_range: KeyRange, *, others: Sequence[Key]) -> None:
        """A whole range and some other rows, inside a transaction of the caller's."""
        self._run(statements.delete_range(self.link, key_range))
        if others:
            self._run(statements.delete_keys(self.link, others))
        self._copy_range(key_range)
        if others:
            self._copy_keys(others)

    def _copy_range(self, key_range: KeyRange) -> int:
        rows = self._insert(statements.copy_range(self.link, key_range))
        self._check_losses(key_range)
        return rows

    def _copy_keys(self, keys: Sequence[Key]) -> None:
        self._insert(statements.copy_keys(self.link, keys))
        self._check_losses(keys)

    def _check_losses(self, where: KeyRange | Sequence[Key]) -> None:
        """What was just copied lost nothing: the rows of the source are still locked (E-37)."""
        if not self.link.losses:
            return
        sql = lossy_rows(self.link, self.link.losses, where, limit=_WARNINGS_SHOWN)
        rows = self.connection.query(sql, table=str(self.link.source))
        for loss, keys in losing_rows(self.link, self.link.losses, rows):
            raise LossyConversion(
                table=str(self.link.source), column=loss.pair.origin.name, keys=keys
            )

    def _insert(self, sql: str) -> int:
        with self._latch:
            rows = self._run(sql)
        if self.connection.warning_count:
            self._judge_warnings()
        return rows

    def _judge_warnings(self) -> None:
        found = [w for w in self.connection.warnings() if not is_about_statement(w.number)]
        found = [warning for warning in found if not self._is_consented(warning)]
        if found:
            texts = [warning.text for warning in found[:_WARNINGS_SHOWN]]
            raise SilentLoss(table=str(self.link.source), warnings=texts)

    def _is_consented(self, warning: ServerWarning) -> bool:
        """Whether it notes what the plan has said of the column, and somebody has agreed to."""
        named = _COLUMN.search(warning.text)
        return warning.level == "Note" and named is not None and named[1] in self.link.consented

    def _run(self, sql: str) -> int:
        return self.connection.execute(sql, table=str(self.link.source))


def _locking(link: Link, first: KeyRange | Key) -> str:
    if isinstance(first, KeyRange):
        return statements.lock_first(link, first)
    return statements.lock_key(link, first)


@contextmanager
def under_table_locks(connection: Connection) -> Iterator[None]:
    """A transaction of a session without autocommit: START TRANSACTION would free its tables."""
    try:
        yield
    except BaseException:
        with suppress(ServerUnavailable):
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
