"""The one policy for trying again: whole transactions, only what passes by itself, bounded."""

from collections.abc import Callable
from datetime import timedelta
from random import uniform
from threading import Event
from typing import TypeVar

from tern.errors import Deadlock, LockWaitTimeout

T = TypeVar("T")

ATTEMPTS = 5
FIRST_PAUSE = timedelta(milliseconds=50)
LONGEST_PAUSE = timedelta(seconds=1)


def in_whole(
    transaction: Callable[[], T], *, attempts: int = ATTEMPTS, stopping: Event | None = None
) -> T:
    """The transaction's result, run again as a whole after a deadlock or a lock it did not get.

    A lost connection is not tried again: what it did is unknown, and whoever owns the connection
    must look first. Setting `stopping` ends the pauses and lets the last error out.

    Raises:
        Deadlock, LockWaitTimeout: as often as was tried; or anything else at once.
    """
    wait = stopping or Event()
    for attempt in range(1, attempts):
        try:
            return transaction()
        except (Deadlock, LockWaitTimeout):
            if wait.wait(_pause_seconds(attempt)):
                raise
    return transaction()


def _pause_seconds(attempt: int) -> float:
    longest = min(FIRST_PAUSE * 2.0 ** (attempt - 1), LONGEST_PAUSE)
    return uniform(0.5, 1) * longest.total_seconds()  # noqa: S311  # spreads rivals, hides nothing
