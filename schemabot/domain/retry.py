"""Attempts and their pacing: only failures spend one, a start resets them (Q-43)."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class OutagePolicy:
    """`queue.outage_*`: a target that can't be reached is waited for, and spends no attempt (Q-56).

    Attributes:
        after: An outage that lasted longer counts as one: the apply is parked.
        delay: Between looks from then on; before, they come after 1 s and doubled times.
    """

    after: timedelta = timedelta(seconds=60)
    delay: timedelta = timedelta(seconds=30)

    def next_look(self, lasted: timedelta) -> timedelta:
        """How long until the target is tried again."""
        return self.delay if lasted >= self.after else min(self.delay, max(_FIRST_LOOK, lasted))


_FIRST_LOOK = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """`queue.retry.*`.

    Attributes:
        attempts: In all, the first one included.
        window: A retry overdue by more is failed, not run.
        delays: After attempt 1, 2, ...; the last repeats. Counted from the attempt's start.
        outage: For a target that can't be reached.
    """

    attempts: int = 10
    window: timedelta = timedelta(days=1)
    delays: tuple[timedelta, ...] = tuple(timedelta(seconds=s) for s in (1, 5, 15, 30, 60, 120))
    outage: OutagePolicy = OutagePolicy()

    def delay_after(self, attempt: int) -> timedelta:
        """The delay after the given attempt, from 1."""
        return self.delays[min(attempt, len(self.delays)) - 1]

    def is_spent(self, attempt: int) -> bool:
        """Whether the given attempt was the last one."""
        return attempt >= self.attempts

    def retry_after(self, *, now: datetime, attempt_started_at: datetime, attempt: int) -> datetime:
        """When the next attempt is due: never before now."""
        return max(now, attempt_started_at + self.delay_after(attempt))
