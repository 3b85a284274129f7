"""How long a plan takes that finds nothing, and one that finds a little, beside `skeema diff`.

    python bench/plan.py [--quick]

500 tables without a change, their files once as the server prints them and once as a person writes
them; then 2,000 tables of which 20 differ. Each plan runs in a process of its own, on private
servers that don't wait for the disk; skeema (`bench/peers/skeema.py`) diffs the same files on the
same server in the same run, in turns with ours, start of the program included. The last line is
one JSON object; its headline figures are those of the slower server. `ratio` is ours to skeema's
for files written by hand, `ratio_as_printed` for those as printed: one half is the goal there.
`--quick` is one round on MariaDB.
"""

# The folder of a script comes first on the path, and there is a `copy` in the standard library.
import sys

sys.path.insert(0, sys.path.pop(0).removesuffix("/bench"))

import argparse
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.peers.skeema import PeerRun, SkeemaFailed, find_skeema, skeema_diff
from integration.databases import Database, connect, query
from integration.servers.errors import InstallError
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
    peer = _peer()
    figures: dict[str, float | None] = {}
    for flavor in [Flavor.MARIADB] if is_quick else Flavor:
        with throwaway_server(flavor, is_fast=True) as server:
            # One schema that grows, and that ends with its server: a third less to make and drop.
            database = Database(server=server, name="bench")
            query(server, "CREATE DATABASE bench CHARACTER SET utf8mb4")
            figures |= _measure(database, peer=peer, rounds=rounds)
    for name, value in figures.items():
        _tell(f"{name:40} {'not available' if value is None else f'{value:8.2f}'}")
    _tell(f"load average {os.getloadavg()[0]:.1f}")
    _tell(json.dumps(figures | _headline(figures)))


def _measure(database: Database, *, peer: Path | None, rounds: int) -> dict[str, float | None]:
    figures: dict[str, float | None] = {}
    _create(database, range(UNCHANGED_TABLES))
    with _files(range(UNCHANGED_TABLES)) as written, _pulled(database) as printed:
        for style, folder in (("by hand", written), ("as printed", printed)):
            figures |= _unchanged(database, folder, style=style, peer=peer, rounds=rounds)
    _create(database, range(UNCHANGED_TABLES, MANY_TABLES))
    return figures | _changed(database, rounds)


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _peer() -> Path | None:
    try:
        return find_skeema()
    except InstallError as error:
        _tell(str(error))
        return None


def _headline(figures: dict[str, float | None]) -> dict[str, float | None]:
    """Each figure of the slower server; each ratio of the server where it is worse."""

    def worst(part: str) -> float | None:
        found = [value for name, value in figures.items() if part in name and value is not None]
        return max(found, default=None)

    return {
        "unchanged_500_s": worst("unchanged"),
        "skeema_500_s": worst("skeema, by hand (s)"),
        "ratio": worst("by hand: ours to skeema's"),
        "as_printed_500_s": worst("unchanged, as printed (s)"),
        "skeema_as_printed_500_s": worst("skeema, as printed (s)"),
        "ratio_as_printed": worst("as printed: ours to skeema's"),
        "changed_20_of_2000_s": worst("changed_20"),
        "peak_rss_mb": worst("peak"),
    }


def _unchanged(
    database: Database, folder: Path, *, style: str, peer: Path | None, rounds: int
) -> dict[str, float | None]:
    """Ours and the peer's in turns, so that a busy minute falls on both."""
    flavor = database.server.flavor
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(rounds):
        one = _plan(database, folder)
        assert one.statements == 0
        ours.append(one.seconds)
        if peer is not None and (answer := _skeema(peer, database, folder)) is not None:
            assert not answer.found_differences, answer.said
            theirs.append(answer.seconds)
    mine, other = min(ours), min(theirs, default=None)
    return {
        f"{flavor} unchanged, {style} (s)": mine,
        f"{flavor} skeema, {style} (s)": other,
        f"{flavor} {style}: ours to skeema's": None if other is None else mine / other,
    }


def _changed(database: Database, rounds: int) -> dict[str, float | None]:
    flavor = database.server.flavor
    with _files(range(MANY_TABLES)) as written:
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
def _files(numbers: range) -> Iterator[Path]:
    """A folder with a file for each table."""
    with tempfile.TemporaryDirectory(prefix="bench-plan-") as folder:
        for number in numbers:
            (Path(folder) / f"t{number}.sql").write_text(_table(number) + ";\n")
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


def _skeema(program: Path, database: Database, folder: Path) -> PeerRun | None:
    """The peer's turn; None where it does not know the server."""
    try:
        return skeema_diff(program, database, folder)
    except SkeemaFailed as error:
        _tell(f"skeema on {database.server.flavor}: {error}")
        return None


if __name__ == "__main__":
    main()
