"""Named locks of the server (GET_LOCK): held by one session, freed by the server when it ends."""

from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import timedelta

from tern.errors import ServerUnavailable, TargetBusy
from tern.mysql.connection import Connection

MAX_NAME_CHARACTERS = 64


def take(connection: Connection, name: str, *, wait: timedelta = timedelta(0)) -> bool:
    """Whether the session has the lock now; it holds it until it gives it back or ends."""
    return bool(connection.value("SELECT GET_LOCK(%s, %s)", (name, wait.total_seconds())) == 1)


def give_back(connection: Connection, name: str) -> None:
    """Free the lock; harmless when the session does not hold it."""
    connection.query("SELECT RELEASE_LOCK(%s)", (name,))


def holder(connection: Connection, name: str) -> int | None:
    """The id of the session that holds the lock; None when it is free."""
    found = connection.value("SELECT IS_USED_LOCK(%s)", (name,))
    return None if found is None else int(found)


def is_held(connection: Connection, name: str) -> bool:
    """Whether this very session holds the lock at this moment."""
    return holder(connection, name) == connection.id


@contextmanager
def held(connection: Connection, name: str, *, wait: timedelta = timedelta(0)) -> Generator[None]:
    """Hold the lock for the length of the block.

    Raises:
        TargetBusy: another session, named by its id, kept it longer than `wait`.
    """
    if not take(connection, name, wait=wait):
        other = holder(connection, name)
        who = "another session" if other is None else f"session {other}"
        raise TargetBusy(place=connection.place, holder=f"{who} (lock {name})")
    try:
        yield
    finally:
        with suppress(ServerUnavailable):
            give_back(connection, name)
