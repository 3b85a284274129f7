"""How fast accepted work starts, on a durable MariaDB, beside the raw floor of the same run.

    python -m bench.dispatch [--quick]

The last line is one JSON object. Latencies count from the intended moment of a POST, in processes
that share one monotonic clock. `queued`: committed, then claimed by the same process's workers;
`optimistic`: created and claimed in one transaction; `no_wake`: found by the poll alone (1 s);
`floor`: one raw INSERT, a datagram, a raw claim in another process.
"""

# The folder of a script comes first on the path, and there is a `copy` in the standard library.
import sys

sys.path.insert(0, sys.path.pop(0).removesuffix("/bench"))

import argparse
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from bench.dispatching.claims import rate
from bench.dispatching.floor import latencies_ms
from bench.dispatching.latency import Sample, measure, percentile
from bench.dispatching.rows import RAW_TABLE, copy_template, fill_raw, write_template
from bench.dispatching.served import Served, served
from bench.dispatching.server_process import Wanted
from integration.databases import Database, fresh_database
from integration.servers.program import Flavor
from integration.servers.throwaway import Server, throwaway_server
from schemabot.storage.database import Database as StorageDatabase
from schemabot.storage.storage import Storage
from schemabot.storage.upgrade import upgrade
from tern.values.target import Target
from tests.support.stored import a_target, store_apply

MODULE = "bench.dispatching.server_process"
TERM_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is measured."""

    posts: int
    floor: int
    claims: int
    polls: int
    handovers: int
    processes: tuple[int, ...]
    per_second: float = 20
    databases: int = 30


QUICK = Sizes(posts=30, floor=50, claims=150, polls=2, handovers=1, processes=(4, 16))
FULL = Sizes(posts=2000, floor=1000, claims=5000, polls=100, handovers=10, processes=(1, 4, 16))
Figures = dict[str, float]
Part = Callable[[Database, Sizes], Figures]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="end within 50 seconds")
    sizes = QUICK if arguments.parse_args().quick else FULL
    sys.stdout.write(json.dumps(run(sizes)) + "\n")


def run(sizes: Sizes) -> Figures:
    """Every figure of one run on one server."""
    figures: Figures = {"load_before": round(os.getloadavg()[0], 2)}
    with throwaway_server(Flavor.MARIADB) as server:
        measured = partial(_measured, server, sizes)
        for part in (floor, starts, claims, waits_and_handovers):
            figures |= measured(part)
    return figures | {"load_after": round(os.getloadavg()[0], 2)}


def _measured(server: Server, sizes: Sizes, part: Part) -> Figures:
    with fresh_database(server) as database:
        begun = time.monotonic()
        figures = part(database, sizes)
        sys.stderr.write(f"{part.__name__}: {time.monotonic() - begun:.1f} s\n")
    return figures


def starts(database: Database, sizes: Sizes) -> Figures:
    """POST to answer and to engine start, queued and optimistic by turns."""
    with fresh_database(database.server) as other:
        wanted = (
            Wanted(storage=database.dsn, databases=sizes.databases),
            Wanted(storage=other.dsn, databases=sizes.databases, optimistic=True),
        )
        for each in (database, other):
            _prepared(each)
        with served(wanted, module=MODULE) as (queued, optimistic):
            first = _posted(queued, sizes)
            fast = _posted(optimistic, sizes)
            second = _posted(queued, sizes)
    slow = first + second
    return {
        "queued_p50_ms": percentile([s.started_ms for s in slow], 50),
        "queued_p95_ms": percentile([s.started_ms for s in slow], 95),
        "queued_p99_ms": percentile([s.started_ms for s in slow], 99),
        "optimistic_p50_ms": percentile([s.started_ms for s in fast], 50),
        "optimistic_p99_ms": percentile([s.started_ms for s in fast], 99),
        "ack_p50_ms": percentile([s.answered_ms for s in slow], 50),
        "ack_p99_ms": percentile([s.answered_ms for s in slow], 99),
        "queued_first_p50_ms": percentile([s.started_ms for s in first], 50),
        "queued_second_p50_ms": percentile([s.started_ms for s in second], 50),
    }


def floor(database: Database, sizes: Sizes) -> Figures:
    """What this server and this machine need at least."""
    database.query(RAW_TABLE)
    found = latencies_ms(database.dsn, count=sizes.floor, per_second=50)
    figures = {"floor_p50_ms": percentile(found, 50), "floor_p99_ms": percentile(found, 99)}
    for processes in sizes.processes[:-1]:
        fill_raw(database, sizes.claims)
        key = f"floor_claims_per_s_{processes}"
        figures[key] = rate("raw", database.dsn, processes=processes)
    return figures


def claims(database: Database, sizes: Sizes) -> Figures:
    """Claim and complete, by so many processes at once."""
    storage = _prepared(database)
    write_template(storage, database)
    figures = {}
    for processes in sizes.processes:
        copy_template(database, sizes.claims)
        key = f"claims_per_s_{processes}"
        figures[key] = rate("product", database.dsn, processes=processes)
    storage.database.close()
    return figures


def waits_and_handovers(database: Database, sizes: Sizes) -> Figures:
    """Both at the same time: they wait more than they work."""
    with fresh_database(database.server) as other, ThreadPoolExecutor(2) as side_by_side:
        first, second = _prepared(database), _prepared(other)
        polled = side_by_side.submit(waits, database, first, count=sizes.polls)
        handed_over = side_by_side.submit(handovers, other, second, count=sizes.handovers)
        figures = polled.result() | handed_over.result()
        for storage in (first, second):
            storage.database.close()
    return figures


def waits(database: Database, storage: Storage, *, count: int) -> Figures:
    """What is never woken for is found by the poll."""
    with served([Wanted(storage=database.dsn)], module=MODULE) as (worker,):
        delays = [_polled(storage, worker, number) for number in range(count)]
    return {"no_wake_p50_ms": percentile(delays, 50), "no_wake_p99_ms": percentile(delays, 99)}


def handovers(database: Database, storage: Storage, *, count: int) -> Figures:
    """From a driver's kill -9, or its SIGTERM, to the start of its peer's drive."""
    holding = Wanted(storage=database.dsn, holds=True, term="2s", heartbeat="500ms", margin="500ms")
    recovered, handed_back = [], []
    for number in range(count):
        with served([holding] * 3, module=MODULE) as processes:
            apply_id = store_apply(storage, configured(number)).apply_id
            recovered.append(_succession(processes, apply_id, signal.SIGKILL))
            _await_registry(storage, processes)
            handed_back.append(_succession(processes, apply_id, signal.SIGTERM))
    return {
        "recovery_s": round(max(recovered), 3),
        "recovery_term_s": TERM_SECONDS,
        "handback_s": round(max(handed_back), 3),
    }


def configured(number: int) -> Target:
    """A target that the measured processes are configured for: they claim no others."""
    return a_target(f"db{number}", "bench")


def _prepared(database: Database) -> Storage:
    storage = Storage(StorageDatabase(database.dsn, pool_size=2))
    upgrade(storage.database)
    return storage


def _posted(api: Served, sizes: Sizes) -> list[Sample]:
    return measure(
        api,
        [api],
        count=sizes.posts,
        per_second=sizes.per_second,
        databases=sizes.databases,
    )


def _polled(storage: Storage, worker: Served, number: int) -> float:
    """Milliseconds from the commit of an apply that nobody is told of to its start."""
    threading.Event().wait(1.5 + 0.37 * (number % 3))  # so that the poller is idle again
    apply_id = store_apply(storage, configured(number)).apply_id
    committed_ns = time.monotonic_ns()
    _until(lambda: apply_id in worker.started_ns)
    return (worker.started_ns[apply_id] - committed_ns) / 1e6


def _succession(processes: list[Served], apply_id: str, number: signal.Signals) -> float:
    """Seconds from the signal to its driver to the start of a peer's drive."""
    _until(lambda: any(apply_id in each.started_ns for each in processes))
    driver = max(processes, key=lambda each: each.started_ns.get(apply_id, 0))
    processes.remove(driver)
    for each in processes:
        each.started_ns.pop(apply_id, None)
    sent_ns = time.monotonic_ns()
    driver.process.send_signal(number)
    _until(lambda: any(apply_id in each.started_ns for each in processes))
    started = max(each.started_ns.get(apply_id, 0) for each in processes)
    return (started - sent_ns) / 1e9


def _await_registry(storage: Storage, processes: Sequence[Served]) -> None:
    """Until every process has read the registry since the last one joined it."""
    pids = {each.process.pid for each in processes}

    def is_settled() -> bool:
        found = storage.workers.list(silence=timedelta(seconds=30))
        mine = [worker for worker in found if worker.report.pid in pids]
        joined = max(worker.started_at for worker in mine)
        return all(worker.last_seen_at > joined for worker in mine)

    _until(is_settled)


def _until(holds: Callable[[], bool], *, within_seconds: float = 30) -> None:
    deadline, pause = time.monotonic() + within_seconds, threading.Event()
    while not holds():
        assert time.monotonic() < deadline, f"not within {within_seconds} s"
        pause.wait(0.002)


if __name__ == "__main__":
    main()
