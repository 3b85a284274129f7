"""The change itself, watched; the service may be killed in the middle and started again."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event

from rich.text import Text

from cli.demo import statements
from cli.demo.stage import Demo
from cli.demo.summary import Measured
from cli.errors import DemoFailed
from cli.exit_codes import ExitCode
from tern.ddl.identifiers import quote
from tern.mysql.connect import connect
from tern.mysql.dsn import parse_dsn
from tern.mysql.session import plain_session

_LOOK_SECONDS = 0.05
_HALF_WAY_SECONDS = 120.0


def apply_change(demo: Demo, arguments: tuple[str, ...]) -> Measured:
    """The apply of the change has completed; what it cost. Raises DemoFailed."""
    demo.show_command(arguments)
    begin = time.time()
    with demo.service.running(*arguments) as watching:
        if demo.settings.crashes:
            with _row_held(demo):
                _wait_half_way(demo)
                _crash(demo)
        status = watching.wait()
    end = time.time()
    demo.check_status(arguments, status, ExitCode.DONE)
    progress = demo.service.newest_apply()
    if progress["state"] != "completed":
        reason = f"watching ended while the schema change was {progress['state']}"
        raise DemoFailed(step="watch the schema change", reason=reason)
    return Measured(progress=progress, begin=begin, end=end)


def _crash(demo: Demo) -> None:
    demo.say(Text("kill -9: the service is gone in the middle of the copy", style="bold red"))
    demo.service.kill()
    demo.service.begin()
    demo.service.await_ready()
    demo.say(Text("`schemabot serve` again: it goes on where the copy was", style="bold green"))


@contextmanager
def _row_held(demo: Demo) -> Iterator[None]:
    """A row in the middle is locked, so that even a quick copy is caught before its end."""
    params = parse_dsn(demo.server.dsn)
    with connect(replace(params), session=plain_session) as session:
        session.execute("START TRANSACTION")
        session.query(statements.HOLD_ONE, (demo.settings.rows // 2,))
        yield
        session.execute("ROLLBACK")


def _wait_half_way(demo: Demo) -> None:
    """Return when the shadow has rows. Raises DemoFailed when it gets none.

    Looked at outside of the holder's transaction: MySQL's catalogue is as old as its snapshot.
    """
    deadline, never = time.monotonic() + _HALF_WAY_SECONDS, Event()
    while time.monotonic() < deadline:
        name = demo.database.value(statements.SHADOW)
        if name is not None and demo.database.value(f"SELECT 1 FROM {quote(str(name))} LIMIT 1"):  # noqa: S608
            return
        never.wait(_LOOK_SECONDS)
    raise DemoFailed(step="wait for half way", reason="no row was copied")
