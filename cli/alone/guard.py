"""The server's locks by which stand-alone runs know of each other, and by which one is let go.

The server frees them when their session ends, however that happens, so none outlives its process.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha1

from tern.engine.fence.claimant import lock_name
from tern.errors import TargetBusy
from tern.mysql import named_lock
from tern.mysql.connect import ConnectParams, connect
from tern.mysql.connection import Connection
from tern.mysql.session import plain_session

# After kill -9 the server needs a moment to see that a session's client is gone.
_LAST_OWNER_GOES_WITHIN = timedelta(seconds=3)
_IDLE_SECONDS = 28_800


@contextmanager
def guarded(params: ConnectParams, schema: str) -> Iterator[Connection]:
    """This process is the only stand-alone run in the schema; the session that shows it.

    Raises:
        TargetBusy: another one is at work.
    """
    with (
        open_session(params) as connection,
        named_lock.held(connection, _alone(schema), wait=_LAST_OWNER_GOES_WITHIN),
    ):
        yield connection


@contextmanager
def open_session(params: ConnectParams) -> Iterator[Connection]:
    """A session for looking and for locks."""
    with connect(
        params, session=lambda flavor: plain_session(flavor).but(wait_timeout=_IDLE_SECONDS)
    ) as connection:
        yield connection


def check_free(connection: Connection, params: ConnectParams, schema: str) -> None:
    """Nobody changes the schema now, or so it was a moment ago; the fence sees to the rest.

    Raises:
        TargetBusy: a service, or a run of another kind, is at work.
    """
    holder = named_lock.holder(connection, lock_name(schema))
    if holder is not None:
        raise TargetBusy(place=f"{params.place}/{schema}", holder=f"session {holder}")


def is_let_go(connection: Connection, schema: str, table: str) -> bool:
    """Whether somebody lets the cutover of this table go, now."""
    return named_lock.holder(connection, release_lock(schema, table)) is not None


def is_at_work(connection: Connection, schema: str) -> bool:
    """Whether a stand-alone run has the schema now."""
    return named_lock.holder(connection, _alone(schema)) is not None


def release_lock(schema: str, table: str) -> str:
    """The lock that is held by whoever lets a cutover go."""
    return f"sb:let:{_digest(schema, table)}"


def _alone(schema: str) -> str:
    return f"sb:alone:{_digest(schema)}"


def _digest(*names: str) -> str:
    return sha1("\0".join(names).encode(), usedforsecurity=False).hexdigest()
