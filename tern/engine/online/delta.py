"""Changed keys that the shadow does not have yet, and the log position that they hold back (E-29).

A key is, at any moment, one of:

- *unjudged*: kept, and whether it lies beyond what is copied is for the server to say;
- *waiting*: its range is handed out and not yet part of the unbroken copied run;
- *ready*: a replayer may take it;
- *being written*: a replayer has it; received again meanwhile, it is `again`, not handed out twice.

It leaves only when a replay that began after its last receipt has committed. Each entry has the
number of the oldest batch that named it and was not written since. The applied position is that
before the oldest such batch, so it moves whatever waits.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import inf
from threading import Condition, RLock
from time import monotonic

from tern.binlog.position import Position
from tern.binlog.watched_table import Key
from tern.engine.online.key_order import KeyOrder
from tern.engine.online.watermark import Bound, Watermark

Entries = Mapping[Key, int]
"""Keys with the number of the batch that each holds back."""


@dataclass(slots=True, kw_only=True)
class BatchLog:
    """The batches that still have an unwritten key, in order, for all tables of a run together.

    Attributes:
        changed: Something was received or written; its lock is that of all deltas.
        work: A batch of keys may be worth taking; on the same lock, so that what is only received
            wakes no replayer.
    """

    received: Position
    changed: Condition = field(init=False)
    work: Condition = field(init=False)
    _open: dict[int, tuple[Position, int]] = field(default_factory=dict)
    _next: int = 0

    def __post_init__(self) -> None:
        lock = RLock()
        self.changed, self.work = Condition(lock), Condition(lock)

    def wait_for_work(self, seconds: float) -> None:
        """Until a batch may be worth taking, at most so long."""
        with self.work:
            self.work.wait(seconds)

    def begin(self, before: Position) -> int:
        """A number for the next batch; it holds the applied position back until `end`."""
        with self.changed:
            number = self._next
            self._next += 1
            self._open[number] = (before, 1)
            return number

    def end(self, number: int, received: Position) -> None:
        """Everything of the batch is filed."""
        with self.changed:
            self.received = received
            self._drop(number, 1)
            self.changed.notify_all()

    def hold(self, number: int, entries: int) -> None:
        """So many entries carry the number now."""
        before, count = self._open[number]
        self._open[number] = (before, count + entries)

    def release(self, numbers: Iterable[int]) -> None:
        """These entries carry it no more; once per entry."""
        for number in numbers:
            self._drop(number, 1)

    def applied(self) -> Position:
        """Everything before this is in the shadow, or will be by a range yet to be copied."""
        with self.changed:
            first = next(iter(self._open), None)
            return self.received if first is None else self._open[first][0]

    def _drop(self, number: int, entries: int) -> None:
        before, count = self._open[number]
        if count > entries:
            self._open[number] = (before, count - entries)
        else:
            del self._open[number]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ripeness:
    """When keys are worth a transaction: so many, or the oldest has waited so long."""

    keys: int
    linger_seconds: float


AT_ONCE = Ripeness(keys=1, linger_seconds=0.0)


class Delta:
    """The changed keys of one table; one lock, shared by all tables of a run through the log.

    Args:
        log: Shared by all tables of the run.
        order: How keys are compared.
        watermark: Of the same table.
        ripeness: When a batch is worth a transaction.
    """

    def __init__(
        self,
        log: BatchLog,
        *,
        order: KeyOrder,
        watermark: Watermark,
        ripeness: Ripeness = AT_ONCE,
    ) -> None:
        self._log = log
        self._ripeness = ripeness
        self._ripe_at = inf
        self._changed = log.changed
        self._order = order
        self._watermark = watermark
        self._unjudged: dict[Key, int] = {}
        self._waiting: dict[Key, int] = {}
        self._ready: dict[Key, int] = {}
        self._writing: dict[Key, int] = {}
        self._again: dict[Key, int] = {}
        self.keys_received = 0
        self.keys_written = 0

    def __len__(self) -> int:
        with self._changed:
            return sum(map(len, self._all()))

    def is_ripe(self) -> bool:
        """Whether a replayer should take what there is: a whole batch, or one that waited (E-32).

        A transaction for each key would cost the server more than the keys do.
        """
        keys = len(self._ready) + len(self._unjudged)
        return keys >= self._ripeness.keys or (keys > 0 and monotonic() >= self._ripe_at)

    def hasten(self) -> None:
        """Whatever there is, is ripe: somebody waits for it."""
        with self._changed:
            self._ripe_at = -inf
            self._log.work.notify_all()

    def covers(self, key: Key) -> bool:
        """Whether the key is to be written, or being written."""
        with self._changed:
            return any(key in entries for entries in self._all())

    def file(self, keys: Sequence[Key], number: int) -> None:
        """Take in the keys of a batch that has been received.

        A key beyond what is handed out *now*, after its receipt, is dropped: its range is yet to be
        read, and that read will see the change (E-28).
        """
        dispatched = self._watermark.dispatched
        if dispatched.is_start:
            return
        with self._changed:
            self.keys_received += len(keys)
            added = 0
            for key in keys:
                added += self._file(key, number, dispatched=dispatched)
            if added:
                self._log.hold(number, added)
                self._note_work()

    def note_low(self) -> None:
        """The unbroken copied run has grown: what waited for it is ready."""
        low = self._watermark.low
        with self._changed:
            if low.is_end:
                self._ready |= self._waiting
                self._ready |= self._unjudged
                self._waiting, self._unjudged = {}, {}
            else:
                self._sort_waiting(low)
            self._note_work()

    def take(self, most: int) -> Entries:
        """Some ready keys, oldest first, now being written; hand them to `written` or `failed`."""
        with self._changed:
            taken = dict(islice(self._ready.items(), most))
            for key in taken:
                del self._ready[key]
            self._writing |= taken
            self._note_work()
            return taken

    def take_unjudged(self, most: int) -> Entries:
        """Some keys that the server must be asked about; hand them to `judged`."""
        with self._changed:
            taken = dict(islice(self._unjudged.items(), most))
            for key in taken:
                del self._unjudged[key]
            # Whoever asks for coverage must find them.
            self._writing |= taken
            self._note_work()
            return taken

    def judged(self, taken: Entries, *, beyond: set[Key], copied: set[Key]) -> None:
        """The server's word on each: beyond what was handed out, within what is copied, or between.

        Both were asked by bounds read after the keys' receipt.
        """
        with self._changed:
            for key, number in taken.items():
                del self._writing[key]
                if key in beyond and key not in self._again:
                    self._log.release([number])
                    continue
                # Received again while it was judged: what is beyond must be asked anew.
                self._put_back(key, number, self._ready if key in copied else self._unsettled())
            self._note_work()
            self._changed.notify_all()

    def written(self, taken: Entries) -> None:
        """A replay of these keys, begun after they were taken, has committed."""
        with self._changed:
            self.keys_written += len(taken)
            for key in taken:
                del self._writing[key]
                again = self._again.pop(key, None)
                if again is not None:
                    self._ready[key] = again
            self._log.release(taken.values())
            self._note_work()
            self._changed.notify_all()

    def failed(self, taken: Entries) -> None:
        """These keys were not written: they return with their old numbers."""
        with self._changed:
            for key, number in taken.items():
                del self._writing[key]
                self._put_back(key, number, self._ready)
            self._note_work()
            self._changed.notify_all()

    def demand(self, key: Key) -> None:
        """Have a key written again that no event has named."""
        number = self._log.begin(self._log.received)
        with self._changed:
            added = self._file(key, number, dispatched=self._watermark.dispatched)
            if added:
                self._log.hold(number, added)
            self._log.release([number])
            self._note_work()

    def _note_work(self) -> None:
        """The keys that may be taken have changed: since when there are any, and who must know."""
        if not self._ready and not self._unjudged:
            self._ripe_at = inf
            return
        if self._ripe_at == inf:
            self._ripe_at = monotonic() + self._ripeness.linger_seconds
        if self.is_ripe():
            self._log.work.notify()

    def _all(self) -> tuple[dict[Key, int], ...]:
        return self._unjudged, self._waiting, self._ready, self._writing

    def _file(self, key: Key, number: int, *, dispatched: Bound) -> int:
        """Keep, drop or join an older entry; how many entries now carry the number."""
        if key in self._writing:
            if key in self._again:
                return 0
            self._again[key] = number
            return 1
        if key in self._ready or key in self._waiting or key in self._unjudged:
            return 0
        low = self._watermark.low
        if low.is_end:
            self._ready[key] = number
            return 1
        return self._place(key, number, dispatched=dispatched, low=low)

    def _place(self, key: Key, number: int, *, dispatched: Bound, low: Bound) -> int:
        if not dispatched.is_end and dispatched.key is not None:
            sign = self._order.compare(key, dispatched.key)
            if sign is None:
                self._unjudged[key] = number
                return 1
            if sign >= 0:
                return 0
        self._settle(key, number, low)
        return 1

    def _settle(self, key: Key, number: int, low: Bound) -> None:
        """Put a key that lies within what is handed out where it belongs."""
        if low.key is None:
            self._waiting[key] = number
            return
        sign = self._order.compare(key, low.key)
        if sign is None:
            self._unjudged[key] = number
        elif sign < 0:
            self._ready[key] = number
        else:
            self._waiting[key] = number

    def _unsettled(self) -> dict[Key, int]:
        """Where a key goes that lies between the bounds: looked at again when `low` moves."""
        return self._ready if self._watermark.low.is_end else self._waiting

    def _sort_waiting(self, low: Bound) -> None:
        waiting, self._waiting = self._waiting, {}
        for key, number in waiting.items():
            self._settle(key, number, low)

    def _put_back(self, key: Key, number: int, place: dict[Key, int]) -> None:
        again = self._again.pop(key, None)
        if again is not None:
            self._log.release([again])
        place[key] = number
