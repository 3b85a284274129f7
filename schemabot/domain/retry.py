"""Attempts and their pacing: only failures spend one, a start resets them (Q-43)."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """`queue.retry.*`.

    Attributes:
        attempts: In all, the first one included.
        window: A retry overdue by more is failed, not run.
        delays: After attempt 1, 2, ...; the last repeats. Counted from the attempt's start.
    """

    attempts: int = 10
    window: timedelta = timedelta(days=1)
    delays: tuple[timedelta, ...] = tuple(timedelta(seconds=s) for s in (1, 5, 15, 30, 60, 120))

    def delay_after(self, attempt: int) -> timedelta:
        """The delay after the given attempt, from 1."""
        return self.delays[min(attempt, len(self.delays)) - 1]

    def is_spent(self, attempt: int) -> bool:
        """Whether the given attempt was the last one."""
        return attempt >= self.attempts

    def retry_after(self, *, now: datetime, attempt_started_at: datetime, attempt: int) -> datetime:
        """When the next attempt is due: never before now."""
        return max(now, attempt_started_at + self.delay_after(attempt))
