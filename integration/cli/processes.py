"""`schemabot serve` and the commands as real processes, over sockets."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any, TypeVar

import httpx

from cli.main import run
from cli.surroundings import Surroundings
from integration.databases import Database

T = TypeVar("T")

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "cli")
ENVIRONMENT = "staging"
START_SECONDS = 120.0
QUICK_LEASES = "queue: {lease: {term: 6s, heartbeat: 1s, margin: 2s}, poll_interval: 200ms}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def documents(self) -> list[dict[str, Any]]:
        """Standard output as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(slots=True, kw_only=True)
class Shop:
    """A configured service, its schema directory, and whoever uses it."""

    folder: Path
    database: Database
    endpoint: str = ""
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """The database's type in configuration."""
        return str(self.database.server.flavor)

    @property
    def configuration(self) -> Path:
        """The service's file."""
        return self.folder / "server.yaml"

    @property
    def workers_configuration(self) -> Path:
        """The file of worker processes."""
        return self.folder / "worker.yaml"

    def configure(self, dsn: str | None = None) -> None:
        """Write the configuration, for this database or another address."""
        self._configure(self.configuration, queue=QUICK_LEASES, dsn=dsn)

    def configure_fleet(self, storage: str, *, poll_interval: str) -> None:
        """A service without workers and worker processes, on one storage."""
        self._configure(self.configuration, queue="queue: {workers: 0}", storage=storage)
        queue = QUICK_LEASES.replace("200ms", poll_interval)
        self._configure(self.workers_configuration, queue=queue, storage=storage)

    def _configure(
        self, file: Path, *, queue: str, dsn: str | None = None, storage: str | None = None
    ) -> None:
        file.write_text(
            f"storage: {{url: '{storage or f'sqlite:///{self.folder}/schemabot.db'}'}}\n"
            "server: {listen: '127.0.0.1:0', shutdown_grace: 6s}\n"
            f"{queue}\n"
            f"databases: {{shop: {{type: {self.kind}, environments: "
            f"{{{ENVIRONMENT}: {{dsn: '{dsn or self.database.dsn}', "
            f"schemas: {{shop: {self.database.name}}}}}}}}}}}\n"
            "telemetry: {log_format: json}\n"
        )

    def files(self, **tables: str) -> Path:
        """The schema directory with exactly these tables."""
        place = self.folder / "schema"
        place.mkdir(exist_ok=True)
        for old in place.glob("*.sql"):
            old.unlink()
        (place / "schemabot.yaml").write_text(f"database: shop\ntype: {self.kind}\n")
        for name, text in tables.items():
            (place / f"{name}.sql").write_text(text)
        return place

    def serve(self) -> subprocess.Popen[bytes]:
        """A service that answers."""
        process, log = self._start("serve", self.configuration)
        listening = eventually(
            lambda: logged(log, process, "process.listening"), seconds=START_SECONDS
        )
        self.endpoint = str(listening["url"])
        return process

    def work(self) -> subprocess.Popen[bytes]:
        """A worker process that is registered and claims."""
        process, log = self._start("worker", self.workers_configuration)
        eventually(lambda: logged(log, process, "process.running"), seconds=START_SECONDS)
        return process

    def _start(self, command: str, file: Path) -> tuple[subprocess.Popen[bytes], Path]:
        log = self.folder / f"{command}-{len(self.running)}.log"
        with log.open("wb") as sink:
            words = [*COMMAND, command, "--config", str(file)]
            process = subprocess.Popen(words, stdout=sink, stderr=sink)  # noqa: S603 (our own)
        self.running.append(process)
        return process, log

    def run(self, *arguments: str) -> Ran:
        """One command line, to its end; in this process, which spares a start of Python."""
        out, err = io.StringIO(), io.StringIO()
        surroundings = Surroundings(
            environ={**os.environ, "SCHEMABOT_ENDPOINT": self.endpoint},
            stdin=io.StringIO(),
            stdout=out,
            stderr=err,
        )
        status = run(arguments, surroundings)
        return Ran(status=status, out=out.getvalue(), err=err.getvalue())

    def spawn(self, *arguments: str, **environ: str) -> Ran:
        """One command line in a process of its own, to its end."""
        done = subprocess.run(  # noqa: S603 (our own)
            [*COMMAND, *arguments],
            env={**os.environ, "SCHEMABOT_ENDPOINT": self.endpoint, **environ},
            capture_output=True,
            text=True,
            check=False,
            timeout=START_SECONDS + 90,
        )
        return Ran(status=done.returncode, out=done.stdout, err=done.stderr)

    def plan(self, *options: str) -> Ran:
        """`plan` of the schema directory."""
        return self.run("plan", "-s", str(self.folder / "schema"), "-e", ENVIRONMENT, *options)

    def apply(self, *options: str) -> Ran:
        """`apply` of the schema directory."""
        schema = str(self.folder / "schema")
        return self.run("apply", "-s", schema, "-e", ENVIRONMENT, "-y", *options)

    def progress(self, apply_id: str) -> Mapping[str, Any]:
        """The progress document."""
        answer = httpx.get(f"{self.endpoint}/api/progress/{apply_id}", trust_env=False)
        assert answer.is_success, answer.text
        return dict(answer.json())

    def close(self) -> None:
        """End what still runs."""
        for process in self.running:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()


def logged(log: Path, process: subprocess.Popen[bytes], name: str) -> dict[str, Any] | None:
    """The first event of this name in a process's log; None until there is one."""
    assert process.poll() is None, log.read_text()
    events = (json.loads(line) for line in log.read_text().splitlines())
    return next((dict(event) for event in events if event["event"] == name), None)


def eventually(look: Callable[[], T | None], *, seconds: float) -> T:
    """What `look` gives once it gives something."""
    deadline, never = monotonic() + seconds, Event()
    while True:
        found = look()
        if found is not None:
            return found
        assert monotonic() < deadline, "it did not happen in time"
        never.wait(0.1)
