"""How long an online copy takes beside the server's own ALTER, at rest and under writers.

    python -m bench.copy [--quick] [--server mysql|mariadb] [--indexes 1|5] [--peer] [--rounds N]
        [--rows N]

The floor is `ALTER TABLE ... ALGORITHM=COPY` of the same table, in the same run on the same server,
in turns. `bare` is the whole change without comparison, `verified` with it, both from the call to
its outcome, with no time to settle before the swap; `loaded` is the verified change while four
writers write as fast as they go. Of several rounds the best counts, on both sides. `--peer` adds
pt-online-schema-change (MariaDB). The quick form makes the table as large as its time allows, here
and now; with one server named it has the whole time, and what any table costs weighs less.

The last line is one JSON object: each server's figures under its name, and those of the first of
them once more at the top.
"""

import sys

# The folder of a script comes first on the path, and there is a `copy` in the standard library.
sys.path.insert(0, sys.path.pop(0).removesuffix("/bench"))

import argparse
import json
import os
import resource
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from threading import Event
from time import monotonic

from bench.copying.peer import changed_by_peer, require_peer
from bench.copying.table import FIVE_INDEXES, ONE_INDEX, Table, rows_within
from bench.writers import Written, target_of, writing
from integration.databases import fresh_database
from integration.online.workbench import bench
from integration.servers.program import Flavor
from integration.servers.throwaway import Server, throwaway_server
from tern.engine.online.options import OnlineOptions
from tern.values.run import Completed

# A quick run has so long for all its servers together. Of that a server takes some whatever its
# table has: to end, for writers alone, for what surrounds each change. The rest is as many rows as
# it can do: filling and all ways to change them take about so many fills (7 to 9 on 2 idle cores).
QUICK_SECONDS = 46.0
QUICK_FIXED_SECONDS = 5.0
QUICK_FILLS = 10
ROWS = 1_000_000
SERVER_OPTIONS = {
    Flavor.MYSQL: ("--innodb-buffer-pool-size=1G", "--innodb-redo-log-capacity=2G"),
    Flavor.MARIADB: ("--innodb-buffer-pool-size=1G", "--innodb-log-file-size=1G"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be measured.

    Attributes:
        rows: Of the table; at most, if it is quick.
        quick_seconds: For one server, from its start to its end.
    """

    is_quick: bool
    rounds: int
    indexes: tuple[str, ...]
    has_peer: bool
    rows: int
    quick_seconds: float


def changed(table: Table, *, is_verified: bool) -> float:
    """Seconds from the call to the outcome."""
    options = OnlineOptions(settle_for=timedelta(0), verify=is_verified)
    ddl = f"ALTER TABLE `{table.name}` {table.next_change()}"
    change = bench(table.database, (table.name, ddl), options=options)
    change.open_record()
    begun = monotonic()
    outcome = change.engine.apply(change.run)
    seconds = monotonic() - begun
    assert outcome == Completed(), outcome
    return seconds


def native(table: Table) -> float:
    """Seconds of the server's own copy."""
    begun = monotonic()
    table.database.query(f"ALTER TABLE {table.name} {table.next_change()}, ALGORITHM=COPY")
    return monotonic() - begun


def best_of(rounds: int, ways: dict[str, Callable[[], float]]) -> dict[str, float]:
    """The shortest time of each way; in turns, so that a disturbance meets them all."""
    best: dict[str, float] = {}
    for _ in range(rounds):
        for name, way in ways.items():
            best[name] = min(way(), best.get(name, float("inf")))
    return best


def measure(table: Table, asked: Asked) -> dict[str, object]:
    """All figures of one server."""
    ways: dict[str, Callable[[], float]] = {
        "native": lambda: native(table),
        "bare": lambda: changed(table, is_verified=False),
        "verified": lambda: changed(table, is_verified=True),
    }
    has_peer = asked.has_peer and table.database.server.flavor is Flavor.MARIADB
    if has_peer:
        ways["peer"] = lambda: changed_by_peer(table)
    best = best_of(asked.rounds, ways)
    figures: dict[str, object] = {
        "server": str(table.database.server.flavor),
        "version": str(table.database.server.version),
        "rows": table.rows,
        "indexes": len(table.indexes),
        "native_copy_s": round(best["native"], 2),
        "bare_s": round(best["bare"], 2),
        "verified_s": round(best["verified"], 2),
        "ratio_bare": round(best["bare"] / best["native"], 2),
        "ratio_verified": round(best["verified"] / best["native"], 2),
        **under_load(table, rest=1.0 if asked.is_quick else 5.0),
    }
    if has_peer:
        figures |= beside_peer(table, best)
    figures["peak_rss_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return figures | {"load_average": round(os.getloadavg()[0], 1)}


def under_load(table: Table, *, rest: float) -> dict[str, object]:
    """The verified change beside writers, and what they kept of their speed alone."""
    _, alone = beside_writers(table, lambda: float(Event().wait(rest)))
    seconds, beside = beside_writers(table, lambda: changed(table, is_verified=True))
    return {
        "loaded_s": round(seconds, 2),
        "writes_alone_per_s": round(alone.per_second),
        "writers_kept": round(beside.per_second / alone.per_second, 2),
        "writer_errors": beside.errors,
        "max_stall_s": round(beside.longest, 2),
    }


def beside_peer(table: Table, best: dict[str, float]) -> dict[str, object]:
    """The peer's figures, and the engine's beside them."""
    seconds, written = beside_writers(table, lambda: changed_by_peer(table))
    return {
        "peer_s": round(best["peer"], 2),
        "ratio_bare_to_peer": round(best["bare"] / best["peer"], 2),
        "ratio_verified_to_peer": round(best["verified"] / best["peer"], 2),
        "peer_loaded_s": round(seconds, 2),
        "peer_writer_errors": written.errors,
        "peer_max_stall_s": round(written.longest, 2),
    }


def beside_writers(table: Table, work: Callable[[], float]) -> tuple[float, Written]:
    """What the work returned, and what four writers did meanwhile."""
    with writing(target_of(table.database, table.name, table.rows)) as done:
        seconds = work()
    return seconds, done[0]


def measured_on(flavor: Flavor, asked: Asked) -> dict[str, object]:
    """All figures of one server of our own."""
    options = SERVER_OPTIONS[flavor]
    until = monotonic() + asked.quick_seconds
    with throwaway_server(flavor, is_fast=True, options=options) as server:
        return measured(server, asked, until=until)


def measured(server: Server, asked: Asked, *, until: float) -> dict[str, object]:
    with fresh_database(server) as database:
        table = Table(database, "orders", asked.indexes)
        table.create()
        rows = asked.rows
        if asked.is_quick:
            seconds = until - QUICK_FIXED_SECONDS - monotonic()
            rows = rows_within(table, seconds, fills=QUICK_FILLS, most=asked.rows)
        table.grow(rows)
        return measure(table, asked)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer rows; ends within 50 s")
    parser.add_argument("--server", choices=[str(flavor) for flavor in Flavor])
    parser.add_argument("--indexes", type=int, choices=[1, 5], default=1)
    parser.add_argument("--peer", action="store_true", help="pt-online-schema-change as well")
    parser.add_argument("--rounds", type=int, help="turns, of which the best counts")
    parser.add_argument("--rows", type=int, default=ROWS, help="of the table; at most, if quick")
    given = parser.parse_args()
    flavors = [Flavor(given.server)] if given.server else list(Flavor)
    asked = Asked(
        is_quick=given.quick,
        rounds=given.rounds or (1 if given.quick else 3),
        indexes=FIVE_INDEXES if given.indexes > 1 else ONE_INDEX,
        has_peer=given.peer,
        rows=given.rows,
        quick_seconds=QUICK_SECONDS / len(flavors),
    )
    if asked.has_peer:
        require_peer()
    figures = {str(flavor): measured_on(flavor, asked) for flavor in flavors}
    sys.stdout.write(json.dumps({**figures[str(flavors[0])], "servers": figures}) + "\n")


if __name__ == "__main__":
    main()
