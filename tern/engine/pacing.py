"""How long a statement may wait for its lock, and how long it stays away before it asks again."""

from dataclasses import dataclass, field
from datetime import timedelta

# On top of the lock wait: for the statement itself and for getting off the target (E-44).
_RESERVE = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacing:
    """The budget of E-45.

    Attributes:
        eager_attempts: So many wait `first_wait` for the lock, the others `later_wait`.
        blocker_age: A session that holds the table for less is expected to be done in time.
    """

    attempts: int = 60
    eager_attempts: int = 5
    first_wait: timedelta = field(default=timedelta(seconds=1))
    later_wait: timedelta = field(default=timedelta(seconds=3))
    first_pause: timedelta = field(default=timedelta(seconds=1))
    longest_pause: timedelta = field(default=timedelta(seconds=60))
    blocker_age: timedelta = field(default=timedelta(seconds=1))

    def lock_wait(self, attempt: int) -> timedelta:
        """How long the attempt, counted from 1, may wait for the lock; whole seconds."""
        return self.first_wait if attempt <= self.eager_attempts else self.later_wait

    def pause(self, attempt: int) -> timedelta:
        """How long to stay away after the attempt, counted from 1."""
        doubled: timedelta = self.first_pause * 2 ** min(attempt - 1, 30)
        return min(doubled, self.longest_pause)

    def lease_need(self, attempt: int) -> timedelta:
        """How much of the lease must be left when the attempt begins."""
        return self.lock_wait(attempt) + _RESERVE
