"""How long an online copy takes beside the server's own ALTER, at rest and under writers.

    python bench/copy.py [--quick] [--server mysql|mariadb]

The floor is `ALTER TABLE ... ALGORITHM=COPY` of a twin, in the same run on the same server. `bare`
is the whole change without comparison, `verified` with it, both from the call to its outcome, with
no time to settle before the swap; `loaded` is the verified change while four writers write. The
last line is one JSON object.
"""

import sys

# The folder of a script comes first on the path, and there is a `copy` in the standard library.
sys.path.insert(0, sys.path.pop(0).removesuffix("/bench"))

import argparse
import json
import resource
from datetime import timedelta
from threading import Event
from time import monotonic

from bench.writers import target_of, writing
from integration.databases import Database, fresh_database
from integration.online.workbench import bench
from integration.servers.program import Flavor
from integration.servers.throwaway import throwaway_server
from tern.engine.online.options import OnlineOptions
from tern.values.run import Completed

TABLE = """
    CREATE TABLE {name} (
        id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, customer INT NOT NULL,
        status TINYINT NOT NULL, total DECIMAL(10, 2) NOT NULL, note VARCHAR(200),
        created DATETIME(3) NOT NULL, changed TIMESTAMP NULL, KEY (customer))
"""
FILL = """
    INSERT INTO {name} (customer, status, total, note, created, changed)
    SELECT n, n % 7, n / 100, REPEAT(CHAR(97 + n % 26), 120), NOW(3), IF(n % 3, NOW(), NULL)
    FROM numbers
"""
CHANGE = "ALTER TABLE `{name}` MODIFY COLUMN `status` SMALLINT NOT NULL"
AT_ONCE = OnlineOptions(settle_for=timedelta(0))


def fill(database: Database, rows: int, *names: str) -> None:
    """Tables of so many rows, with fresh statistics."""
    database.query("CREATE TABLE numbers (n INT PRIMARY KEY)")
    database.query("INSERT INTO numbers VALUES (0)")
    held = 1
    while held < rows:
        step = "INSERT INTO numbers SELECT n + %s FROM numbers WHERE n + %s < %s"
        database.query(step, held, held, rows)
        held *= 2
    for name in names:
        database.query(TABLE.format(name=name))
        database.query(FILL.format(name=name))
        database.query(f"ANALYZE TABLE {name}")


def changed(database: Database, name: str, *, is_verified: bool) -> float:
    """Seconds from the call to the outcome."""
    options = OnlineOptions(settle_for=AT_ONCE.settle_for, verify=is_verified)
    change = bench(database, (name, CHANGE.format(name=name)), options=options)
    change.open_record()
    begun = monotonic()
    outcome = change.engine.apply(change.run)
    seconds = monotonic() - begun
    assert outcome == Completed(), outcome
    return seconds


def native(database: Database, name: str) -> float:
    """Seconds of the server's own copy."""
    begun = monotonic()
    database.query(CHANGE.format(name=name) + ", ALGORITHM=COPY")
    return monotonic() - begun


def measure(database: Database, rows: int, *, rest: float) -> dict[str, object]:
    """All figures of one server."""
    fill(database, rows, "native_one", "bare_one", "verified_one", "loaded_one")
    native_seconds = native(database, "native_one")
    bare = changed(database, "bare_one", is_verified=False)
    verified = changed(database, "verified_one", is_verified=True)
    target = target_of(database, "loaded_one", rows)
    with writing(target) as alone:
        Event().wait(rest)
    with writing(target) as beside:
        loaded = changed(database, "loaded_one", is_verified=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "server": str(database.server.flavor),
        "rows": rows,
        "native_copy_s": round(native_seconds, 2),
        "bare_s": round(bare, 2),
        "verified_s": round(verified, 2),
        "ratio_bare": round(bare / native_seconds, 2),
        "ratio_verified": round(verified / native_seconds, 2),
        "loaded_s": round(loaded, 2),
        "writers_kept": round(beside[0].per_second / alone[0].per_second, 2),
        "writer_errors": beside[0].errors,
        "max_stall_s": round(beside[0].longest, 2),
        "peak_rss_mb": round(peak),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer rows; ends within 50 s")
    parser.add_argument("--server", choices=[str(flavor) for flavor in Flavor], default="mysql")
    asked = parser.parse_args()
    rows, rest = (150_000, 2.0) if asked.quick else (1_000_000, 5.0)
    options = ("--innodb-buffer-pool-size=1G", "--innodb-redo-log-capacity=2G")
    if asked.server == "mariadb":
        options = ("--innodb-buffer-pool-size=1G", "--innodb-log-file-size=1G")
    flavor = Flavor(asked.server)
    with (
        throwaway_server(flavor, is_fast=True, options=options) as server,
        fresh_database(server) as database,
    ):
        figures = measure(database, rows, rest=rest)
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
