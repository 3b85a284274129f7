"""Ending another session of the server, and knowing that it is gone."""

from datetime import timedelta
from threading import Event
from time import monotonic

from tern.errors import SchemaBotError
from tern.mysql.connection import Connection
from tern.mysql.error_codes import is_unknown_thread

_LOOK_EVERY_SECONDS = 0.02


def kill_until_gone(connection: Connection, session_id: int, *, within: timedelta) -> bool:
    """Whether the session is gone: not merely told to go, its statement ended, its locks free.

    KILL is repeated until the server no longer knows the id. That takes no right to look at other
    sessions, and one of the same account may always be killed.

    Raises:
        SchemaBotError: the server refused the KILL (another account's session), or was lost.
    """
    deadline = monotonic() + within.total_seconds()
    pause = Event()
    while True:
        try:
            connection.execute(f"KILL {session_id:d}")
        except SchemaBotError as error:
            if is_unknown_thread(error):
                return True
            raise
        if monotonic() >= deadline:
            return False
        pause.wait(_LOOK_EVERY_SECONDS)


def end_statement(connection: Connection, session_id: int) -> None:
    """Tell another session's statement to end; the session stays. Without one nothing happens.

    Raises:
        SchemaBotError: the server refused (another account's session), or was lost.
    """
    try:
        connection.execute(f"KILL QUERY {session_id:d}")
    except SchemaBotError as error:
        if not is_unknown_thread(error):
            raise
