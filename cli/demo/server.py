"""The demonstration's one door to private servers and guarded processes.

Whatever way this process ends, the database server, the service and both directories go with it:
each belongs to a guardian process that sees this one end.
"""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex
from typing import IO
from urllib.parse import urlsplit, urlunsplit

from cli.demo.leftovers import PREFIX
from cli.errors import DemoFailed
from integration.servers.errors import ServersError
from integration.servers.gate import start_beside, start_watched
from integration.servers.guard import Guard
from integration.servers.throwaway import throwaway_server
from tern.mysql.connect import connect
from tern.mysql.dsn import parse_dsn
from tern.mysql.server import read_server
from tern.mysql.session import plain_session

_STOP_SECONDS = 15.0
_SCHEMA = "shop"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseServer:
    """Where the shop's schema is made.

    Attributes:
        dsn: The schema's address as configuration has it; may hold a password.
        keep: Leaves a private server running when the demonstration ends; None for one that was
            there before.
        directory: A private server's own; None for one that was there before.
    """

    vendor: str
    version: str
    schema: str
    dsn: str
    keep: Callable[[], None] | None = None
    directory: Path | None = None


class GuardedFolder:
    """A directory of the demonstration's own, and one process that lives no longer than it."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._process: subprocess.Popen[bytes] | None = None
        self.path = guard.directory

    @property
    def has_ended(self) -> bool:
        """Whether the process has ended by itself."""
        return self._process is not None and self._process.poll() is not None

    def start(self, command: Sequence[str], *, output: Path) -> None:
        """Run a command in a session of its own, its output in a file."""
        self._process = start_watched(command, guard=self._guard, output=output)

    @contextmanager
    def beside(
        self, command: Sequence[str], *, env: Mapping[str, str], output: IO[str] | None
    ) -> Iterator["subprocess.Popen[bytes]"]:
        """A command on this terminal, which has ended when the block has, or this process."""
        process = start_beside(command, guard=self._guard, env=env, output=output)
        try:
            yield process
        finally:
            _end(process)

    def kill(self) -> None:
        """End the process as SIGKILL does."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def keep(self) -> None:
        """The directory stays, without its process."""
        self.stop()
        self._guard.keep()

    def stop(self) -> None:
        """End the process in order; by force when that takes too long."""
        if self._process is None:
            return
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=_STOP_SECONDS)
        self.kill()


def _end(process: "subprocess.Popen[bytes]") -> None:
    """In order, so that it gives the terminal back as it was; by force when that takes too long."""
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=_STOP_SECONDS)
        process.kill()
    process.wait()


@contextmanager
def private_server(program: Path | None, *, place: Path | None) -> Iterator[DatabaseServer]:
    """A running server of the first usable program, or of the named one.

    Raises:
        DemoFailed: there is none, or it does not start; says what to do.
    """
    starting = throwaway_server(program=program, place=place)
    with _told("start a database server"), starting as server:
        yield DatabaseServer(
            vendor=str(server.flavor),
            version=str(server.version),
            schema=_SCHEMA,
            dsn=f"{server.flavor}://{server.user}@{server.host}:{server.port}/{_SCHEMA}",
            keep=server.keep,
            directory=server.directory,
        )


def server_at(dsn: str) -> DatabaseServer:
    """A server that is there already; the shop gets a schema of its own on it.

    Raises:
        SchemaBotError: the address can't be read, or the server not be reached.
    """
    with connect(replace(parse_dsn(dsn), schema=None), session=plain_session) as connection:
        found = read_server(connection).flavor
    schema = f"{PREFIX}{token_hex(4)}"
    return DatabaseServer(
        vendor="mariadb" if found.is_mariadb() else "mysql",
        version=str(found).partition(" ")[2],
        schema=schema,
        dsn=urlunsplit(urlsplit(dsn)._replace(path=f"/{schema}")),
    )


@contextmanager
def guarded_folder(place: Path) -> Iterator[GuardedFolder]:
    """A directory and a place for one process, both gone afterwards."""
    with _told("make a directory"), Guard(place) as guard:
        folder = GuardedFolder(guard)
        try:
            yield folder
        finally:
            folder.stop()


@contextmanager
def _told(step: str) -> Iterator[None]:
    try:
        yield
    except ServersError as error:
        raise DemoFailed(step=step, reason=str(error)) from error
