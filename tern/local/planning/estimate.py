"""What a statement will cost, as a range: said before anybody decides, scored afterwards (P-37)."""

from collections.abc import Sequence
from typing import TypeVar

from tern.mysql.catalogue import TableSize
from tern.values.plan import Estimate, Verdict

N = TypeVar("N", int, float)

# Rates of table copies where no history of the target is known, bytes a second, and what the
# verification adds to the copy.
SLOW_BYTES_PER_SECOND = 8 * 1024 * 1024
FAST_BYTES_PER_SECOND = 60 * 1024 * 1024
VERIFICATION_AT_LEAST = 1.1
VERIFICATION_AT_MOST = 1.4
DISK_RESERVE = 1.2

_AT_ONCE_SECONDS = 1.0


def estimate_statement(
    verdict: Verdict, size: TableSize | None, *, writes_log: bool
) -> Estimate | None:
    """The cost of one statement on a live table of this size.

    A statement that touches only metadata takes under a second once it has its lock. None where
    nothing can be said: a refused statement.
    """
    match verdict:
        case Verdict.REFUSED:
            return None
        case Verdict.COPY if size is not None:
            return _copy(size, writes_log=writes_log)
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


def _copy(size: TableSize, *, writes_log: bool) -> Estimate:
    disk = size.total_bytes * DISK_RESERVE + (size.data_bytes if writes_log else 0)
    return Estimate(
        rows=size.rows,
        bytes=size.total_bytes,
        disk_needed_bytes=int(disk),
        seconds_low=round(size.total_bytes / FAST_BYTES_PER_SECOND * VERIFICATION_AT_LEAST, 1),
        seconds_high=round(
            size.total_bytes / SLOW_BYTES_PER_SECOND * VERIFICATION_AT_MOST + _AT_ONCE_SECONDS, 1
        ),
        basis="table statistics; no history of copies on this target",
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
