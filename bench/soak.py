"""Does anything grow, leak or stay slow? Real processes for as long as is asked.

    python -m bench.soak [--seconds N]

In parts, on one MariaDB with durable settings:
`idle`: statements per second of a process that has nothing to do (G4);
`storms`: an apply is stopped and started again and again by way of a process that drives nothing:
from the stop's answer to the engine's hearing of it, woken and with no wake at all (G15);
`soak`: POSTs at an even rate: p99, memory, threads and connections of the last round beside the
second, slots and leases at the end (G16);
`burning`: drives that keep the event loop busy for longer than two leases (G14).
The last line is one JSON object.
"""

# The folder of a script comes first on the path, and there is a `copy` in the standard library.
import sys

sys.path.insert(0, sys.path.pop(0).removesuffix("/bench"))

import argparse
import json
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.dispatching import server_process
from bench.dispatching.latency import Sample, measure, percentile
from bench.dispatching.served import Client, Served, served
from bench.dispatching.server_process import Wanted
from bench.dispatching.vitals import Vitals, metric, questions, vitals
from integration.databases import Database, fresh_database
from integration.servers.program import Flavor
from integration.servers.throwaway import Server, throwaway_server
from schemabot.storage.database import Database as StorageDatabase
from schemabot.storage.upgrade import upgrade

MODULE = server_process.__name__
PER_SECOND = 10
DATABASES = 100
ROUNDS = 8
SETTLE_SECONDS = 10
Figures = dict[str, float]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=float, default=600, help="of the soak alone")
    seconds = arguments.parse_args().seconds
    figures: Figures = {"load_before": round(os.getloadavg()[0], 2)}
    with throwaway_server(Flavor.MARIADB) as server:
        for part in (idle, storms, soak, burning):
            begun = time.monotonic()
            with fresh_database(server) as database:
                _prepare(database)
                figures |= part(database, seconds)
            sys.stderr.write(f"{part.__name__}: {time.monotonic() - begun:.1f} s\n")
    figures["load_after"] = round(os.getloadavg()[0], 2)
    sys.stdout.write(json.dumps(figures) + "\n")


def idle(database: Database, seconds: float) -> Figures:
    """What a process asks that has nothing to do."""
    with served([Wanted(storage=database.dsn)], module=MODULE):
        _pause(SETTLE_SECONDS)
        before, begun = questions(database.server), time.monotonic()
        _pause(min(60, max(15, seconds / 10)))
        asked = questions(database.server) - before - 1  # the second look is one
        rate = asked / (time.monotonic() - begun)
    return {"idle_statements_per_s": round(rate, 2)}


def storms(database: Database, seconds: float) -> Figures:
    """One apply, stopped and started over and over; each stop must leave it startable."""
    count = max(5, int(seconds / 10))
    driver = Wanted(storage=database.dsn, holds=True)
    woken = [*_stops(database, driver, number=0, fanout=8, count=count)]
    deaf = [*_stops(database, driver, number=1, fanout=0, count=max(3, count // 20))]
    return {
        "storms": len(woken) + len(deaf),
        "stop_told_p50_ms": percentile(woken, 50),
        "stop_told_p99_ms": percentile(woken, 99),
        "stop_told_no_wake_max_ms": percentile(deaf, 100),
    }


def _stops(
    database: Database, driver: Wanted, *, number: int, fanout: int, count: int
) -> Sequence[float]:
    """Milliseconds from each stop's answer until the engine was told of it."""
    answering = Wanted(storage=database.dsn, workers=0, fanout=fanout)
    with served([answering, driver], module=MODULE) as (api, worker):
        client = api.connect()
        _pause(SETTLE_SECONDS / 2)  # each has read the registry since the other is in it
        apply_id = client.apply(client.plan(number))
        found = [_stopped_and_started(client, worker, apply_id) for _ in range(count)]
        client.close()
    return found


def _stopped_and_started(client: Client, worker: Served, apply_id: str) -> float:
    _until(lambda: apply_id in worker.started_ns)
    _until(lambda: _state(client, apply_id) == "running")
    named = {"apply_id": apply_id, "environment": "bench"}
    worker.told_ns.pop(apply_id, None)
    worker.started_ns.pop(apply_id)
    client.post("/api/stop", named)
    answered_ns = time.monotonic_ns()
    _until(lambda: apply_id in worker.told_ns)
    _until(lambda: _state(client, apply_id) == "stopped")
    client.post("/api/start", named)
    return max(0.0, (worker.told_ns[apply_id] - answered_ns) / 1e6)


def _state(client: Client, apply_id: str) -> str:
    return str(json.loads(client.get(f"/api/progress/{apply_id}"))["state"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One stretch of even load, and the process right after it."""

    samples: list[Sample]
    after: Vitals


def soak(database: Database, seconds: float) -> Figures:
    """Rounds of load; the last one must be like the second."""
    each, server = max(2.0, seconds / ROUNDS), database.server
    wanted = Wanted(storage=database.dsn, optimistic=True, databases=DATABASES)
    with served([wanted], module=MODULE) as (api,):
        rounds = [_round(api, server, each) for _ in range(ROUNDS)]
    first, last = rounds[1], rounds[-1]  # the first of all is a warming up
    return {
        "soak_seconds": seconds,
        "posts": sum(len(r.samples) for r in rounds),
        "first_p50_ms": _p(first, 50),
        "first_p99_ms": _p(first, 99),
        "last_p99_ms": _p(last, 99),
        "memory_ratio": round(last.after.memory_kb / first.after.memory_kb, 3),
        "memory_kb": last.after.memory_kb,
        "threads_first": first.after.threads,
        "threads_last": last.after.threads,
        "connections_first": first.after.connections,
        "connections_last": last.after.connections,
        "leaked_slots": last.after.busy_slots,
        "lost_leases": last.after.lost_leases,
    }


def burning(database: Database, seconds: float) -> Figures:
    """A run that holds the event loop for longer than two leases; none may be lost."""
    term = 3
    burns = max(2.5 * term, seconds / 10)
    wanted = Wanted(
        storage=database.dsn, burns_seconds=burns, term=f"{term}s", heartbeat="750ms", margin="1s"
    )
    with served([wanted], module=MODULE) as (api,):
        client = api.connect()
        applies = [client.apply(client.plan(number)) for number in range(2)]
        _until(lambda: all(each in api.started_ns for each in applies), within_seconds=4 * burns)
        client.close()
        is_left = "SELECT 1 FROM applies WHERE state <> 'completed'"
        _until(lambda: not database.query(is_left), within_seconds=4 * burns)
        lost = metric(api, "schemabot_lease_losses_total")
    return {"burning_seconds": round(2 * burns, 1), "burning_terms_s": term, "false_losses": lost}


def _round(api: Served, server: Server, seconds: float) -> Round:
    count = int(seconds * PER_SECOND)
    samples = measure(api, [api], count=count, per_second=PER_SECOND, databases=DATABASES)
    _until(lambda: metric(api, 'schemabot_worker_slots{state="busy"}') == 0)
    return Round(samples=samples, after=vitals(api, server))


def _p(measured: Round, percent: float) -> float:
    return percentile([sample.started_ms for sample in measured.samples], percent)


def _prepare(database: Database) -> None:
    made = StorageDatabase(database.dsn, pool_size=1)
    upgrade(made)
    made.close()


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)


def _until(holds: Callable[[], bool], *, within_seconds: float = 60) -> None:
    deadline, pause = time.monotonic() + within_seconds, threading.Event()
    while not holds():
        assert time.monotonic() < deadline, f"not within {within_seconds} s"
        pause.wait(0.005)


if __name__ == "__main__":
    main()
