"""Changed keys brought up to date: deleted from the shadow and read anew (E-32)."""

from collections.abc import Sequence

from tern.binlog.watched_table import Key
from tern.engine.online import predicates, statements
from tern.engine.online.delta import Entries
from tern.engine.online.key_order import KeyOrder
from tern.engine.online.lane import Lane
from tern.engine.online.rewriting import Rewriting
from tern.engine.online.row_writer import RowWriter
from tern.engine.online.watermark import Bound
from tern.mysql.connection import Connection


class Replay:
    """Replays keys of one lane over one session."""

    def __init__(self, writer: RowWriter, lane: Lane) -> None:
        self._writer = writer
        self._lane = lane
        self._link = lane.link
        self._order = KeyOrder(lane.link.key)
        self._rewriting = Rewriting(writer, lane)

    def step(self, most: int) -> int:
        """Judge and write some keys; how many are written. What fails returns to the delta."""
        self._judge(most)
        taken = dict(self._lane.delta.take(most))
        if not taken:
            return 0
        left = dict(taken)
        try:
            self._rewriting.write(list(taken), lambda keys: self._done(left, keys))
        finally:
            if left:
                self._lane.delta.failed(left)
        return len(taken) - len(left)

    def _done(self, left: dict[Key, int], keys: Sequence[Key]) -> None:
        """These are committed: they leave the delta at once."""
        self._lane.delta.written({key: left.pop(key) for key in keys})
        for key in keys:
            self._lane.refusals.clear(key)

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
