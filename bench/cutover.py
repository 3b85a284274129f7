"""How long a statement of an application waits at worst around the swap of the names.

    python -m bench.cutover [--quick] [--rounds N]

Eight writers write without a pause while a table is changed again and again, on each server. The
last line is one JSON object: the longest time that any of their statements took, and their errors.
"""

import argparse
import json
import os
import sys

# The folder of a script comes first on the path, and there is a `copy` in the standard library.
sys.path.insert(0, sys.path.pop(0).removesuffix("/bench"))

from datetime import timedelta

from bench.copying.table import Table
from bench.writers import Written, target_of, writing
from integration.databases import fresh_database
from integration.online.workbench import bench
from integration.servers.program import Flavor
from integration.servers.throwaway import throwaway_server
from tern.engine.online.options import OnlineOptions
from tern.values.run import Completed

ROWS = 10_000
WRITERS = 8
ROUNDS = 20
OPTIONS = OnlineOptions(settle_for=timedelta(milliseconds=500))


def measure(table: Table, rounds: int) -> Written:
    """So many swaps of one table under load."""
    with writing(target_of(table.database, table.name, ROWS), writers=WRITERS) as done:
        for _ in range(rounds):
            ddl = f"ALTER TABLE `{table.name}` {table.next_change()}"
            outcome = bench(table.database, (table.name, ddl), options=OPTIONS).apply()
            assert outcome == Completed(), outcome
    return done[0]


def measured_on(flavor: Flavor, rounds: int) -> dict[str, float]:
    """The figures of one server of our own."""
    with throwaway_server(flavor, is_fast=True) as server, fresh_database(server) as database:
        table = Table(database, "busy")
        table.create()
        table.grow(ROWS)
        done = measure(table, rounds)
    return {
        "max_stall_s": round(done.longest, 3),
        "writer_errors": done.errors,
        "commits_per_s": round(done.per_second),
        "seconds": round(done.seconds, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one swap a server")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="swaps a server")
    given = parser.parse_args()
    rounds = 1 if given.quick else given.rounds
    figures = {str(flavor): measured_on(flavor, rounds) for flavor in Flavor}
    worst = {
        "max_stall_s": max(each["max_stall_s"] for each in figures.values()),
        "writer_errors": sum(each["writer_errors"] for each in figures.values()),
        "rounds": rounds,
        "load_average": round(os.getloadavg()[0], 1),
    }
    sys.stdout.write(json.dumps({**worst, "servers": figures}) + "\n")


if __name__ == "__main__":
    main()
