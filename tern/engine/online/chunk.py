"""A stretch of the change key, from its lower end inclusive to its upper end exclusive (E-20)."""

from dataclasses import dataclass

from tern.binlog.watched_table import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRange:
    """Keys k with lower <= k < upper; None leaves an end open.

    Ranges partition the whole key space: the first is open below, the last open above.
    """

    lower: Key | None = None
    upper: Key | None = None

    def cut(self, at: Key) -> "tuple[KeyRange, KeyRange]":
        """The range in two pieces; the key itself is in the second."""
        return KeyRange(lower=self.lower, upper=at), KeyRange(lower=at, upper=self.upper)


EVERYTHING = KeyRange()
