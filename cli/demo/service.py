"""`schemabot serve` as a child, and the commands that talk to it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Event
from time import monotonic
from typing import IO, Any

import httpx

from cli.demo.server import GuardedFolder
from cli.errors import DemoFailed

_COMMAND = (sys.executable, "-P", "-m", "cli")
_START_SECONDS = 120.0
_ANSWER_SECONDS = 30.0
_LOOK_SECONDS = 0.05
_TAIL_LINES = 10
_CONFIGURATION = "server.yaml"
_LOG = "serve.log"


class DemoService:
    """A service in a guarded folder, which holds its configuration.

    `results`: where commands show theirs; None for standard output.
    """

    def __init__(self, folder: GuardedFolder, *, results: IO[str] | None) -> None:
        self._folder = folder
        self._results = results
        self._never = Event()
        self.configuration = folder.path / _CONFIGURATION
        self.endpoint = ""

    def begin(self) -> None:
        """Start it; it is not awaited."""
        command = (*_COMMAND, "serve", "--config", str(self.configuration))
        self._folder.start(command, output=self._folder.path / _LOG)

    def await_ready(self) -> None:
        """It answers and is ready when this returns. Raises DemoFailed."""
        deadline = monotonic() + _START_SECONDS
        while not self._is_ready():
            if self._folder.has_ended or monotonic() > deadline:
                raise DemoFailed(step="start `schemabot serve`", reason=self._tail())
            self._never.wait(_LOOK_SECONDS)

    def kill(self) -> None:
        """End it as `kill -9` does."""
        self._folder.kill()

    @contextmanager
    def running(self, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
        """One command line, which shows itself on this terminal; its results go to `results`.

        It has ended when the block has.
        """
        environ = {**os.environ, "SCHEMABOT_ENDPOINT": self.endpoint}
        command = [*_COMMAND, *arguments]
        with self._folder.beside(command, env=environ, output=self._results) as process:
            yield process

    def newest_apply(self) -> Mapping[str, Any]:
        """The progress document of the apply that was accepted last; empty without one."""
        listed = self._get("/api/status?limit=1")["applies"]
        return self._get(f"/api/progress/{listed[0]['apply_id']}") if listed else {}

    def _get(self, path: str) -> Mapping[str, Any]:
        answer = httpx.get(f"{self.endpoint}{path}", trust_env=False, timeout=_ANSWER_SECONDS)
        return dict(answer.raise_for_status().json())

    def _is_ready(self) -> bool:
        self.endpoint = self._announced()
        if not self.endpoint:
            return False
        try:
            return httpx.get(f"{self.endpoint}/readyz", trust_env=False).is_success
        except httpx.TransportError:
            return False

    def _announced(self) -> str:
        """The address that the service says it listens on; empty until it does."""
        for line in reversed(self._lines()):
            event = _event(line)
            if event.get("event") == "process.listening":
                return str(event["url"])
        return ""

    def _lines(self) -> Sequence[str]:
        log = self._folder.path / _LOG
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []

    def _tail(self) -> str:
        return "\n  ".join(["it does not answer; its last lines:", *self._lines()[-_TAIL_LINES:]])


def _event(line: str) -> dict[str, object]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
