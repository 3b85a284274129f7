"""Whether the threads of a run may send their next statement; set by one, asked by all."""

from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic

from tern.engine.online.throttle.dials import Dials
from tern.engine.online.throttle.judge import Hold, Reason, find_hold
from tern.engine.online.throttle.limits import Limits
from tern.values.progress import Throttle

_FULL_STOP = frozenset({Reason.PAUSED, Reason.CRITICAL})
_BEFORE_CUTOVER = _FULL_STOP | {Reason.LAG}


@dataclass(slots=True, kw_only=True)
class Brake:
    """What holds the run back now; the coordinator sets it, any thread asks.

    Attributes:
        held_seconds: How long copying was held back so far, all reasons together.
    """

    dials: Dials
    critical_for: timedelta
    hold: Hold | None = None
    since: float = 0.0
    held_seconds: float = 0.0
    _looked: float = field(default_factory=monotonic)

    def set(self, limits: Limits, *, paused: str | None) -> None:
        """Judge the readings of this moment; `paused` says why the run is told to pause."""
        now = monotonic()
        if self.hold is not None:
            self.held_seconds += now - self._looked
        self._looked = now
        found = find_hold(self.dials, limits, now=now)
        if paused is not None:
            found = Hold(reason=Reason.PAUSED, detail=paused)
        if found is None or self.hold is None or found.reason is not self.hold.reason:
            self.since = now
        self.hold = found

    @property
    def may_copy(self) -> bool:
        """Whether a copier may send its next statement."""
        return self.hold is None

    @property
    def may_verify(self) -> bool:
        """Whether a verifier may; a replica's lag is no matter of reading."""
        hold = self.hold
        return hold is None or hold.reason is Reason.LAG

    @property
    def may_replay(self) -> bool:
        """Whether a replayer may."""
        hold = self.hold
        return hold is None or hold.reason not in _FULL_STOP

    def replayers(self, wanted: int) -> int:
        """How many replayers there should be."""
        return wanted if self.hold is None else 1

    def gate_reason(self) -> str | None:
        """Why the names should not be swapped now."""
        hold = self.hold
        return None if hold is None or hold.reason not in _BEFORE_CUTOVER else hold.detail

    def overload(self) -> str | None:
        """What is critical, if it was so for too long without relief."""
        hold = self.hold
        if hold is None or hold.reason is not Reason.CRITICAL:
            return None
        is_lasting = monotonic() - self.since > self.critical_for.total_seconds()
        return hold.detail if is_lasting else None

    def shown(self) -> Throttle | None:
        """The same for progress."""
        hold = self.hold
        if hold is None:
            return None
        held = round(monotonic() - self.since, 1)
        return Throttle(reason=str(hold.reason), detail=hold.detail, since_seconds=held)
