"""The demonstration's one door to private servers and guarded processes.

Whatever way this process ends, the database server, the service and both directories go with it:
each belongs to a guardian process that sees this one end.
"""

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cli.errors import DemoFailed
from integration.servers.errors import ServersError
from integration.servers.gate import start_watched
from integration.servers.guard import Guard
from integration.servers.throwaway import throwaway_server

_STOP_SECONDS = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseServer:
    """A private server; its root needs no password."""

    vendor: str
    version: str
    host: str
    port: int
    user: str

    def dsn(self, schema: str) -> str:
        """The address of a schema on it, as configuration has it."""
        return f"{self.vendor}://{self.user}@{self.host}:{self.port}/{schema}"


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

    def kill(self) -> None:
        """End the process as SIGKILL does."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def stop(self) -> None:
        """End the process in order; by force when that takes too long."""
        if self._process is None:
            return
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=_STOP_SECONDS)
        self.kill()


@contextmanager
def private_server(program: Path | None) -> Iterator[DatabaseServer]:
    """A running server of the first usable program, or of the named one.

    Raises:
        DemoFailed: there is none, or it does not start; says what to do.
    """
    with _told("start a database server"), throwaway_server(program=program) as server:
        yield DatabaseServer(
            vendor=str(server.flavor),
            version=str(server.version),
            host=server.host,
            port=server.port,
            user=server.user,
        )


@contextmanager
def guarded_folder(environ: Mapping[str, str]) -> Iterator[GuardedFolder]:
    """A directory and a place for one process, both gone afterwards."""
    place = Path(environ.get("TMPDIR") or tempfile.gettempdir())
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
