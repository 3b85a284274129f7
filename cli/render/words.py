"""Figures and names as people read them."""

from collections.abc import Sequence
from datetime import datetime

from tern.values.plan import Verdict

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_STEP = 1024
_MINUTE = 60
_HOUR = 3600
_DAY = 86_400


def duration(seconds: float) -> str:
    """`0.4s`, `48s`, `1m 12s`, `2h 05m`, `3d 4h`."""
    if seconds < 10:  # noqa: PLR2004 (below, tenths are worth showing)
        return f"{seconds:.1f}s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole}s"
    if whole < _HOUR:
        return f"{whole // _MINUTE}m {whole % _MINUTE:02d}s"
    if whole < _DAY:
        return f"{whole // _HOUR}h {whole % _HOUR // _MINUTE:02d}m"
    return f"{whole // _DAY}d {whole % _DAY // _HOUR}h"


def span(low: float, high: float) -> str:
    """`4m 00s to 7m 00s`; one figure where both read the same."""
    first, last = duration(low), duration(high)
    return first if first == last else f"{first} to {last}"


def size(count: int) -> str:
    """`1.9 GiB`."""
    value, unit = float(count), _UNITS[0]
    for larger in _UNITS[1:]:
        if value < _STEP:
            break
        value, unit = value / _STEP, larger
    return f"{value:.0f} {unit}" if unit == _UNITS[0] else f"{value:.1f} {unit}"


def rows(count: int) -> str:
    """`1,000,000`."""
    return f"{count:,}"


def counted(count: int, one: str, many: str | None = None) -> str:
    """`1 table`, `2 tables`."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def moment(at: datetime | None) -> str:
    """A time of this machine's own zone, to the second."""
    return "" if at is None else at.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def clock(at: datetime) -> str:
    """The time of day in this machine's own zone."""
    return at.astimezone().strftime("%H:%M:%S")


def cut_middle(text: str, width: int, *, sign: str) -> str:
    """The text in at most `width` cells, cut in the middle where it is longer."""
    if len(text) <= width:
        return text
    if width <= len(sign):
        return text[:width]
    left = (width - len(sign) + 1) // 2
    right = width - len(sign) - left
    return text[:left] + sign + (text[-right:] if right else "")


def listed(words: Sequence[str]) -> str:
    """`a, b and c`."""
    if len(words) < 2:  # noqa: PLR2004 (nothing to join)
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def plain(text: str) -> str:
    """The text without anything that could move a terminal's cursor; line ends stay."""
    return "".join(
        char if char == "\n" or char.isprintable() else f"\\x{ord(char):02x}" for char in text
    )


def state(word: str) -> str:
    """A state as people write it."""
    return word.replace("_", " ")


WAYS = {
    Verdict.INSTANT: "instant",
    Verdict.INPLACE: "in place, the table stays writable",
    Verdict.COPY: "copy",
    Verdict.DIRECT: "direct",
    Verdict.REFUSED: "refused",
}


def way(verdict: str) -> str:
    """How a statement runs, in words; one that nobody here knows stays as it is."""
    return WAYS[Verdict(verdict)] if verdict in set(Verdict) else verdict
