"""A lease on an apply: expiry says who may claim, token who may write, epoch who is newer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from schemabot.domain.ids import ApplyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """What every worker-side storage method takes instead of an id (Q-21, Q-22).

    Attributes:
        owner: `host/pid/boot/slot`, for people only.
        token: 128 random bits as hex, drawn per claim: proves who may write.
        epoch: Grows by one with each claim of the row, never reset.
        expires_at: By the database's clock, aware UTC.
    """

    apply_id: ApplyId
    owner: str
    token: str
    epoch: int
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseTerms:
    """How long leases last and how they are kept (`queue.lease.*`).

    Invariant: heartbeat <= term / 3 and 2 * heartbeat + margin <= term.
    """

    term: timedelta = timedelta(seconds=15)
    heartbeat: timedelta = timedelta(seconds=5)
    margin: timedelta = timedelta(seconds=5)

    def problems(self) -> tuple[str, ...]:
        """What is wrong with these terms; empty when they hold."""
        found = []
        if self.heartbeat * 3 > self.term:
            found.append("queue.lease.heartbeat must be at most a third of queue.lease.term")
        if self.heartbeat * 2 + self.margin > self.term:
            found.append("2 * queue.lease.heartbeat + queue.lease.margin must fit in the term")
        return tuple(found)
