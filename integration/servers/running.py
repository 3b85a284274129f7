"""The process of one server: started with an answer awaited, stopped in order, or killed."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from integration.servers.errors import ServerFailedError
from integration.servers.gate import start_watched
from integration.servers.greeting import greeted_version
from integration.servers.guard import Guard
from integration.servers.options import Layout

ANSWER_SECONDS = 60.0
INITIALISE_SECONDS = 120.0
STOP_SECONDS = 60.0
LOOK_SECONDS = 0.02
TAIL_LINES = 20
DENIED = ("permission denied", "errno: 13", "errcode: 13", "errno 13")
CONFINED = (
    "\nAccess to a file was denied. If its owner and mode are right, AppArmor or SELinux confines "
    "the server (see `aa-status`, `getenforce`): allow it this directory, or name another."
)


class ServerProcess:
    """The process that serves from one directory; at most one at a time."""

    def __init__(self, *, layout: Layout, guard: Guard) -> None:
        self._layout = layout
        self._guard = guard
        self._process: subprocess.Popen[bytes] | None = None
        self._logged_before = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self._guard.is_kept:
            self.kill()

    @property
    def pid(self) -> int | None:
        """Number of the running process; None while it is stopped and after it ended by itself."""
        if self._process is None or self._process.poll() is not None:
            return None
        return self._process.pid

    def initialise(self, command: Sequence[str]) -> None:
        """Make the data directory.

        Raises:
            ServerFailedError: the program failed, or took longer than two minutes.
        """
        process = self._begin(command)
        try:
            status = process.wait(timeout=INITIALISE_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise self._failure("the data directory was not ready in time") from None
        if status != 0:
            raise self._failure(f"making the data directory ended with status {status}")

    def start(self, command: Sequence[str]) -> None:
        """It serves, and an answer was seen, when this returns; a running one is left as it is.

        Raises:
            ServerFailedError: it ended, or gave no answer within 60 seconds; it is dead then.
        """
        if self.pid is not None:
            return
        self._remove_old_socket()
        process = self._begin(command)
        deadline = time.monotonic() + ANSWER_SECONDS
        while greeted_version(self._layout.socket) is None:
            try:
                status = process.wait(timeout=LOOK_SECONDS)
            except subprocess.TimeoutExpired:
                if time.monotonic() < deadline:
                    continue
                self.kill()
                raise self._failure(f"no answer within {ANSWER_SECONDS:.0f} seconds") from None
            raise self._failure(f"the server ended with status {status} before it answered")

    def stop(self) -> None:
        """The server has shut down in order; nothing happens when it isn't running.

        Raises:
            ServerFailedError: it didn't end within 60 seconds, and was killed.
        """
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise self._failure("no orderly end in time; the server was killed") from None

    def kill(self) -> None:
        """The server is dead, as after SIGKILL; nothing happens when it isn't running."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _begin(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        log = self._layout.error_log
        self._logged_before = log.stat().st_size if log.exists() else 0
        self._process = start_watched(command, guard=self._guard, output=self._layout.output)
        return self._process

    def _remove_old_socket(self) -> None:
        """A killed server leaves its lock file, which a stranger of its number would hold."""
        for old in self._layout.directory.glob(f"{self._layout.socket.name}*"):
            old.unlink()

    def _failure(self, what: str) -> ServerFailedError:
        log = self._layout.error_log
        text = _read(log)[self._logged_before :]
        if not text.strip():
            log = self._layout.output
            text = _read(log)
        lines = text.decode(errors="replace").splitlines()
        # In all of it: a server that crashes over a denial writes a long trace behind it.
        is_denied = any(word in line.lower() for word in DENIED for line in lines)
        return ServerFailedError(
            what=what, log=log, lines=lines[-TAIL_LINES:], hint=CONFINED if is_denied else ""
        )


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""
