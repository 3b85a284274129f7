"""`schemabot serve` with a Tern that says when a run begins: `python -m ... JSON`.

Everything but the Tern is the product's own composition. Standard output has `ready <port>`, then
`started <apply id> <monotonic nanoseconds>` for each run, and `told ...` for each stop heard.
"""

import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from cli.processes.compose import compose, open_storage
from cli.processes.event_loop import run_on_loop
from cli.processes.http_server import bind, http_server
from cli.processes.running import run_until_signalled
from schemabot.config.load import load_settings
from schemabot.config.settings import Settings
from schemabot.telemetry.logs import configure_logs
from tern.client import Fence, Reporter, Signals, Tern
from tern.values.control import Settled, SettledResult, SignalKind
from tern.values.plan import PlanRequest, PlanResult, PulledSchema, PullRequest
from tern.values.progress import LogLine, Progress, TaskProgress, TaskStatus
from tern.values.run import Completed, Health, LogsRequest, Outcome, Stopped, Waiting, Work
from tests.support.planned import planned

CONFIG = """
storage: {{url: "{storage}", pool_size: {pool_size}}}
server: {{listen: "127.0.0.1:0", shutdown_grace: 10s}}
environment_order: [bench]
queue:
  workers: {workers}
  poll_interval: {poll}
  lease: {{term: {term}, heartbeat: {heartbeat}, margin: {margin}}}
  optimistic: {{enabled: {optimistic}}}
  wake: {{fanout: {fanout}}}
databases:
"""
DATABASE = (
    '  db{number}: {{type: mysql, environments: {{bench: {{dsn: "mysql://u:p@127.0.0.1:1/"}}}}}}\n'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the process is to be."""

    storage: str
    optimistic: bool = False
    workers: int = 8
    poll: str = "1s"
    term: str = "15s"
    heartbeat: str = "5s"
    margin: str = "5s"
    databases: int = 60
    fanout: int = 8
    holds: bool = False
    burns_seconds: float = 0.0

    @property
    def text(self) -> str:
        head = CONFIG.format(
            storage=self.storage,
            pool_size=self.workers + 4,
            workers=self.workers,
            poll=self.poll,
            term=self.term,
            heartbeat=self.heartbeat,
            margin=self.margin,
            optimistic=str(self.optimistic).lower(),
            fanout=self.fanout,
        )
        return head + "".join(DATABASE.format(number=n) for n in range(self.databases))


class StampingTern:
    """Says when a run begins, then completes it at once, or holds it until it is paused or stopped.

    Args:
        holds: Whether runs last.
        burns_seconds: For so long each run keeps the event loop from everything else.
    """

    def __init__(self, *, holds: bool, burns_seconds: float = 0.0) -> None:
        self._holds = holds
        self._burns_seconds = burns_seconds

    async def plan(self, _request: PlanRequest) -> PlanResult:
        return planned()

    async def pull(self, request: PullRequest) -> PulledSchema:
        raise AssertionError(f"nobody pulls here: {request}")

    async def logs(self, request: LogsRequest) -> Sequence[LogLine]:
        raise AssertionError(f"nobody asks for logs here: {request}")

    async def health(self) -> Health:
        return Health(status="ok", version="bench")

    async def run(self, work: Work, *, fence: Fence, signals: Signals, report: Reporter) -> Outcome:
        assert fence.epoch > 0
        _say("started", work)
        await report.accepted(None)
        if self._holds:
            return await _held(work, signals, report)
        end = time.monotonic() + self._burns_seconds
        while time.monotonic() < end:
            sum(range(10_000))
        await report.progress(_picture(work, TaskStatus.COMPLETED))
        return Completed()


async def _held(work: Work, signals: Signals, report: Reporter) -> Outcome:
    await report.progress(_picture(work, TaskStatus.RUNNING))
    signal = await signals.next()
    if signal.kind is not SignalKind.STOP:
        return Waiting(reason="shutdown")
    _say("told", work)
    await report.progress(_picture(work, TaskStatus.STOPPED, sequence=2))
    await report.settled(Settled(request_id=signal.request_id, result=SettledResult.DONE))
    return Stopped()


def _picture(work: Work, status: TaskStatus, *, sequence: int = 1) -> Progress:
    tasks = tuple(TaskProgress(task_id=s.task_id, status=status) for s in work.statements)
    return Progress(sequence=sequence, tasks=tasks)


def _say(word: str, work: Work) -> None:
    os.write(1, f"{word} {work.apply_id} {time.monotonic_ns()}\n".encode())


async def _serve(settings: Settings, tern: Tern) -> None:
    with bind(settings.server.listen) as bound:
        storage = open_storage(settings)
        process = compose(settings, storage, tern)
        os.write(1, f"ready {bound.getsockname()[1]}\n".encode())
        server = http_server(process.app, settings.server, grace_seconds=5)
        await run_until_signalled(
            process, grace=settings.server.shutdown_grace, server=server, bound=bound
        )
        storage.database.close()


def main() -> None:
    wanted = Wanted(**json.loads(sys.argv[1]))
    configure_logs(level="error", as_json=True)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "config.yaml"
        file.write_text(wanted.text)
        settings = load_settings(file, environ={})
    tern = StampingTern(holds=wanted.holds, burns_seconds=wanted.burns_seconds)
    run_on_loop(lambda: _serve(settings, tern))


if __name__ == "__main__":
    main()
