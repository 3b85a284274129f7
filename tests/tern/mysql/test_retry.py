"""Whole transactions are tried again, only after what passes by itself, and not for ever."""

from datetime import timedelta
from threading import Event

import pytest

from tern.errors import Deadlock, LockWaitTimeout, SchemaBotError, ServerUnavailable
from tern.mysql.retry import in_whole

BUSY = LockWaitTimeout(table="t", waited=timedelta(seconds=1))


class Transaction:
    """Fails with each of these errors in turn, then gives its number of tries."""

    def __init__(self, *errors: SchemaBotError) -> None:
        self.errors = list(errors)
        self.tries = 0

    def __call__(self) -> int:
        self.tries += 1
        if self.errors:
            raise self.errors.pop(0)
        return self.tries


def test_a_deadlock_and_a_busy_lock_are_tried_again() -> None:
    assert in_whole(Transaction(Deadlock(place="p"), BUSY)) == 3


def test_the_last_error_comes_out() -> None:
    transaction = Transaction(*[Deadlock(place="p")] * 9)
    with pytest.raises(Deadlock):
        in_whole(transaction, attempts=2)
    assert transaction.tries == 2


def test_a_lost_connection_is_not_tried_again() -> None:
    transaction = Transaction(ServerUnavailable(place="p", reason="lost"))
    with pytest.raises(ServerUnavailable):
        in_whole(transaction)
    assert transaction.tries == 1


def test_stopping_ends_the_pauses() -> None:
    stopping = Event()
    stopping.set()
    transaction = Transaction(BUSY, BUSY)
    with pytest.raises(LockWaitTimeout):
        in_whole(transaction, stopping=stopping)
    assert transaction.tries == 1
