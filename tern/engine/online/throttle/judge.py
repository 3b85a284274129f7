"""Readings against limits: whether to hold back, and what is said of it; pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from tern.engine.online.throttle.dials import Dial, Dials
from tern.engine.online.throttle.limits import Limits

SILENCE_SECONDS = 15.0


class Reason(StrEnum):
    """Why a run holds back, the strongest first."""

    PAUSED = "paused"
    CRITICAL = "critical"
    LAG = "lag"
    THREADS = "threads"
    COMMIT = "commit"
    HISTORY = "history"
    PROBE = "probe"
    SAMPLE = "sample"  # the server could not be asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One reason with its figures.

    Attributes:
        detail: Figure and limit, e.g. `replica lag 2.4 s on db-2:3306, limit 1.5 s`.
    """

    reason: Reason
    detail: str


def find_hold(dials: Dials, limits: Limits, *, now: float) -> Hold | None:
    """The strongest reason to hold back that the readings give; None if there is none."""
    return next(_holds(dials, limits, now), None)


def _holds(dials: Dials, limits: Limits, now: float) -> Iterator[Hold]:
    yield from _critical(dials.threads, limits)
    for dial in dials.replicas.values():
        yield from _lag(dial, limits, now)
    yield from _threads(dials.threads, limits)
    yield from _commit(dials, limits, now)
    yield from _history(dials.history, limits)
    if dials.probe is not None:
        yield from _probe(dials.probe, now)
    if dials.server.silence(now) > SILENCE_SECONDS:
        yield Hold(reason=Reason.SAMPLE, detail=_silent(dials.server, now))


def _critical(dial: Dial, limits: Limits) -> Iterator[Hold]:
    limit = limits.critical_threads
    if limit is not None and dial.last is not None and dial.last.value > limit:
        yield Hold(reason=Reason.CRITICAL, detail=_running(dial.last.value, limit))


def _threads(dial: Dial, limits: Limits) -> Iterator[Hold]:
    limit = limits.threads
    if limit is not None and dial.last is not None and dial.last.value > limit:
        yield Hold(reason=Reason.THREADS, detail=_running(dial.last.value, limit))


def _lag(dial: Dial, limits: Limits, now: float) -> Iterator[Hold]:
    limit = limits.lag.total_seconds()
    if dial.silence(now) > SILENCE_SECONDS:
        yield Hold(reason=Reason.LAG, detail=f"replica {_silent(dial, now)}")
    elif dial.last is not None and dial.last.value > limit:
        detail = f"replica lag {dial.last.value:.1f} s on {dial.name}, limit {limit:g} s"
        yield Hold(reason=Reason.LAG, detail=detail)


def _commit(dials: Dials, limits: Limits, now: float) -> Iterator[Hold]:
    late = dials.commits.late_seconds(now)
    if limits.commit is not None and late is not None and late > limits.commit.total_seconds():
        limit_ms = limits.commit.total_seconds() * 1000
        detail = f"a commit takes {late * 1000:.0f} ms, limit {limit_ms:g} ms"
        yield Hold(reason=Reason.COMMIT, detail=detail)


def _history(dial: Dial, limits: Limits) -> Iterator[Hold]:
    limit = limits.history
    if limit is not None and dial.last is not None and dial.last.value > limit:
        detail = f"the history list is {dial.last.value:,.0f} long, limit {limit:,d}"
        yield Hold(reason=Reason.HISTORY, detail=detail)


def _probe(dial: Dial, now: float) -> Iterator[Hold]:
    if dial.silence(now) > SILENCE_SECONDS:
        yield Hold(reason=Reason.PROBE, detail=_silent(dial, now))
    elif dial.last is not None and dial.last.value > 0:
        said = dial.last.text or "throttle-sql"
        yield Hold(reason=Reason.PROBE, detail=f"{said} is {dial.last.value:g}, limit 0")


def _running(found: float, limit: float) -> str:
    return f"{found:.0f} statements of others run, limit {limit:g}"


def _silent(dial: Dial, now: float) -> str:
    why = f": {dial.error}" if dial.error else ""
    return f"{dial.name} gave no answer for {dial.silence(now):.0f} s{why}"
