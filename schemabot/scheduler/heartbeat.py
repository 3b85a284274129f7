"""Keeps the leases of all living drives of this process, and brings what is asked of them.

Two threads, both independent of the event loop, so that a busy loop loses no lease: one beats (and
may hang in a storage call for as long as the driver allows), the other only watches the clock and
ends the trust in time (`trust.py`). Orders come with each beat; a wake brings the next one forward.
Whoever loses a lease is held back for a while (`restraint.py`).
"""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from schemabot.domain.execution import LossReason, Lost, Order, Renewal
from schemabot.domain.ids import ApplyId
from schemabot.domain.lease import Lease, LeaseTerms
from schemabot.offload import Companion
from schemabot.scheduler.restraint import Restraint
from schemabot.scheduler.trust import Clock, Short, Trust, TrustKeeper, boot_seconds

AFTER_FAILURE_SHARE = 0.2
"""Of the heartbeat: how soon a failed beat is repeated; each second by default."""
SMALLEST_GAP_SECONDS = 0.05
SHUTDOWN = "shutdown"
"""The reason of a lease that was given up."""

_LATENESS = frozenset(LossReason)
"""Losses that a beat in time would have prevented; a target may have other reasons to refuse."""
_NOBODYS = Lease(
    apply_id=ApplyId("apply-0000000000000000"),
    owner="probe",
    token="0" * 32,
    epoch=0,
    expires_at=datetime.max.replace(tzinfo=UTC),
)
"""Beaten for where nothing is held: it extends no row, and goes the way of every beat."""

Renew = Callable[[Sequence[Lease]], Renewal]
OnOrders = Callable[[tuple[Order, ...]], None]


class Heartbeat:
    """Beats for every held lease at once.

    Args:
        renew: One batch of beats; blocks, and raises what it likes: nothing is known then.
        terms: How long leases last.
        on_loss: Told of each lost lease once, on either thread.
        on_failure: Told of each beat that failed.
        restraint: Told of every loss and of every beat that was answered.
        clock: The local clock that counts trust windows.
    """

    def __init__(
        self,
        renew: Renew,
        *,
        terms: LeaseTerms,
        on_loss: Callable[[Trust], None],
        on_failure: Callable[[Exception], None],
        restraint: Restraint,
        clock: Clock = boot_seconds,
    ) -> None:
        self._renew = renew
        self._terms = terms
        self._clock = clock
        self._on_loss = on_loss
        self._on_failure = on_failure
        self._restraint = restraint
        self._keeper = TrustKeeper(margin=terms.margin, on_loss=self._note_loss, clock=clock)
        self._on_orders: dict[str, OnOrders] = {}
        self._interval = terms.heartbeat.total_seconds()
        self._is_outage = False
        self._soon = threading.Event()
        self._stopping = threading.Event()
        self._threads = (
            Companion("lease-watch", self._keeper.watch, ask_to_stop=self._keeper.stop),
            Companion("lease-beat", self._beat_until_stopped, ask_to_stop=self._ask_to_stop),
        )

    def start(self) -> None:
        """Start both threads; once."""
        for thread in self._threads:
            thread.start()

    def stop(self, *, within: timedelta) -> bool:
        """End both threads; False when one hangs. Blocks the calling thread."""
        still_running = [t for t in self._threads if not t.stop(within=within)]
        return not still_running

    def hold(self, lease: Lease, *, asked_at: float, on_orders: OnOrders) -> Trust:
        """Keep this lease until `release`.

        Args:
            lease: As claimed.
            asked_at: On the local clock, before the claim was sent: its window counts from there.
            on_orders: Told of all pending requests with each beat, on the beating thread.
        """
        self._on_orders[lease.token] = on_orders
        trust = Trust(
            lease,
            until=asked_at + self._terms.term.total_seconds(),
            when_short=Short(below=self._terms.term / 2, act=self.beat_soon),
            clock=self._clock,
        )
        self._keeper.hold(trust)
        return trust

    def release(self, trust: Trust) -> None:
        """Keep it no longer."""
        self._keeper.release(trust)
        self._on_orders.pop(trust.lease.token, None)
        if trust.lost is None:
            self._restraint.kept()

    def abandon(self, trust: Trust) -> None:
        """Give a lease up as if it were lost; it is left to expire (Q-58)."""
        self._keeper.lose(trust, SHUTDOWN, taken=False)

    def lose(self, trust: Trust, reason: str) -> None:
        """A write or the target refused it: a peer may be driving already."""
        self._keeper.lose(trust, reason, taken=True)

    def beat_soon(self) -> None:
        """Bring the next beat forward: orders may be waiting. Never blocks."""
        self._soon.set()

    def beat(self, *, due: float | None = None) -> bool:
        """Beat once for all held leases; whether something is known now.

        Args:
            due: When it should have been sent, if that was earlier.
        """
        leases = [trust.lease for trust in self._keeper.held()]
        if not leases and not self._restraint.is_held_back:
            return True
        asked_at = self._clock()
        try:
            renewal = self._renew(leases or [_NOBODYS])
        except Exception as error:  # noqa: BLE001 (a failed beat proves nothing: try again)
            self._is_outage = True
            self._on_failure(error)
            return False
        self._extend(renewal, until=asked_at + self._terms.term.total_seconds())
        for lost in renewal.lost:
            self._lose(lost)
        self._is_outage = False
        self._restraint.answered(at=self._clock(), due=asked_at if due is None else due)
        return True

    def _extend(self, renewal: Renewal, *, until: float) -> None:
        for kept in renewal.kept:
            trust = self._keeper.find(kept.lease)
            on_orders = self._on_orders.get(kept.lease.token)
            if trust is None or on_orders is None:
                continue
            trust.extend(lease=kept.lease, until=until)
            if kept.orders:
                on_orders(kept.orders)

    def _lose(self, lost: Lost) -> None:
        trust = self._keeper.find(lost.lease)
        if trust is None:
            return
        is_finished = lost.reason is LossReason.FINISHED
        if not (is_finished and trust.is_ending):
            self._keeper.lose(trust, lost.reason, taken=not is_finished)

    def _note_loss(self, trust: Trust) -> None:
        if trust.lost in _LATENESS:
            self._restraint.lost(at=self._clock(), is_outage=self._is_outage)
        self._on_loss(trust)

    def _beat_until_stopped(self) -> None:
        due = self._clock()
        while not self._stopping.is_set():
            begun = self._clock()
            due = self._await_next(begun) if self.beat(due=due) else self._await_repeat()

    def _await_next(self, begun: float) -> float:
        """Return when the next beat is due, with that instant."""
        due = self._clock() + self._interval
        if self._soon.wait(self._interval):
            self._soon.clear()
            due = max(self._clock(), begun + SMALLEST_GAP_SECONDS)
            self._stopping.wait(max(0.0, due - self._clock()))
        return due

    def _await_repeat(self) -> float:
        wait = self._interval * AFTER_FAILURE_SHARE
        due = self._clock() + wait
        self._stopping.wait(wait)
        return due

    def _ask_to_stop(self) -> None:
        self._stopping.set()
        self._soon.set()
