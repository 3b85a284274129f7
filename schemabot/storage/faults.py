"""What an error of the service's own database means: repeat it, or say that storage is gone.

The one place that knows error numbers of storage. What is neither (a broken constraint, a wrong
statement) passes through unchanged, for it is a bug or is handled where it can happen.
"""

import sqlite3

from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from schemabot.domain.errors import StorageUnavailable

_REPEATABLE = frozenset({1213, 1205, 1020})  # deadlock, lock wait over, row changed since read
_LOCK_WAIT_OVER = 1205
_LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


def is_repeatable(error: DBAPIError) -> bool:
    """Whether it is rolled back, or must be, and may run again as a whole (Q-32)."""
    return _number(error) in _REPEATABLE or _is_sqlite_locked(error)


def is_lock_wait(error: DBAPIError) -> bool:
    """Whether a row stayed locked for longer than this connection waits."""
    return _number(error) == _LOCK_WAIT_OVER or _is_sqlite_locked(error)


def is_outage(error: Exception) -> bool:
    """Whether the database did not answer, or could not serve."""
    if isinstance(error, IntegrityError):
        return False
    return isinstance(error, OperationalError | InterfaceError | InternalError | PoolTimeoutError)


def outage_of(error: Exception) -> StorageUnavailable:
    """The error to raise for an outage; has no statement and no value in it."""
    if isinstance(error, PoolTimeoutError):
        return StorageUnavailable(reason="all connections are in use")
    if isinstance(error, DBAPIError) and error.orig is not None:
        return StorageUnavailable(reason=_cause(error.orig))
    return StorageUnavailable(reason=type(error).__name__)


def _cause(original: BaseException) -> str:
    number = original.args[0] if original.args else ""
    words = original.args[1] if len(original.args) > 1 else ""
    said = ": ".join(str(part) for part in (number, words) if part != "")
    return f"{type(original).__name__} {said}".strip()[:300]


def _number(error: DBAPIError) -> int | None:
    arguments = error.orig.args if error.orig is not None else ()
    return arguments[0] if arguments and isinstance(arguments[0], int) else None


def _is_sqlite_locked(error: DBAPIError) -> bool:
    original = error.orig
    if not isinstance(original, sqlite3.OperationalError):
        return False
    code = getattr(original, "sqlite_errorcode", 0)  # the driver's own errors have none
    return code & 0xFF in _LOCKED
