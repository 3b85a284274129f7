"""What is counted of copies, and shown of those that this process drives now (A-59).

Every figure is the difference between two pictures that were stored one after the other, so a
picture that is lost takes nothing with it. A drive that goes on with an earlier one's copy counts
what is copied from then on.
"""

from collections import Counter as Tally
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from schemabot.telemetry.metrics import Counter, Gauge, Histogram, Metric

RATIOS = (0.1, 0.25, 0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 4.0, 10.0)
LOCK_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0)

_PLACE = ("database", "environment")


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyNow:
    """The tables that one drive copies at this moment.

    Attributes:
        phases: Of each table that is under way.
        backlog_keys: Changed keys that are not yet written, of all tables.
        backlog_seconds: Age of the oldest change that is not yet written.
    """

    database: str
    environment: str
    phases: tuple[str, ...]
    backlog_keys: float
    backlog_seconds: float


class CopyInstruments:
    """Rows, time held back, cutovers, and how good estimates were. For the event loop alone."""

    def __init__(self) -> None:
        self.rows = Counter(
            "copy_rows_total", "Rows copied, those copied again included.", labels=_PLACE
        )
        self.throttled_seconds = Counter(
            "copy_throttled_seconds_total",
            "Time in which copies were held back, by the reason.",
            labels=[*_PLACE, "reason"],
        )
        self.cutover_attempts = Counter(
            "cutover_attempts_total", "Tries to swap a table in.", labels=["engine", "outcome"]
        )
        self.cutover_lock_seconds = Histogram(
            "cutover_lock_seconds",
            "How long a try to swap kept everybody from the table.",
            labels=["engine", "outcome"],
            bounds=LOCK_SECONDS,
        )
        self.differences = Counter(
            "verify_differences_total",
            "Rows that a comparison found different, and repaired.",
            labels=_PLACE,
        )
        self.estimate_error_ratio = Histogram(
            "estimate_error_ratio",
            "Seconds taken / middle of the estimate: 1 is exact.",
            labels=["method"],
            bounds=RATIOS,
        )
        self._under_way: dict[Hashable, CopyNow] = {}
        self._copies = Gauge(
            "copies",
            "Tables that this process copies now, by phase.",
            read=self._by_phase,
            labels=["phase"],
        )
        self._backlog_keys = Gauge(
            "copy_backlog_keys",
            "Changed keys that copies have yet to write.",
            read=self._keys,
            labels=_PLACE,
        )
        self._backlog_seconds = Gauge(
            "copy_backlog_seconds",
            "Age of the oldest change that a copy has yet to write.",
            read=self._seconds,
            labels=_PLACE,
        )

    @property
    def all(self) -> tuple[Metric, ...]:
        """Every metric, for the exposition."""
        return (
            self.rows,
            self.throttled_seconds,
            self.cutover_attempts,
            self.cutover_lock_seconds,
            self.differences,
            self.estimate_error_ratio,
            self._copies,
            self._backlog_keys,
            self._backlog_seconds,
        )

    def show(self, drive: Hashable, now: CopyNow | None) -> None:
        """What a drive copies now; None: nothing any more."""
        if now is None:
            self._under_way.pop(drive, None)
        else:
            self._under_way[drive] = now

    def _by_phase(self) -> Mapping[tuple[str, ...], float]:
        return Tally((phase,) for now in self._under_way.values() for phase in now.phases)

    def _keys(self) -> Mapping[tuple[str, ...], float]:
        found: dict[tuple[str, ...], float] = {}
        for now in self._under_way.values():
            place = (now.database, now.environment)
            found[place] = found.get(place, 0) + now.backlog_keys
        return found

    def _seconds(self) -> Mapping[tuple[str, ...], float]:
        found: dict[tuple[str, ...], float] = {}
        for now in self._under_way.values():
            place = (now.database, now.environment)
            found[place] = max(found.get(place, 0), now.backlog_seconds)
        return found
