"""Changed keys brought up to date: deleted from the shadow and read anew (E-32)."""

from collections.abc import Callable

from tern.binlog.watched_table import Key
from tern.engine.online import predicates, statements
from tern.engine.online.delta import Entries
from tern.engine.online.errors import DoesNotFit
from tern.engine.online.key_order import KeyOrder
from tern.engine.online.lane import Lane
from tern.engine.online.link import describe_key
from tern.engine.online.row_writer import RowWriter
from tern.engine.online.watermark import Bound
from tern.errors import Deadlock, DuplicateKey, LockWaitTimeout, StatementRejected
from tern.mysql.connection import Connection
from tern.mysql.error_codes import is_transaction_too_big, is_value_refused, text_of


class Replay:
    """Replays keys of one lane over one session."""

    def __init__(self, writer: RowWriter, lane: Lane) -> None:
        self._writer = writer
        self._lane = lane
        self._link = lane.link
        self._order = KeyOrder(lane.link.key)
        self._resolver = lane.resolver

    def step(self, most: int) -> int:
        """Judge and write some keys; how many are written. What fails returns to the delta."""
        self._judge(most)
        taken = dict(self._lane.delta.take(most))
        if not taken:
            return 0
        left = dict(taken)
        try:
            self._write_all(taken, lambda keys: self._done(left, keys))
        finally:
            if left:
                self._lane.delta.failed(left)
        return len(taken) - len(left)

    def _done(self, left: dict[Key, int], keys: list[Key]) -> None:
        """These are committed: they leave the delta at once."""
        self._lane.delta.written({key: left.pop(key) for key in keys})
        for key in keys:
            self._lane.refusals.clear(key)

    def _write_all(self, taken: Entries, done: Callable[[list[Key]], None]) -> None:
        """Write the keys in ever smaller sets; a lone one that can't be had now is left."""
        sets = [list(taken)]
        while sets:
            keys = sets.pop()
            try:
                self._writer.rewrite(keys)
            except (LockWaitTimeout, Deadlock, DuplicateKey, StatementRejected) as error:
                if isinstance(error, DuplicateKey) and self._resolve(keys, error):
                    done(keys)
                    continue
                if len(keys) > 1:
                    self._check_worth_halving(error)
                    half = len(keys) // 2
                    sets += [keys[half:], keys[:half]]
                    continue
                if not self._write_lone(keys[0], error):
                    continue
            done(keys)

    def _check_worth_halving(self, error: Exception) -> None:
        is_hopeless = isinstance(error, StatementRejected) and not (
            is_value_refused(error) or is_transaction_too_big(error)
        )
        if is_hopeless:
            raise error

    def _write_lone(self, key: Key, error: Exception) -> bool:
        """Whether the one key could be written after all."""
        match error:
            case DuplicateKey():
                return False
            case StatementRejected() if is_value_refused(error):
                keys = [describe_key(self._link, key)]
                raise DoesNotFit(
                    table=self._lane.table, keys=keys, reason=text_of(error)
                ) from error
            case StatementRejected():
                raise error
            case _:
                return self._write_patiently(key)

    def _resolve(self, keys: list[Key], error: DuplicateKey) -> bool:
        """Whether the set, and what was in its way, could be written as one (E-34)."""
        self._lane.overwrites = True
        is_resolved = self._resolver.resolve(self._writer, keys, error)
        self._lane.counts.resolved += is_resolved
        return is_resolved

    def _write_patiently(self, key: Key) -> bool:
        """Wait for whoever holds the row, while nothing of the source is held here."""
        try:
            self._writer.rewrite([key], wait_first=True)
        except (LockWaitTimeout, Deadlock):
            self._lane.refusals.note(key)
            return False
        except DuplicateKey:
            return False
        return True

    def _judge(self, most: int) -> None:
        """Ask the server about keys that the client can't order (E-28)."""
        delta, watermark = self._lane.delta, self._lane.watermark
        taken = delta.take_unjudged(most)
        if not taken:
            return
        # Read after the keys' receipt and before asking: both only grow, so a late answer holds.
        dispatched, low = watermark.dispatched, watermark.low
        try:
            beyond = self._not_before(taken, dispatched)
            not_copied = self._not_before(taken, low)
        except BaseException:
            delta.judged(taken, beyond=set(), copied=set())
            raise
        delta.judged(taken, beyond=beyond, copied=set(taken) - not_copied)

    def _not_before(self, taken: Entries, bound: Bound) -> set[Key]:
        """The keys that are not below the bound."""
        if bound.key is None:
            return set() if bound.is_end else set(taken)
        edge = bound.key
        expressions = [
            predicates.not_before(self._link.key, key, edge, signs=self._order.signs(key, edge))
            for key in taken
        ]
        row = self._connection.first(statements.truth(expressions)) or ()
        return {key for key, is_not_before in zip(taken, row, strict=True) if is_not_before}

    @property
    def _connection(self) -> Connection:
        return self._writer.connection
