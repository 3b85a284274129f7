"""How long a copy will take and what room it needs, as ranges; pure (P-37, P-38)."""

from collections.abc import Sequence
from dataclasses import dataclass

# Rates of table copies where no history of the target is known, bytes a second, and what the
# verification adds to the copy.
SLOW_BYTES_PER_SECOND = 8 * 1024 * 1024
FAST_BYTES_PER_SECOND = 60 * 1024 * 1024
VERIFICATION_AT_LEAST = 1.1
VERIFICATION_AT_MOST = 1.4
DISK_RESERVE = 1.2

# What the smallest change takes besides: tables made, the log followed, 3 quiet seconds before the
# names are swapped.
LEAST_OVERHEAD_SECONDS = 3.0
MOST_OVERHEAD_SECONDS = 8.0

MOST_COPIES = 20
SMALL_BYTES = 8 * 1024 * 1024
_FEW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRates:
    """Bytes a second that copies are expected to reach at the default volume, data and indexes.

    Attributes:
        copies: How many earlier ones that is known from; 0 where none is.
    """

    slow: float = SLOW_BYTES_PER_SECOND
    fast: float = FAST_BYTES_PER_SECOND
    copies: int = 0

    @property
    def basis(self) -> str:
        """Where the figures come from, for people."""
        if not self.copies:
            return "table statistics; no history of copies on this target"
        return f"table statistics; history of {self.copies} copies on this target"


def rates_from(history: Sequence[float]) -> CopyRates:
    """The 10th to 90th percentile of the last copies' rates, newest first, bytes a second.

    Fewer than three say little: then the bounds for an unknown target are kept where they are
    wider.
    """
    known = sorted(rate for rate in history[:MOST_COPIES] if rate > 0)
    if not known:
        return CopyRates()
    slow, fast = _percentile(known, 0.1), _percentile(known, 0.9)
    if len(known) < _FEW:
        slow, fast = min(slow, SLOW_BYTES_PER_SECOND), max(fast, FAST_BYTES_PER_SECOND)
    return CopyRates(slow=slow, fast=fast, copies=len(known))


def copy_seconds(total_bytes: int, rates: CopyRates, *, speed: float = 1.0) -> tuple[float, float]:
    """From and to, verification and all else included; `total_bytes` are data and indexes.

    `speed` is that of the volume, 1 at the default.
    """
    low = total_bytes / (rates.fast * speed) * VERIFICATION_AT_LEAST + LEAST_OVERHEAD_SECONDS
    high = total_bytes / (rates.slow * speed) * VERIFICATION_AT_MOST + MOST_OVERHEAD_SECONDS
    return round(low, 1), round(high, 1)


def copy_rate(total_bytes: int, seconds: float, *, speed: float) -> float | None:
    """Bytes a second of a copy that took so long, as if at the default volume.

    None for a small table: what it took says nothing of the target.
    """
    if total_bytes < SMALL_BYTES or seconds <= 0:
        return None
    return round(total_bytes / seconds / speed, 1)


def shadow_bytes(total_bytes: int) -> int:
    """What the shadow may need, data and indexes, with a reserve."""
    return int(total_bytes * DISK_RESERVE)


def _percentile(known: Sequence[float], share: float) -> float:
    """Between the two nearest, as far as it lies between them."""
    place = (len(known) - 1) * share
    below = int(place)
    above = min(below + 1, len(known) - 1)
    return known[below] + (known[above] - known[below]) * (place - below)
