"""A serving process as a bench sees it: its address, and when each run began in it."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from bench.dispatching.server_process import Wanted

READY_SECONDS = 180
"""How long a start may take on a machine that has other things to do, too."""
_ROOT = Path(__file__).parents[2]


@dataclass(slots=True, kw_only=True)
class Served:
    """One running process."""

    process: subprocess.Popen[str]
    port: int = 0
    started_ns: dict[str, int] = field(default_factory=dict)
    told_ns: dict[str, int] = field(default_factory=dict)
    ready: threading.Event = field(default_factory=threading.Event)

    def read(self) -> None:
        """Take in what it says until it ends."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            word, *rest = line.split()
            if word == "ready":
                self.port = int(rest[0])
                self.ready.set()
            elif word == "started":
                self.started_ns.setdefault(rest[0], int(rest[1]))
            elif word == "told":
                self.told_ns.setdefault(rest[0], int(rest[1]))
        self.ready.set()

    def connect(self) -> "Client":
        return Client(self.port)


class Client:
    """A kept-alive connection to the API."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=30)

    def post(self, path: str, body: object) -> dict[str, Any]:
        """The answer of a POST that must succeed."""
        headers = {"Content-Type": "application/json"}
        self._connection.request("POST", path, body=json.dumps(body), headers=headers)
        response = self._connection.getresponse()
        text = response.read()
        assert response.status in {200, 202}, text
        return dict(json.loads(text))

    def get(self, path: str) -> str:
        """The text of a page that must be there."""
        self._connection.request("GET", path)
        response = self._connection.getresponse()
        text = response.read().decode()
        assert response.status == 200, text
        return text

    def plan(self, database: int) -> str:
        """The id of a stored plan."""
        files = {"shop": {"users.sql": "CREATE TABLE users (id int primary key, age int);\n"}}
        body = {
            "database": f"db{database}",
            "environment": "bench",
            "type": "mysql",
            "files": files,
        }
        return str(self.post("/api/plan", body)["plan_id"])

    def apply(self, plan_id: str) -> str:
        """The id of an accepted apply."""
        answer = self.post("/api/apply", {"plan_id": plan_id, "environment": "bench"})
        return str(answer["apply_id"])

    def close(self) -> None:
        self._connection.close()


@contextmanager
def served(wanted: Sequence[Wanted], *, module: str) -> Iterator[list[Served]]:
    """Serving processes, started side by side; dead afterwards."""
    with ExitStack() as stack:
        readers = stack.enter_context(ThreadPoolExecutor(len(wanted)))
        running = [Served(process=_spawn(each, module)) for each in wanted]
        for each in running:
            stack.callback(_end, each.process)
            readers.submit(each.read)
        for each in running:
            assert each.ready.wait(READY_SECONDS), f"not ready after {READY_SECONDS} s"
            assert each.port, "a server ended before it was ready"
        yield running


def _spawn(wanted: Wanted, module: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", module, json.dumps(asdict(wanted))]
    return subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
