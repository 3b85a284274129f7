"""A row that a unique key of the shadow forbids: stale neighbours, or a genuine duplicate (E-34).

Two rows that swap a unique value are, on their way through the shadow, in each other's way: the one
that comes first meets the other's old value. So rows in the way are taken in, and all of them are
written as one. Only two rows that stand in the source at one moment, both locked, are a duplicate.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock

from tern.binlog.watched_table import Key
from tern.ddl.identifiers import fold
from tern.ddl.table import Index, Table
from tern.engine.online import conflict_statements, statements
from tern.engine.online.chunk import KeyRange
from tern.engine.online.key_values import read_key
from tern.engine.online.link import Link, describe_key
from tern.engine.online.row_writer import RowWriter
from tern.errors import Deadlock, DuplicateKey, LockWaitTimeout

_MOST_ROUNDS = 10
_MOST_KEYS = 1_000


class Resolver:
    """Resolves conflicts of one link, one at a time: the probe table has room for one."""

    def __init__(self, link: Link, shadow: Table) -> None:
        self._link = link
        self._indexes = unique_indexes(link, shadow)
        self._lock = Lock()

    def resolve(
        self,
        writer: RowWriter,
        wanted: Sequence[Key],
        error: DuplicateKey,
        *,
        within: KeyRange | None = None,
    ) -> bool:
        """Whether these rows, and what was in their way, are in the shadow as in the source.

        Then they are committed. With `within` they are all that was seen of a range, and the whole
        range is written.

        False when a lock was not had, or the neighbours moved meanwhile: nothing was written.

        Raises:
            DuplicateKey: two rows of the source share the value.
        """
        of = _Range(within, len(wanted))
        with self._lock:
            keys = list(wanted)
            for _ in range(_MOST_ROUNDS):
                found = self._try_round(writer, keys, error, of=of)
                if not found:
                    return found is not None
                keys += found
                if len(keys) > _MOST_KEYS:
                    return False
            return False

    def _try_round(
        self, writer: RowWriter, keys: list[Key], error: DuplicateKey, *, of: "_Range"
    ) -> list[Key] | None:
        """As `_round`; None when a lock was not had or the neighbours moved meanwhile."""
        try:
            return self._round(writer, keys, error, of=of)
        except (LockWaitTimeout, Deadlock):
            return None
        except DuplicateKey as again:
            # The server's own word has a cause, the driver's error: a neighbour came in between.
            if again.__cause__ is None:
                raise
            return None

    def _round(
        self, writer: RowWriter, keys: list[Key], error: DuplicateKey, *, of: "_Range"
    ) -> list[Key]:
        """Write the rows if nothing else is in their way; else what is."""
        connection = writer.connection
        with writer.transaction():
            connection.query(statements.lock_keys(self._link, keys))
            connection.execute(statements.empty_probe(self._link))
            connection.execute(statements.fill_probe(self._link, keys))
            found = self._in_the_way(writer, keys)
            if not found:
                self._check_genuine(writer, error)
                connection.execute(statements.empty_probe(self._link))
                of.write(writer, keys)
            else:
                connection.execute(statements.empty_probe(self._link))
        return found

    def _in_the_way(self, writer: RowWriter, keys: list[Key]) -> list[Key]:
        found: dict[Key, None] = {}
        for index in self._indexes:
            sql = conflict_statements.in_the_way(self._link, index, keys)
            for row in writer.connection.query(sql):
                found[read_key(self._link.key, row)] = None
        return list(found)

    def _check_genuine(self, writer: RowWriter, error: DuplicateKey) -> None:
        for index in self._indexes:
            sql = conflict_statements.shared(self._link, index)
            rows = [read_key(self._link.key, row) for row in writer.connection.query(sql)]
            if rows:
                # Without a cause: it is our finding, not the server's word on one statement.
                raise DuplicateKey(
                    table=str(self._link.source),
                    index=index.name,
                    value=_value(error),
                    keys=[describe_key(self._link, key) for key in rows],
                ) from None


@dataclass(frozen=True, slots=True)
class _Range:
    """What the rows that are to be resolved come from."""

    key_range: KeyRange | None
    keys: int

    def write(self, writer: RowWriter, keys: list[Key]) -> None:
        """Write the rows: the first of them as a range, if they are one."""
        if self.key_range is None:
            writer.rewrite_within(keys)
        else:
            writer.rewrite_range_within(self.key_range, others=keys[self.keys :])


def unique_indexes(link: Link, shadow: Table) -> tuple[Index, ...]:
    """The shadow's unique indexes other than the change key's own."""
    key = tuple(fold(part.target.name) for part in link.key.parts)
    return tuple(
        index
        for index in shadow.indexes
        if index.is_unique() and not (index.columns == key and len(index.parts) == len(key))
    )


def is_change_key(link: Link, error: DuplicateKey) -> bool:
    """Whether the refused value is that of the change key: the row is there already."""
    return f"index {link.key.shadow_index}" in error.message


def _value(error: DuplicateKey) -> str:
    text = error.message.partition("duplicate value ")[2]
    with suppress(ValueError):
        return text[: text.index(" for unique index")]
    return text
