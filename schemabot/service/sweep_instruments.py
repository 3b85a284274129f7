"""What housekeeping counts (R-14, queue.md 11)."""

from collections import Counter as Tally
from collections.abc import Iterable, Mapping

from schemabot.storage.invariants import Violation
from schemabot.telemetry.metrics import Counter, Gauge, Metric


class SweepInstruments:
    """Rows that sweeps changed, sweeps that fail, invariants that are broken. Thread-safe."""

    def __init__(self) -> None:
        self._changes = Counter(
            "sweep_changes_total", "Rows that housekeeping changed.", labels=["sweep"]
        )
        self._failures = Counter(
            "sweep_failures_total", "Sweeps that failed and come again.", labels=["sweep"]
        )
        self._violations: Mapping[tuple[str, ...], float] = {}
        self._broken = Gauge(
            "invariant_violations",
            "Broken invariants of the queue at the last check, by number.",
            read=lambda: self._violations,
            labels=["invariant"],
        )

    @property
    def all(self) -> tuple[Metric, ...]:
        """Every metric, for the exposition."""
        return (self._changes, self._failures, self._broken)

    def note_success(self, sweep: str, *, changed: int) -> None:
        """A sweep ended, having changed so many rows."""
        self._changes.add(changed, sweep=sweep)

    def note_failure(self, sweep: str) -> None:
        """A sweep failed."""
        self._failures.add(sweep=sweep)

    def show_violations(self, found: Iterable[Violation]) -> None:
        """What the last check found; those of the check before are forgotten."""
        tally = Tally(str(violation.invariant) for violation in found)
        fresh: dict[tuple[str, ...], float] = {(name,): count for name, count in tally.items()}
        self._violations = {**dict.fromkeys(self._violations, 0.0), **fresh}
