"""How soon accepted work starts, side by side with procrastinate on PostgreSQL, in one run.

    python -m bench.procrastinate [--quick]

The last line is one JSON object. Both servers are durable. Ours: POST over a kept connection,
plan and target judged, rows and audit committed, claimed by a worker, engine started; counted
from the intended moment of the POST. `deferred`: procrastinate's `defer_async` in this process to
the start of the task in its worker process, told by LISTEN/NOTIFY. Turns: ours, peer, ours, peer.
"""

# The folder of a script comes first on the path, and there is a `copy` in the standard library.
import sys

sys.path.insert(0, sys.path.pop(0).removesuffix("/bench"))

import argparse
import json
import os
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import psycopg
from procrastinate import App

from bench.dispatching.latency import measure, percentile
from bench.dispatching.served import served
from bench.dispatching.server_process import Wanted
from bench.peers.postgres import private_postgres
from bench.peers.procrastinate_worker import make_app
from integration.databases import fresh_database
from integration.servers.program import Flavor
from integration.servers.throwaway import throwaway_server
from schemabot.storage.database import Database
from schemabot.storage.upgrade import upgrade

MODULE = "bench.dispatching.server_process"
WORKER = "bench.peers.procrastinate_worker"
PER_SECOND = 20.0
DATABASES = 60
LATE_SECONDS = 20.0
_ROOT = Path(__file__).parents[1]


@dataclass(slots=True, kw_only=True)
class Worker:
    """procrastinate's worker process, as the one that defers sees it."""

    started_ns: dict[int, int] = field(default_factory=dict)
    ready: threading.Event = field(default_factory=threading.Event)

    def read(self, lines: Iterator[str]) -> None:
        for line in lines:
            word, *rest = line.split()
            if word == "started":
                self.started_ns[int(rest[0])] = int(rest[1])
            self.ready.set()

    def delays_ms(self, intended_ns: dict[int, int]) -> list[float]:
        """From the intended moment of each task to its start, once all have started."""
        deadline, pause = time.monotonic() + LATE_SECONDS, threading.Event()
        while not intended_ns.keys() <= self.started_ns.keys():
            assert time.monotonic() < deadline, "not everything was started"
            pause.wait(0.02)
        return [(self.started_ns[number] - ns) / 1e6 for number, ns in intended_ns.items()]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="end within 50 seconds")
    count = 80 if arguments.parse_args().quick else 1000
    sys.stdout.write(json.dumps(run(count)) + "\n")


def run(count: int) -> dict[str, float]:
    """Both sides twice, by turns."""
    ours: list[float] = []
    peers: list[float] = []
    load = os.getloadavg()[0]
    with (
        throwaway_server(Flavor.MARIADB) as server,
        fresh_database(server) as database,
        private_postgres() as address,
    ):
        upgrade(Database(database.dsn, pool_size=1))
        wanted = Wanted(storage=database.dsn, databases=DATABASES)
        with served([wanted], module=MODULE) as (api,), peer(address) as worker:
            for turn in range(2):
                samples = measure(
                    api, [api], count=count, per_second=PER_SECOND, databases=DATABASES
                )
                ours += [sample.started_ms for sample in samples]
                numbers = range(turn * count, (turn + 1) * count)
                peers += worker.delays_ms(anyio.run(_deferred, make_app(address), numbers))
    return {
        "queued_p50_ms": percentile(ours, 50),
        "queued_p99_ms": percentile(ours, 99),
        "procrastinate_p50_ms": percentile(peers, 50),
        "procrastinate_p99_ms": percentile(peers, 99),
        "ratio_p50": round(percentile(ours, 50) / percentile(peers, 50), 2),
        "load_before": round(load, 2),
        "load_after": round(os.getloadavg()[0], 2),
    }


@contextmanager
def peer(address: str) -> Iterator[Worker]:
    """procrastinate's tables and its worker process; dead afterwards."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(make_app(address).schema_manager.get_schema().encode())
    command = [sys.executable, "-m", WORKER, address]
    worker = Worker()
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        reader = threading.Thread(target=worker.read, args=(process.stdout,))  # noqa: TID251
        reader.start()
        assert worker.ready.wait(LATE_SECONDS), "procrastinate's worker is not ready"
        try:
            yield worker
        finally:
            process.kill()
            reader.join()


async def _deferred(app: App, numbers: Sequence[int]) -> dict[int, int]:
    intended: dict[int, int] = {}
    async with app.open_async():
        await anyio.sleep(0.5)
        begin_ns = time.monotonic_ns() + 200_000_000
        for place, number in enumerate(numbers):
            intended[number] = begin_ns + int(place * 1e9 / PER_SECOND)
            await anyio.sleep(max(0, intended[number] - time.monotonic_ns()) / 1e9)
            await app.configure_task("stamp").defer_async(number=number)
    return intended


if __name__ == "__main__":
    main()
