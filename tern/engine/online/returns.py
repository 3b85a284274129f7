"""How often one drive comes back to its target after it lost it, or had to copy afresh."""

from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from tern.engine.online.errors import TooManyFreshStarts

# A target that is lost more often than this is left to the pacing of whoever drives the run.
_MOST_RETURNS = 10
_MOST_FRESH_STARTS = 2


@dataclass(slots=True, kw_only=True)
class Returns:
    """Counts within one drive; the coordinator's alone.

    Attributes:
        reconnect_for: How long a target that was reached before may be out of reach (E-61).
        must_begin_afresh: Why what is saved is of no use; None where that is to be seen.
    """

    reconnect_for: timedelta
    must_begin_afresh: str | None = None
    _has_stood: bool = False
    _returns: int = 0
    _fresh_starts: int = 0
    _lost_since: float | None = None

    def stand(self) -> None:
        """The target is reached, its locks are held, and no newer run is on record."""
        self._has_stood, self._lost_since = True, None

    @property
    def is_lasting(self) -> bool:
        """Whether the target was sought again since it was lost, and not reached."""
        return self._lost_since is not None

    def may_return(self) -> bool:
        """Whether to seek the target, now that it was lost or could not be reached."""
        if not self._has_stood:
            return False
        if self._lost_since is None:
            self._lost_since = monotonic()
            self._returns += 1
        is_in_time = monotonic() - self._lost_since <= self.reconnect_for.total_seconds()
        return is_in_time and self._returns <= _MOST_RETURNS

    def begin_afresh(self, *, table: str, reason: str) -> None:
        """What was copied is given up and copied once more.

        Raises:
            TooManyFreshStarts: it was twice already; nothing is given up (E-58).
        """
        self.must_begin_afresh = None
        self._fresh_starts += 1
        if self._fresh_starts > _MOST_FRESH_STARTS:
            raise TooManyFreshStarts(table=table, reason=reason)
