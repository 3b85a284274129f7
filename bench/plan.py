"""How long a plan takes that finds nothing, and one that finds a little, beside `skeema diff`.

    python bench/plan.py [--quick]

500 tables without a change, their files once as the server prints them and once as a person writes
them; then 2,000 tables of which 20 differ. Each plan runs in a process of its own, on private
servers that don't wait for the disk; skeema (its Debian package) diffs the same hand-written files
on the same server in the same run, start of the program included. The last line is one JSON object;
its headline figures are those of the slower server and style, and `ratio` is that of ours to
skeema's. `--quick` is one round on MariaDB.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from integration.databases import Database, connect, query
from integration.servers.program import Flavor
from integration.servers.throwaway import throwaway_server

UNCHANGED_TABLES = 500
MANY_TABLES = 2_000
CHANGED_TABLES = 20
CREATORS = 4

# A child process that makes one plan and reports: address, type, schema, folder of files.
ONE_PLAN = """
import json, resource, sys
from pathlib import Path
from time import perf_counter
from tern.local.planning.plan import plan
from tern.mysql.dsn import parse_dsn
from tern.values.plan import PlanRequest
from tern.values.schema_files import SchemaFiles
from tern.values.target import DatabaseType, Target

dsn, kind, schema, folder = sys.argv[1:]
files = {path.name: path.read_text() for path in Path(folder).glob("*.sql")}
request = PlanRequest(
    target=Target(database=schema, type=DatabaseType(kind), environment="bench"),
    desired=SchemaFiles(files={schema: files}),
)
begun = perf_counter()
result = plan(parse_dsn(dsn), request)
seconds = perf_counter() - begun
assert not result.problems, result.problems[:3]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "peak_mb": peak, "statements": len(result.statements)}))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One plan in its own process."""

    seconds: float
    peak_mb: float
    statements: int


def main() -> None:
    """Measure, print a line for each figure, then all of them as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one round, on MariaDB alone")
    is_quick = parser.parse_args().quick
    rounds = 1 if is_quick else 3
    figures: dict[str, float | None] = {}
    for flavor in [Flavor.MARIADB] if is_quick else Flavor:
        with throwaway_server(flavor, is_fast=True) as server:
            # One schema that grows, and that ends with its server: a third less to make and drop.
            database = Database(server=server, name="bench")
            query(server, "CREATE DATABASE bench CHARACTER SET utf8mb4")
            _create(database, range(UNCHANGED_TABLES))
            figures |= _unchanged(database, rounds)
            _create(database, range(UNCHANGED_TABLES, MANY_TABLES))
            figures |= _changed(database, rounds)
    for name, value in figures.items():
        _tell(f"{name:40} {'not available' if value is None else f'{value:8.2f}'}")
    _tell(json.dumps(figures | _headline(figures)))


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _headline(figures: dict[str, float | None]) -> dict[str, float | None]:
    def worst(part: str) -> float | None:
        found = [value for name, value in figures.items() if part in name and value is not None]
        return max(found, default=None)

    ours, peer = worst("unchanged"), worst("skeema")
    return {
        "unchanged_500_s": ours,
        "skeema_500_s": peer,
        "ratio": ours / peer if ours is not None and peer is not None else None,
        "changed_20_of_2000_s": worst("changed_20"),
        "peak_rss_mb": worst("peak"),
    }


def _unchanged(database: Database, rounds: int) -> dict[str, float | None]:
    flavor = database.server.flavor
    with _files(database, range(UNCHANGED_TABLES)) as written, _pulled(database) as printed:
        by_hand = [_plan(database, written) for _ in range(rounds)]
        as_printed = [_plan(database, printed) for _ in range(rounds)]
        peer = [_skeema(database, written) for _ in range(rounds)]
    assert all(one.statements == 0 for one in (*by_hand, *as_printed))
    known = [seconds for seconds in peer if seconds is not None]
    return {
        f"{flavor} unchanged, by hand (s)": min(one.seconds for one in by_hand),
        f"{flavor} unchanged, as printed (s)": min(one.seconds for one in as_printed),
        f"{flavor} skeema, by hand (s)": min(known, default=None),
    }


def _changed(database: Database, rounds: int) -> dict[str, float | None]:
    flavor = database.server.flavor
    with _files(database, range(MANY_TABLES)) as written:
        for number in range(CHANGED_TABLES):
            path = written / f"t{number * 97}.sql"
            path.write_text(path.read_text().replace("note text", "note text, extra int"))
        runs = [_plan(database, written) for _ in range(rounds)]
    assert all(one.statements == CHANGED_TABLES for one in runs)
    return {
        f"{flavor} changed_20 of 2000 (s)": min(one.seconds for one in runs),
        f"{flavor} peak (MB)": max(one.peak_mb for one in runs),
    }


def _table(number: int) -> str:
    """A table of a usual size, as people write it; every tenth has a foreign key."""
    parent = f"t{number - 1}"
    key = f",\n  foreign key (owner) references {parent} (id)" if number % 10 == 9 else ""
    return (
        f"create table t{number} (\n"
        "  id bigint not null auto_increment primary key,\n"
        "  owner bigint not null,\n"
        "  name varchar(100) not null default '',\n"
        "  amount decimal(12,2),\n"
        "  status enum('new','paid','sent') not null default 'new',\n"
        "  created datetime(3) not null default current_timestamp(3),\n"
        "  changed timestamp null,\n"
        "  flags tinyint unsigned not null default 0,\n"
        "  note text,\n"
        f"  key by_owner (owner, created),\n  unique key by_name (name, id){key}\n)"
    )


def _create(database: Database, numbers: range) -> None:
    def create(part: range) -> None:
        with closing(database.connect()) as session, session.cursor() as cursor:
            cursor.execute("SET foreign_key_checks = 0")  # parents and children in any order
            for number in part:
                cursor.execute(_table(number))

    with ThreadPoolExecutor(CREATORS) as pool:
        list(pool.map(create, [numbers[n::CREATORS] for n in range(CREATORS)]))


@contextmanager
def _files(database: Database, numbers: range) -> Iterator[Path]:
    """A folder with a file for each table, and skeema's options."""
    with tempfile.TemporaryDirectory(prefix="bench-plan-") as folder:
        for number in numbers:
            (Path(folder) / f"t{number}.sql").write_text(_table(number) + ";\n")
        server = database.server
        (Path(folder) / ".skeema").write_text(
            "[production]\n"
            f"host={server.host}\nport={server.port}\nuser={server.user}\npassword=\n"
            f"schema={database.name}\n"
        )
        yield Path(folder)


@contextmanager
def _pulled(database: Database) -> Iterator[Path]:
    """A folder with the server's own text of each table."""
    with tempfile.TemporaryDirectory(prefix="bench-plan-") as folder:
        with closing(connect(database.server, database=database.name)) as session:
            cursor = session.cursor()
            for number in range(UNCHANGED_TABLES):
                cursor.execute(f"SHOW CREATE TABLE t{number}")
                ((_, text),) = cursor.fetchall()
                (Path(folder) / f"t{number}.sql").write_text(f"{text};\n")
        yield Path(folder)


def _plan(database: Database, folder: Path) -> Measured:
    server = database.server
    dsn = f"mysql://{server.user}@{server.host}:{server.port}/"
    command = [sys.executable, "-c", ONE_PLAN, dsn, str(server.flavor), database.name, str(folder)]
    root = Path(__file__).resolve().parents[1]
    answer = subprocess.run(  # noqa: S603  # ourselves
        command, capture_output=True, text=True, check=False, cwd=root
    )
    if answer.returncode != 0:
        raise SystemExit(answer.stderr)
    return Measured(
        seconds=(found := json.loads(answer.stdout))["seconds"],
        peak_mb=found["peak_mb"],
        statements=found["statements"],
    )


def _skeema(database: Database, folder: Path) -> float | None:
    """Seconds of `skeema diff`; None where it isn't installed or does not know the server."""
    program = shutil.which("skeema")
    if program is None:
        return None
    command = [program, "diff", "--connect-options=tls=preferred", "production"]
    begun = perf_counter()
    answer = subprocess.run(  # noqa: S603  # what `which` found
        command, capture_output=True, text=True, check=False, cwd=folder
    )
    seconds = perf_counter() - begun
    if answer.returncode not in {0, 1}:
        _tell(f"skeema on {database.server.flavor}: {answer.stderr.strip().splitlines()[-1:]}")
        return None
    return seconds


if __name__ == "__main__":
    main()
