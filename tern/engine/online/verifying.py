"""One full pass of comparison over all tables of a run (E-43)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Event, Lock
from time import monotonic

from tern.binlog.watched_table import Key
from tern.engine.online.change import Change
from tern.engine.online.chunk import KeyRange
from tern.engine.online.chunk_sizing import ChunkSizing
from tern.engine.online.crew import Squad
from tern.engine.online.doubts import Doubts
from tern.engine.online.lane import Lane, chunker_for
from tern.engine.online.verified import NOTHING, Verified
from tern.engine.online.verify import Comparison, compare
from tern.engine.online.watermark import END, Bound
from tern.errors import LockWaitTimeout
from tern.mysql.connection import Connection
from tern.mysql.session import JOIN_BYTES, data_session

_START_ROWS = 10_000
# A long statement is no cheaper by the row, and at the end all threads wait for the last one.
_SHARES = 64
# What a range may have, so that a join by a hash stays in memory.
_BYTES = JOIN_BYTES // 2
_HELD_SECONDS = 0.05
# In a row, of all threads together; each is as long as a session waits for a lock: 3 s.
_MOST_WAITS = 40
_TARGET = timedelta(seconds=1)


class _Ranges:
    """One table's key space, handed out range by range, and what was found in it.

    The first pass goes on from what counts as compared; a repeated one takes nothing for granted,
    and what differs in it is a doubt to a later run as well.
    """

    def __init__(self, lane: Lane, *, is_repeated: bool, target: timedelta = _TARGET) -> None:
        limits = replace(lane.sizing.limits, bytes=_BYTES).for_rows_of(lane.row_bytes)
        start = max(limits.least, min(_START_ROWS, limits.most))
        most = max(start, min(limits.most, lane.counts.rows_total // _SHARES))
        self._lane = lane
        self._is_repeated = is_repeated
        self._target = target
        self._compared: dict[Key | None, tuple[KeyRange, Comparison]] = {}
        before = NOTHING if is_repeated else lane.verified
        lane.counts.rows_verified = before.rows
        self._lock = Lock()
        self._chunker = chunker_for(lane.link)
        self._sizing = ChunkSizing(limits=replace(limits, start=start, most=most))
        self._lower = before.bound.key
        self._is_at_end = before.bound.is_end
        self._returned: list[tuple[KeyRange, int]] = []
        self._waits = 0
        self.is_given_up = False
        self.doubts = list(before.doubts)

    @property
    def is_handed_out(self) -> bool:
        """Whether `next` has no range any more, unless one is given back."""
        return self.is_given_up or (self._is_at_end and not self._returned)

    def next(self, connection: Connection) -> tuple[KeyRange, int] | None:
        """The next range and how many rows it was meant to have; None when all are handed out."""
        with self._lock:
            if self.is_handed_out:
                return None
            if self._returned:
                return self._returned.pop()
            rows = self._sizing.rows
            upper = self._chunker.next_upper(connection, self._lower, rows)
            key_range = KeyRange(lower=self._lower, upper=upper)
            self._lower, self._is_at_end = upper, upper is None
            return key_range, rows

    def give_back(self, given: tuple[KeyRange, int]) -> bool:
        """A range could not be compared now; whether that may be tried again."""
        with self._lock:
            self._returned.append(given)
            self._waits += 1
            return self._waits < _MOST_WAITS

    def note(self, given: tuple[KeyRange, int], found: Comparison, *, seconds: float) -> None:
        """A range was compared."""
        key_range, rows = given
        with self._lock:
            self.doubts += found.doubts
            self._lane.counts.rows_verified += found.rows
            self._keep(key_range, found)
            self._waits = 0
            self._sizing.note(timedelta(seconds=seconds), rows=rows, target=self._target)
            self._chunker.note(key_range.lower, key_range.upper, rows=found.rows)

    def _keep(self, key_range: KeyRange, found: Comparison) -> None:
        """Have the checkpoint say so, once nothing before the range is left."""
        lane = self._lane
        if self._is_repeated:
            lane.verified = lane.verified.doubting(found.doubts)
            return
        self._compared[key_range.lower] = key_range, found
        while not lane.verified.bound.is_end and lane.verified.bound.key in self._compared:
            done, known = self._compared[lane.verified.bound.key]
            bound = END if done.upper is None else Bound(key=done.upper)
            further = lane.verified.up_to(bound, doubts=known.doubts, rows=known.rows)
            if further is None:
                return
            del self._compared[done.lower]
            lane.verified = further


class _Comparing:
    """Compares ranges until none is left."""

    def __init__(self, change: Change, lane: Lane, ranges: _Ranges) -> None:
        self._change = change
        self._lane = lane
        self._ranges = ranges

    def __call__(self, leaving: Event) -> None:
        """Until all ranges are handed out, or told to leave."""
        with self._change.ground.sessions.open(data_session) as connection:
            while not leaving.is_set():
                if not self._change.brake.may_verify:
                    leaving.wait(_HELD_SECONDS)
                    continue
                given = self._ranges.next(connection)
                if given is None:
                    return
                seconds = self._compare(connection, given)
                leaving.wait(seconds * self._change.pace.rest)

    def _compare(self, connection: Connection, given: tuple[KeyRange, int]) -> float:
        begun = monotonic()
        try:
            found = compare(connection, self._lane.link, given[0])
        except LockWaitTimeout:
            # DDL has the shadow to itself, or waits for that.
            if not self._ranges.give_back(given):
                raise
            return 0.0
        seconds = monotonic() - begun
        self._ranges.note(given, found, seconds=seconds)
        return seconds


def verify_all(change: Change) -> None:
    """Each row of each table was seen equal, now or after what was on its way had come.

    Raises:
        Diverged: rows differ that nobody changed.
    """
    for lane in change.lanes:
        doubts = _compare_all(
            change,
            lane,
            _Ranges(lane, is_repeated=False),
            threads=lambda: change.pace.copiers,
            is_wanted=lambda: True,
        )
        _settle(change, lane, doubts)
        lane.verified = Verified(bound=END, rows=lane.counts.rows_verified)


def compare_meanwhile(change: Change, lane: Lane, *, is_wanted: Callable[[], bool]) -> None:
    """Compare rows while the run waits for something else; `verify_all` goes on from there.

    With half the threads, and statements that are over soon: what the run waits for needs the
    shadow to itself for a moment.
    """
    _compare_all(
        change,
        lane,
        _Ranges(lane, is_repeated=False, target=change.pace.chunk_target),
        threads=lambda: max(change.pace.copiers // 2, 1),
        is_wanted=is_wanted,
    )


def verify_again(change: Change, *, is_wanted: Callable[[], bool]) -> None:
    """Another pass with one thread, broken off when it is not wanted any more (E-43).

    Whatever differed in it until then is settled.

    Raises:
        Diverged: rows differ that nobody changed.
    """
    for lane in change.lanes:
        before = lane.verified
        ranges = _Ranges(lane, is_repeated=True)
        doubts = _compare_all(change, lane, ranges, threads=lambda: 1, is_wanted=is_wanted)
        _settle(change, lane, doubts)
        lane.verified = before


def settle_samples(change: Change) -> None:
    """Rows that differed as soon as they were copied are equal now (E-23).

    Raises:
        Diverged: rows differ that nobody changed.
    """
    for lane in change.lanes:
        doubts = lane.take_doubts()
        if doubts:
            _settle(change, lane, doubts)


def _settle(change: Change, lane: Lane, doubts: list[Key]) -> None:
    lane.counts.doubts = len(doubts)
    Doubts(change, lane).settle(doubts)
    lane.counts.doubts = 0


def _compare_all(
    change: Change,
    lane: Lane,
    ranges: _Ranges,
    *,
    threads: Callable[[], int],
    is_wanted: Callable[[], bool],
) -> list[Key]:
    squad = Squad(change.crew, "verify", _Comparing(change, lane, ranges))

    def is_done() -> bool:
        # Asked first: who is still at work may give his range back.
        is_idle = squad.is_done
        if ranges.is_handed_out:
            return is_idle
        if not is_wanted():
            ranges.is_given_up = True
            return False
        squad.resize(threads())
        return False

    change.wait_until(is_done)
    change.crew.check()
    return ranges.doubts
