"""How many rows the next range should have, from what the last ones took (E-23); pure."""

from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta

_LATE_PERCENTILE = 0.9
_FAR_TOO_LATE = 5
# A size is doubled after so few statements if each took less than this share of the target.
_FEW = 4
_FAR_TOO_EARLY = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeLimits:
    """Options `chunk-rows` and `chunk-bytes`."""

    start: int = 1_000
    least: int = 10
    most: int = 100_000
    bytes: int = 32 << 20

    def for_rows_of(self, average_bytes: int) -> "SizeLimits":
        """The same where a row has so many bytes."""
        most = max(self.least, min(self.most, self.bytes // max(average_bytes, 1)))
        return SizeLimits(
            start=min(self.start, most), least=self.least, most=most, bytes=self.bytes
        )


@dataclass(slots=True, kw_only=True)
class ChunkSizing:
    """The size for the ranges to come; asked and told under the dispatcher's lock.

    Attributes:
        rows: The size now.
    """

    limits: SizeLimits
    rows: int = 0
    seconds: deque[float] = field(default_factory=deque)
    sample: int = 10
    growth: float = 1.5

    def __post_init__(self) -> None:
        self.rows = self.rows or self.limits.start

    def note(self, took: timedelta, *, rows: int, target: timedelta) -> None:
        """A statement for a range of this size took so long, throttle and queue left out."""
        if rows != self.rows:
            return
        if took > target * _FAR_TOO_LATE:
            self._resize(self.rows // 10)
            return
        self.seconds.append(took.total_seconds())
        if (
            len(self.seconds) >= _FEW
            and max(self.seconds) < target.total_seconds() * _FAR_TOO_EARLY
        ):
            self._resize(self.rows * 2)
            return
        if len(self.seconds) < self.sample:
            return
        late = sorted(self.seconds)[int(len(self.seconds) * _LATE_PERCENTILE) - 1]
        factor = target.total_seconds() / max(late, 1e-4)
        self._resize(int(self.rows * min(factor, self.growth)))

    @property
    def is_at_most(self) -> bool:
        """Whether the size can't grow."""
        return self.rows >= self.limits.most

    def _resize(self, rows: int) -> None:
        self.rows = max(self.limits.least, min(self.limits.most, rows))
        self.seconds.clear()
