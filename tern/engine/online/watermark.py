"""Up to where the key space is handed out, and up to where all of it is copied.

`dispatched` is the end of the last range handed out; `low` the end of the unbroken run of committed
ranges. Both only grow, so an answer that was given by an older one is still true (E-28).
"""

from dataclasses import dataclass
from threading import Lock

from tern.binlog.watched_table import Key
from tern.engine.online.chunk import KeyRange


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """An end of a range on its way through the key space.

    Attributes:
        key: The first key beyond it; None before the first range and after the last.
        is_end: Whether the whole key space lies before it.
    """

    key: Key | None = None
    is_end: bool = False

    @property
    def is_start(self) -> bool:
        """Whether nothing lies before it."""
        return self.key is None and not self.is_end


START = Bound()
END = Bound(is_end=True)


class Watermark:
    """The two bounds of one table. Any thread may read; ranges are handed out one at a time."""

    def __init__(self, low: Bound = START) -> None:
        self._lock = Lock()
        self._dispatched = low
        self._low = low
        self._finished: dict[Key | None, Bound] = {}

    @property
    def dispatched(self) -> Bound:
        """The end of the last range handed out."""
        return self._dispatched

    @property
    def low(self) -> Bound:
        """The end of the unbroken run of committed ranges."""
        return self._low

    @property
    def is_copied(self) -> bool:
        """Whether all ranges are committed."""
        return self._low.is_end

    @property
    def is_dispatched(self) -> bool:
        """Whether all ranges are handed out."""
        return self._dispatched.is_end

    def dispatch(self, upper: Key | None) -> KeyRange:
        """Hand out the range up to this key, or all that is left; before its statement is sent."""
        with self._lock:
            lower = self._dispatched.key
            self._dispatched = END if upper is None else Bound(key=upper)
        return KeyRange(lower=lower, upper=upper)

    def finish(self, key_range: KeyRange) -> bool:
        """The range is committed; whether `low` has moved."""
        with self._lock:
            end = END if key_range.upper is None else Bound(key=key_range.upper)
            self._finished[key_range.lower] = end
            before = self._low
            while not self._low.is_end and self._low.key in self._finished:
                self._low = self._finished.pop(self._low.key)
            return self._low != before

    @property
    def waiting_ranges(self) -> int:
        """How many ranges are committed ahead of an earlier one."""
        return len(self._finished)
