"""What a statement will cost, as a range: said before anybody decides, scored afterwards (P-37)."""

from collections.abc import Sequence
from typing import TypeVar

from tern.engine.copy_estimate import CopyRates, copy_seconds, shadow_bytes
from tern.mysql.catalogue import TableSize
from tern.values.plan import Estimate, Verdict

N = TypeVar("N", int, float)

_AT_ONCE_SECONDS = 1.0


def estimate_statement(
    verdict: Verdict, size: TableSize | None, *, writes_log: bool, rates: CopyRates
) -> Estimate | None:
    """The cost of one statement on a live table of this size.

    A statement that touches only metadata takes under a second once it has its lock. None where
    nothing can be said: a refused statement.
    """
    match verdict:
        case Verdict.REFUSED:
            return None
        case Verdict.COPY if size is not None:
            return _copy(size, writes_log=writes_log, rates=rates)
        case _:
            return _at_once(size)


def total(parts: list[Estimate]) -> Estimate | None:
    """The cost of statements that run one after the other; unknown where one of them is."""
    if not parts:
        return None
    return Estimate(
        rows=_sum([part.rows for part in parts]),
        bytes=_sum([part.bytes for part in parts]),
        disk_needed_bytes=max((part.disk_needed_bytes or 0 for part in parts), default=0),
        seconds_low=_sum([part.seconds_low for part in parts]),
        seconds_high=_sum([part.seconds_high for part in parts]),
        basis="; ".join(sorted({part.basis for part in parts if part.basis})),
    )


def _copy(size: TableSize, *, writes_log: bool, rates: CopyRates) -> Estimate:
    low, high = copy_seconds(size.total_bytes, rates)
    return Estimate(
        rows=size.rows,
        bytes=size.total_bytes,
        disk_needed_bytes=shadow_bytes(size.total_bytes) + (size.data_bytes if writes_log else 0),
        seconds_low=low,
        seconds_high=high,
        basis=rates.basis,
    )


def _at_once(size: TableSize | None) -> Estimate:
    return Estimate(
        rows=size.rows if size else None,
        bytes=size.total_bytes if size else None,
        disk_needed_bytes=0,
        seconds_low=0.0,
        seconds_high=_AT_ONCE_SECONDS,
        basis="table statistics; time once the lock is had",
    )


def _sum(values: Sequence[N | None]) -> N | None:
    """The sum; None where one of them is unknown."""
    total_so_far: N | None = None
    for value in values:
        if value is None:
            return None
        total_so_far = value if total_so_far is None else total_so_far + value
    return total_so_far
