"""A process that could not keep its leases claims nothing, then little, then as before.

Where processes starve (for processor time, for answers of the storage), each claims, is late with
its beats, loses the lease and claims again: all are busy and nothing gets done. So whoever lost a
lease by being late holds back until it has shown that it can keep one:

    as before --loss--> nothing --the pause is over and a beat was on time--> one slot
        ^                  ^                                                      |
        |                  +------------------------loss--------------------------+
        +------------ slots doubled after each term of beats on time -------------+

A pause lasts a term, doubled with each further loss; one drive that keeps its lease to its end,
claimed as before, makes the next one short again. While it is held back a process beats although
it may hold nothing, so that there is something to judge. A beat is on time when a lease would have
been kept by it.

A loss while the storage gives errors is no sign of a process that is late: then claims only wait
for the first beat that is answered in time. A loss costs a process's peers nothing.
"""

import threading
from collections.abc import Callable

import structlog

from schemabot.domain.lease import LeaseTerms

_log = structlog.stdlib.get_logger(__name__)

LONGEST_PAUSE_TERMS = 8


class Restraint:
    """How many slots of this process may be used now. Thread-safe; times are of the local clock.

    Args:
        terms: How long leases last.
        slots: How many there are.
        on_change: Told that `allowed` may have changed; called outside of the lock, on any thread.
    """

    def __init__(self, *, terms: LeaseTerms, slots: int, on_change: Callable[[], None]) -> None:
        self._term = terms.term.total_seconds()
        self._leeway = (terms.term - terms.margin - terms.heartbeat).total_seconds()
        self._slots = slots
        self._on_change = on_change
        self._lock = threading.Lock()
        self._allowed = slots
        self._next_allowed = slots
        self._losses = 0
        self._due = 0.0

    @property
    def allowed(self) -> int:
        """How many slots may be used."""
        return self._allowed

    @property
    def is_held_back(self) -> bool:
        """Whether beats are judged, so that they are needed where no lease is held, too."""
        return self._allowed < self._slots

    def lost(self, *, at: float, is_outage: bool) -> None:
        """A lease was lost; several that are lost together count once.

        Args:
            at: When.
            is_outage: The last beat was not late: the storage answered it with an error.
        """
        with self._lock:
            is_known = self._allowed == 0 and (is_outage or self._next_allowed == 1)
            if is_known:
                return
            self._next_allowed = self._allowed if is_outage else 1
            self._allowed = 0
            self._losses += not is_outage
            pause = 0.0 if is_outage else self._pause
            self._due = at + pause
        _log.warning("claims.held_back", losses=self._losses, pause_seconds=pause)
        self._on_change()

    def answered(self, *, at: float, due: float) -> None:
        """A beat was answered.

        Args:
            at: When.
            due: When it should have been sent.
        """
        with self._lock:
            if self._allowed == self._slots:
                return
            if at - due > self._leeway:
                self._due = max(self._due, at + self._term * (self._allowed > 0))
                return
            if at < self._due:
                return
            self._allowed = self._next_allowed
            self._next_allowed = min(2 * self._allowed, self._slots)
            self._due = at + self._term
        _log.warning("claims.allowed", slots=self._allowed, of=self._slots)
        self._on_change()

    def kept(self) -> None:
        """A drive has ended, and its lease was kept until then."""
        with self._lock:
            if self._allowed == self._slots:
                self._losses = 0

    @property
    def _pause(self) -> float:
        longest = LONGEST_PAUSE_TERMS * self._term
        return min(self._term * 2.0 ** (self._losses - 1), longest)
