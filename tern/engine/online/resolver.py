"""A row that a unique key of the shadow forbids: stale neighbours, or a genuine duplicate (E-34).

Two rows that swap a unique value are, on their way through the shadow, in each other's way: the one
that comes first meets the other's old value. What of the other's row is committed in the source
tells them apart. If it has not the value any more, the shadow's row is stale, and its change is on
its way: the stale row goes, and its key is written later. If it has, both are locked and looked at:
only two rows that stand in the source at one moment, both locked, are a duplicate.

So a row waits for no other row's lock but its own, however long the chain of values is that have
moved since they were copied. A crash loses nothing: what made the row stale lies behind the applied
position, and is read again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock

from tern.binlog.watched_table import Key
from tern.ddl.identifiers import fold
from tern.ddl.table import Index, Table
from tern.engine.online import conflict_statements, statements
from tern.engine.online.chunk import KeyRange
from tern.engine.online.grip import AT_ONCE, Grip
from tern.engine.online.key_values import read_key
from tern.engine.online.link import Link, describe_key
from tern.engine.online.row_writer import RowWriter
from tern.errors import DuplicateKey

_MOST_ROUNDS = 10
_MOST_KEYS = 1_000
_KEYS_SHOWN = 5


class Resolver:
    """Resolves conflicts of one link, one at a time: the probe table has room for one.

    Args:
        link: Whose shadow refuses a row.
        shadow: Its definition.
        demand: Has a key written anew; told before its row is missing.
    """

    def __init__(self, link: Link, shadow: Table, *, demand: Callable[[Key], None]) -> None:
        self._link = link
        self._indexes = unique_indexes(link, shadow)
        self._demand = demand
        self._lock = Lock()

    def resolve(
        self,
        writer: RowWriter,
        wanted: Sequence[Key],
        *,
        grip: Grip = AT_ONCE,
        within: KeyRange | None = None,
    ) -> Sequence[Key] | None:
        """Those of the rows that were had are in the shadow as in the source, committed.

        With `within` they are all that was seen of a range, and the whole range is written.

        None when the neighbours moved meanwhile: nothing was written.

        Raises:
            DuplicateKey: two rows of the source share the value.
            LockWaitTimeout, Deadlock, RowHeldError: a row is held by somebody; nothing was written.
        """
        case = _Case(writer=writer, within=within, wanted=wanted, grip=grip)
        with self._lock:
            try:
                return self._in_rounds(case)
            except DuplicateKey as again:
                # The server's own word has a cause, the driver's error: a neighbour came in.
                if again.__cause__ is None:
                    raise
                return None

    def _in_rounds(self, case: "_Case") -> Sequence[Key] | None:
        for _ in range(_MOST_ROUNDS):
            if self._round(case):
                return case.wanted
            if len(case.others) > _MOST_KEYS:
                break
        return None

    def _round(self, case: "_Case") -> bool:
        """Whether the rows are written; else others were found that must be had with them."""
        writer, connection = case.writer, case.writer.connection
        with writer.transaction():
            case.lock(self._link)
            if not case.wanted:
                return True
            connection.execute(statements.empty_probe(self._link))
            connection.execute(statements.fill_probe(self._link, case.keys))
            found = self._in_the_way(case)
            standing = self._standing(case, found)
            if standing:
                case.others += standing
            else:
                self._remove_stale(case, found)
            connection.execute(statements.empty_probe(self._link))
            if not standing:
                case.write()
        return not standing

    def _in_the_way(self, case: "_Case") -> list[Key]:
        """Rows of the shadow, under other keys, that have a value which these rows have now."""
        found: dict[Key, None] = {}
        for index in self._indexes:
            for key in self._read(case, conflict_statements.in_the_way, index, case.keys):
                found[key] = None
        return list(found)

    def _standing(self, case: "_Case", found: list[Key]) -> list[Key]:
        """Those of the rows in the way whose value stands in the source as it is committed.

        Raises:
            DuplicateKey: two of the locked rows share a value.
        """
        connection = case.writer.connection
        if found:
            connection.execute(conflict_statements.add_as_committed(self._link, found))
        for index in self._indexes:
            rows = self._read(case, conflict_statements.shared, index)
            standing = [key for key in rows if key in set(found)]
            if standing:
                return standing
            if rows:
                raise self._genuine(case, index)
        return []

    def _genuine(self, case: "_Case", index: Index) -> DuplicateKey:
        """A value and rows that have it; without a cause, for it is not the server's word."""
        sql = conflict_statements.first_shared(self._link, index, limit=_KEYS_SHOWN)
        found = case.writer.connection.query(sql)
        keys = [read_key(self._link.key, row[:-1]) for row in found]
        return DuplicateKey(
            table=str(self._link.source),
            index=index.name,
            value=repr(found[0][-1]),
            keys=[describe_key(self._link, key) for key in keys],
        )

    def _remove_stale(self, case: "_Case", found: list[Key]) -> None:
        """What is in the way goes; whoever writes these keys comes after this transaction."""
        if not found:
            return
        for index in self._indexes:
            case.writer.connection.execute(
                conflict_statements.remove_stale(self._link, index, case.keys, stale=found)
            )
        for key in found:
            self._demand(key)

    def _read(self, case: "_Case", build: Callable[..., str], *about: object) -> list[Key]:
        rows = case.writer.connection.query(build(self._link, *about))
        return [read_key(self._link.key, row) for row in rows]


@dataclass(slots=True, kw_only=True)
class _Case:
    """Rows to be resolved.

    Attributes:
        wanted: The rows that were asked for; once they are locked, those that were had.
        others: Rows that must be had with them.
        within: The range whose rows they are.
    """

    writer: RowWriter
    wanted: Sequence[Key]
    grip: Grip
    within: KeyRange | None
    others: list[Key] = field(default_factory=list)

    @property
    def keys(self) -> list[Key]:
        """All that are to be written."""
        return [*self.wanted, *self.others]

    def lock(self, link: Link) -> None:
        """Have the rows; what others were found is had with them, all or none."""
        grip = Grip(first=min(self.keys)) if self.others else self.grip
        self.wanted = grip.take(self.writer.connection, link, self.wanted)
        if self.wanted and not grip.passes_over:
            sql = statements.lock_keys(link, self.keys)
            self.writer.connection.query(sql, table=str(link.source))

    def write(self) -> None:
        """Write the rows: as a range, if they are one."""
        if self.within is None:
            self.writer.rewrite_within(self.keys)
        else:
            self.writer.rewrite_range_within(self.within, others=self.others)


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
