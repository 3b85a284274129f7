"""What finished work has taken, and how good its estimate was; nothing read and no clock (E-66)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from schemabot.domain.apply import Task
from tern.values.plan import Estimate
from tern.values.progress import Actual


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How good an estimate was; None where either side is unknown.

    Attributes:
        ratio: Actual seconds / middle of the estimate: 1 is exact.
        is_inside: Whether the actual seconds lie within the estimate.
    """

    ratio: float | None = None
    is_inside: bool | None = None


def score(actual: Actual | None, planned: Estimate | None) -> Score:
    """By the estimate that was made when the work began, else by the plan's."""
    estimate = planned if actual is None else actual.estimate or planned
    if actual is None or estimate is None:
        return Score()
    low, high = estimate.seconds_low, estimate.seconds_high
    if low is None or high is None or low + high <= 0:
        return Score()
    return Score(ratio=actual.seconds / ((low + high) / 2), is_inside=low <= actual.seconds <= high)


def total_actual(tasks: Iterable[Task]) -> Actual | None:
    """The sum of what finished tasks took."""
    actuals = [t.progress.actual for t in tasks if t.progress is not None and t.progress.actual]
    if not actuals:
        return None
    return Actual(
        rows=sum(actual.rows for actual in actuals),
        bytes=sum(actual.bytes for actual in actuals),
        seconds=sum(actual.seconds for actual in actuals),
        throttled_seconds=sum(actual.throttled_seconds for actual in actuals),
        peak_disk_bytes=_greatest([actual.peak_disk_bytes for actual in actuals]),
        phase_seconds=_summed([actual.phase_seconds for actual in actuals]),
        estimate=_estimate([actual.estimate for actual in actuals]),
    )


def _summed(parts: Iterable[Mapping[str, float]]) -> dict[str, float]:
    total: dict[str, float] = {}
    for part in parts:
        for name, seconds in part.items():
            total[name] = total.get(name, 0.0) + seconds
    return total


def _estimate(parts: Sequence[Estimate | None]) -> Estimate | None:
    """Of work that is done one after the other; None where one of them had none."""
    low = [part.seconds_low for part in parts if part and part.seconds_low is not None]
    high = [part.seconds_high for part in parts if part and part.seconds_high is not None]
    if not len(low) == len(high) == len(parts):
        return None
    return Estimate(seconds_low=sum(low), seconds_high=sum(high))


def _greatest(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return max(known) if known else None
