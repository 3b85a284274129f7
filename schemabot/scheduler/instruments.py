"""What the scheduler counts (A-59)."""

from collections.abc import Mapping

from schemabot.domain.execution import LossReason
from schemabot.scheduler.copy_instruments import CopyInstruments
from schemabot.scheduler.heartbeat import SHUTDOWN
from schemabot.telemetry.metrics import Counter, Gauge, Histogram, Metric
from schemabot.telemetry.span import Span


class Instruments:
    """The scheduler's metrics; `observe` is a sink that fills those that follow from spans."""

    def __init__(self) -> None:
        self.claims = Counter("claims_total", "Claim rounds by outcome.", labels=["outcome"])
        self.claim_seconds = Histogram(
            "claim_duration_seconds", "Duration of one claim.", labels=["outcome"]
        )
        self.lease_losses = Counter(
            "lease_losses_total", "Leases lost while their apply was driven.", labels=["reason"]
        )
        self.heartbeat_failures = Counter(
            "heartbeat_failures_total", "Beats that failed.", labels=["reason"]
        )
        self.drive_failures = Counter(
            "drive_failures_total", "Drives that failed.", labels=["reason", "retryable"]
        )
        self.applies = Counter(
            "applies_total",
            "Applies that ended, by their owner at the durable write.",
            labels=["database", "environment", "outcome"],
        )
        self.copies = CopyInstruments()
        self._slots: Mapping[tuple[str, ...], float] = {}
        self.worker_slots = Gauge(
            "worker_slots", "Drive slots of this process.", read=self._read_slots, labels=["state"]
        )

    @property
    def all(self) -> tuple[Metric, ...]:
        """Every metric, for the exposition."""
        return (
            self.claims,
            self.claim_seconds,
            self.lease_losses,
            self.heartbeat_failures,
            self.drive_failures,
            self.applies,
            self.worker_slots,
            *self.copies.all,
        )

    def show_slots(self, *, busy: int, held_back: int, count: int) -> None:
        """How many slots are busy, held back (`restraint.py`) and free now."""
        free = count - busy - held_back
        self._slots = {("busy",): busy, ("held_back",): held_back, ("free",): free}

    def note_loss(self, reason: str) -> None:
        """Count a lost lease; the label has few values, so what a write or a target said is one."""
        self.lease_losses.add(reason=reason if reason in _LOSSES else "refused")

    def observe(self, span: Span) -> None:
        """A sink for `Spans`."""
        if span.seconds is None:
            return
        if span.name == "queue.claim":
            outcome = _claim_outcome(span)
            self.claims.add(outcome=outcome)
            self.claim_seconds.observe(span.seconds, outcome=outcome)

    def _read_slots(self) -> Mapping[tuple[str, ...], float]:
        return self._slots


_LOSSES = frozenset({*LossReason, SHUTDOWN})


def _claim_outcome(span: Span) -> str:
    if span.error is not None:
        return "failed"
    return "claimed" if span.fields.get("claimed") else "empty"
