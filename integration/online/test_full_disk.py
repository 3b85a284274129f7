"""The disk of the target is full in the middle of a copy: it waits, and harms nothing (E-78).

The schema's directory is a small file system of its own, which takes the right to mount one.
MariaDB 10.11 ends itself when a rollback finds no room either (`Out of disk space in rollback`), by
an INSERT ... SELECT of anybody's; then the change goes on once the server is back.
"""

import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from shutil import disk_usage
from threading import Event, Thread  # noqa: TID251  # a test's own
from time import monotonic

import pymysql
import pytest
from pymysql.cursors import Cursor

from integration.databases import Database, fresh_database, leftover_tables
from integration.online.victim import OPTIONS
from integration.online.workbench import Bench, bench
from integration.servers.program import Flavor
from integration.servers.throwaway import throwaway_server
from tern.values.run import Completed, Waiting

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]

DEADLINE_SECONDS = 120
MEBIBYTE = 1 << 20
FULL = {1021, 1114}
LOST = {2006, 2013}
CREATE = "CREATE TABLE item (id INT PRIMARY KEY, n INT NOT NULL, note VARCHAR(1000))"
ROWS = 6_000
FILL = (
    "INSERT INTO item WITH RECURSIVE s (k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM s WHERE k < 99)"
    ", r (k) AS (SELECT 100 * a.k + b.k FROM s AS a, s AS b) "
    "SELECT k, 0, REPEAT('x', 1000) FROM r WHERE k < %s"
)
ALTER = "ALTER TABLE `item` MODIFY COLUMN `n` BIGINT NOT NULL"


# One copier: where the server ends, no other one has told of the disk before.
LONE = replace(OPTIONS, volume=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """A file system that can be filled."""

    place: Path

    @property
    def _ballast(self) -> Path:
        return self.place / "ballast.txt"

    def leave(self, free_bytes: int) -> None:
        """So much is free from now on."""
        with self._ballast.open("wb") as file:
            left = disk_usage(self.place).free - free_bytes
            while left > 0:
                left -= file.write(bytes(min(left, MEBIBYTE)))

    def free(self) -> None:
        """All that does not belong to the server."""
        self._ballast.unlink()


@dataclass(slots=True)
class Writer:
    """Changes rows in place, without a rest.

    Attributes:
        errors: The server's numbers, of statements that changed nothing.
    """

    database: Database
    written: int = 0
    errors: set[int] = field(default_factory=set)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        resting = Event()
        thread = Thread(target=self._work, args=(resting,))
        thread.start()
        try:
            yield
        finally:
            resting.set()
            thread.join(60)

    def _work(self, resting: Event) -> None:
        with closing(self.database.connect()) as session:
            while not resting.wait(0.01) and not self.errors & LOST:
                self._write(session)

    def _write(self, session: "pymysql.Connection[Cursor]") -> None:
        try:
            session.query(f"UPDATE item SET n = n + 1 WHERE id = {self.written * 97 % ROWS}")  # noqa: S608  # a number
        except pymysql.err.Error as error:
            self.errors.add(error.args[0])
        else:
            self.written += 1


@pytest.fixture(params=list(Flavor), ids=str)
def cramped(request: pytest.FixtureRequest) -> Iterator[tuple[Database, Disk]]:
    """A schema on a disk of its own."""
    with (
        throwaway_server(request.param, is_fast=True) as server,
        fresh_database(server) as database,
    ):
        place = server.directory / "data" / database.name
        subprocess.run(  # noqa: S603  # words of ours
            ["/bin/mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(place)], check=True
        )
        try:
            yield database, Disk(place=place)
            server.start()
            database.query("DROP TABLE item")
        finally:
            subprocess.run(["/bin/umount", "-l", str(place)], check=True)  # noqa: S603  # words of ours


def wait_for_the_end(change: Bench) -> None:
    """Of the run, or of the server."""
    deadline = monotonic() + DEADLINE_SECONDS
    while change.outcome is None and change.database.server.pid is not None:
        assert monotonic() < deadline, change.engine.progress()
        Event().wait(0.1)


def test_a_copy_waits_for_room_and_goes_on(cramped: tuple[Database, Disk]) -> None:
    database, disk = cramped
    database.query(CREATE)
    database.query(FILL, ROWS)
    disk.leave(4 * MEBIBYTE)
    writer = Writer(database)
    with writer.at_work(), bench(database, ("item", ALTER), options=LONE).running() as change:
        wait_for_the_end(change)
        disk.free()
        database.server.start()
        assert "`n` int" in database.query("SHOW CREATE TABLE item")[0][1]
        outcome = change.join()
        if isinstance(outcome, Waiting):
            assert "has no room left on its disk" in outcome.reason
            assert len(leftover_tables(database)) == 3
            outcome = change.again().apply()
    assert outcome == Completed()
    assert writer.errors <= FULL | LOST
    assert "`n` bigint" in database.query("SHOW CREATE TABLE item")[0][1]
    ((count, total, shortest),) = database.query(
        "SELECT COUNT(*), SUM(n), MIN(LENGTH(note)) FROM item"
    )
    assert (count, shortest) == (ROWS, 1000)
    # What was under way when the server ended may be committed.
    assert 0 <= total - writer.written <= len(writer.errors & LOST)
