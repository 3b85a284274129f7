"""How long a statement of an application waits at worst around the swap of the names.

    python bench/cutover.py [--quick]

Eight writers write without a pause while tables are changed one after the other, on each server.
The last line is one JSON object: the longest time any of their statements took, and their errors.
"""

import argparse
import json
import sys

# The folder of a script comes first on the path, and there is a `copy` in the standard library.
sys.path.insert(0, sys.path.pop(0).removesuffix("/bench"))

from datetime import timedelta

from bench.writers import Written, target_of, writing
from integration.databases import Database, fresh_database
from integration.online.workbench import bench
from integration.servers.program import Flavor
from integration.servers.throwaway import throwaway_server
from tern.engine.online.options import OnlineOptions
from tern.values.run import Completed

TABLE = """
    CREATE TABLE busy (
        id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, customer INT NOT NULL,
        status TINYINT NOT NULL, total DECIMAL(10, 2) NOT NULL, note VARCHAR(200),
        created DATETIME(3) NOT NULL, changed TIMESTAMP NULL, KEY (customer))
"""
ROW = "(1, 1, 1, 'old', NOW(3))"
ROWS = 10_000
WRITERS = 8
TYPES = ("SMALLINT", "INT", "BIGINT", "INT", "SMALLINT")
OPTIONS = OnlineOptions(settle_for=timedelta(seconds=1))


def measure(database: Database, swaps: int) -> Written:
    """Some swaps of one table under load."""
    database.query(TABLE)
    for _ in range(10):
        rows = ", ".join([ROW] * (ROWS // 10))
        database.query(f"INSERT INTO busy (customer, status, total, note, created) VALUES {rows}")  # noqa: S608
    with writing(target_of(database, "busy", ROWS), writers=WRITERS) as done:
        for kind in TYPES[:swaps]:
            ddl = f"ALTER TABLE `busy` MODIFY COLUMN `status` {kind} NOT NULL"
            outcome = bench(database, ("busy", ddl), options=OPTIONS).apply()
            assert outcome == Completed(), outcome
    return done[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one swap a server")
    swaps = 1 if parser.parse_args().quick else len(TYPES)
    figures: dict[str, dict[str, float]] = {}
    for flavor in Flavor:
        with throwaway_server(flavor, is_fast=True) as server, fresh_database(server) as database:
            done = measure(database, swaps)
            figures[str(flavor)] = {
                "max_stall_s": round(done.longest, 3),
                "writer_errors": done.errors,
                "commits_per_s": round(done.per_second),
            }
    worst = {
        "max_stall_s": max(each["max_stall_s"] for each in figures.values()),
        "writer_errors": sum(each["writer_errors"] for each in figures.values()),
    }
    sys.stdout.write(json.dumps({**worst, "swaps": swaps, "servers": figures}) + "\n")


if __name__ == "__main__":
    main()
