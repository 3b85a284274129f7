"""Leases as this process trusts them: until when, and who is told when the trust ends (Q-26).

A trust window is the lease term counted by the local clock from before the request went out that
the database acknowledged last. So it ends here before the lease expires there, however long the
answer took. At `margin` before its end the lease counts as lost, even if a later beat succeeds.
"""

import logging
import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from schemabot.domain.execution import LossReason
from schemabot.domain.lease import Lease

_log = logging.getLogger(__name__)

_LONGEST_WAIT_SECONDS = 1.0
"""Waits count the monotonic clock, windows the boot clock: after a suspend, look again soon."""

Clock = Callable[[], float]


def boot_seconds() -> float:
    """Seconds on a clock that never jumps and, where the system has one, counts suspend too."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


@dataclass(frozen=True, slots=True, kw_only=True)
class Short:
    """What to do when somebody asks how much is left, and it is little (Q-27). Never blocks."""

    below: timedelta
    act: Callable[[], None]


class Trust:
    """One held lease. Thread-safe; it is the fence that a run gets (T-3).

    Locks: its own, for instants; callbacks run outside it.
    """

    def __init__(
        self, lease: Lease, *, until: float, when_short: Short, clock: Clock = boot_seconds
    ) -> None:
        self.lease = lease
        self._when_short = when_short
        self._clock = clock
        self._until = until
        self._lock = threading.Lock()
        self._lost: str | None = None
        self.is_ending = False  # its drive is storing its end; a beat may find it finished
        self._callbacks: list[Callable[[], None]] = []

    @property
    def epoch(self) -> int:
        """The claim's epoch."""
        return self.lease.epoch

    @property
    def lost(self) -> str | None:
        """Why the lease is no longer ours; None while it is."""
        return self._lost

    @property
    def until(self) -> float:
        """When a peer may take over at the earliest, on the local clock."""
        return self._until

    def remaining(self) -> timedelta:
        """Time until a peer may take over, zero once one may have; when short, a beat is due."""
        left = timedelta(seconds=max(0.0, self._until - self._clock()))
        if left < self._when_short.below and self._lost is None:
            self._when_short.act()
        return left

    def when_lost(self, callback: Callable[[], None]) -> None:
        """Have the callback called once when the lease is lost; at once when it is already."""
        with self._lock:
            if self._lost is None:
                self._callbacks.append(callback)
                return
        callback()

    def extend(self, *, lease: Lease, until: float) -> None:
        """A beat that was sent `term` before `until` was acknowledged; too late once it is lost."""
        with self._lock:
            if self._lost is None and until > self._until:
                self.lease = lease
                self._until = until

    def lose(self, reason: str, *, taken: bool = False) -> bool:
        """It is no longer ours; whether this call was the first to say so.

        Args:
            reason: For log and metrics.
            taken: A peer may be driving already: nothing remains.
        """
        with self._lock:
            if self._lost is not None:
                return False
            self._lost = reason
            if taken:
                self._until = -math.inf
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            _isolated(callback)
        return True


class TrustKeeper:
    """All leases that this process holds; ends the trust in each one in time.

    `watch` is the body of a thread that does nothing else: no storage call, however slow, can
    delay it.
    """

    def __init__(
        self,
        *,
        margin: timedelta,
        on_loss: Callable[[Trust], None],
        clock: Clock = boot_seconds,
    ) -> None:
        self._margin = margin.total_seconds()
        self._on_loss = on_loss
        self._clock = clock
        self._changed = threading.Condition()
        self._held: dict[str, Trust] = {}
        self._is_stopping = False

    def hold(self, trust: Trust) -> None:
        """Keep this lease from now on."""
        with self._changed:
            self._held[trust.lease.token] = trust
            self._changed.notify_all()

    def release(self, trust: Trust) -> None:
        """Keep it no longer; nothing is called."""
        with self._changed:
            self._held.pop(trust.lease.token, None)

    def held(self) -> Sequence[Trust]:
        """Those that are held and not lost."""
        with self._changed:
            return [trust for trust in self._held.values() if trust.lost is None]

    def find(self, lease: Lease) -> Trust | None:
        """The held one with this lease's token."""
        with self._changed:
            return self._held.get(lease.token)

    def lose(self, trust: Trust, reason: str, *, taken: bool) -> None:
        """End the trust in one lease now, and tell everybody once."""
        if trust.lose(reason, taken=taken):
            self._on_loss(trust)

    def end_expired(self) -> float:
        """End the trust in every lease whose margin has begun; seconds until the next one's."""
        nearest = math.inf
        for trust in self.held():
            left = trust.until - self._margin - self._clock()
            if left <= 0:
                self.lose(trust, LossReason.EXPIRED, taken=False)
            else:
                nearest = min(nearest, left)
        return nearest

    def watch(self) -> None:
        """Keep watch until `stop` is called."""
        while not self._is_stopping:
            nearest = self.end_expired()
            with self._changed:
                if not self._is_stopping:
                    self._changed.wait(min(nearest, _LONGEST_WAIT_SECONDS))

    def stop(self) -> None:
        """Have `watch` return soon."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()


def _isolated(callback: Callable[[], None]) -> None:
    try:
        callback()
    except Exception:  # noqa: BLE001 (one callback is isolated from the next)
        _log.exception("a callback for a lost lease failed")
