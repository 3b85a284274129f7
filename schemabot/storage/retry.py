"""A whole transaction again, at most five times: the only retry that storage has (Q-32)."""

from collections.abc import Callable
from random import SystemRandom
from threading import Event
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from schemabot.storage.faults import is_repeatable, outage_of

T = TypeVar("T")

REPEATS = 5
SHORTEST_PAUSE_SECONDS = 0.005
LONGEST_PAUSE_SECONDS = 0.080

_random = SystemRandom()


def repeat_transaction(transaction: Callable[[], T]) -> T:
    """What the transaction gives, run again after a deadlock, a lock wait or a busy database.

    Raises:
        StorageUnavailable: it met one of them six times running.
    """
    for _ in range(REPEATS):
        try:
            return transaction()
        except DBAPIError as error:
            if not is_repeatable(error):
                raise
        _pause()
    try:
        return transaction()
    except DBAPIError as error:
        if is_repeatable(error):
            raise outage_of(error) from error
        raise


def _pause() -> None:
    Event().wait(_random.uniform(SHORTEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS))
