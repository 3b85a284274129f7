"""What the change cost, from what the service and the writers measured (C-37, step 8)."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from rich.text import Text

from cli.demo.ledger import Account
from cli.render.words import duration, rows, span

# Around the moment in which the names were swapped.
_BEFORE_SWAP_SECONDS = 10.0
_AFTER_SWAP_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One apply that has completed.

    Attributes:
        progress: Its document.
        begin: Unix time at which it was asked for; `end`: when watching it ended.
    """

    progress: Mapping[str, Any]
    begin: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Figures; seconds unless the name says otherwise, None where nobody measured."""

    rows: int
    change_seconds: float
    rows_per_second: float
    writes: int
    failed_writes: int
    slowest_commit_seconds: float
    slowest_commit_around_the_swap_seconds: float
    throttled_seconds: float | None
    estimate_low_seconds: float | None
    estimate_high_seconds: float | None
    verified: bool = True

    def document(self) -> dict[str, object]:
        """For programs."""
        return {"type": "result", "exit_code": 0, **asdict(self)}

    def lines(self) -> Iterator[Text]:
        """For people."""
        yield Text("\nWhat it took", style="bold")
        for name, value in self._facts():
            yield Text(f"  {name:<20}{value}")
        words = "Every row is what the applications and the seed say; nothing was lost."
        yield Text(words, style="bold green")

    def _facts(self) -> Iterator[tuple[str, str]]:
        yield "rows", rows(self.rows)
        took = duration(self.change_seconds)
        yield "change", f"{took}, {rows(round(self.rows_per_second))} rows/s with its verification"
        if self.estimate_low_seconds is not None:
            low, high = self.estimate_low_seconds, self.estimate_high_seconds
            yield "estimate was", span(low, high if high is not None else low)
        if self.throttled_seconds is not None:
            yield "throttled", duration(self.throttled_seconds)
        yield "writes meanwhile", f"{rows(self.writes)}, {self.failed_writes} failed in all"
        slowest = self.slowest_commit_seconds
        yield "slowest write", f"{slowest:.3f} s during the change"
        swap = self.slowest_commit_around_the_swap_seconds
        yield "", f"{swap:.3f} s in the {_BEFORE_SWAP_SECONDS:.0f} s around the swap"


def summary(measured: Measured, account: Account, *, rows: int) -> Summary:
    """The figures of a change."""
    progress = measured.progress
    actual = progress.get("actual") or {}
    estimate = progress.get("estimate") or {}
    seconds = float(progress.get("elapsed_seconds") or measured.end - measured.begin)
    swap = _unix(progress.get("completed_at")) or measured.end
    begin, end = swap - _BEFORE_SWAP_SECONDS, swap + _AFTER_SWAP_SECONDS
    return Summary(
        rows=rows,
        change_seconds=round(seconds, 2),
        rows_per_second=round(rows / max(seconds, 0.01), 1),
        writes=account.written_between(measured.begin, measured.end),
        failed_writes=account.failed,
        slowest_commit_seconds=round(account.slowest(measured.begin, measured.end), 4),
        slowest_commit_around_the_swap_seconds=round(account.slowest(begin, end), 4),
        throttled_seconds=actual.get("throttled_seconds"),
        estimate_low_seconds=estimate.get("seconds_low"),
        estimate_high_seconds=estimate.get("seconds_high"),
    )


def _unix(text: str | None) -> float | None:
    return None if text is None else datetime.fromisoformat(text).timestamp()
