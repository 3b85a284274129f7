"""Writers for measurements: as applications, one row a transaction, in a process of their own."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from random import Random
from threading import Event, Thread  # noqa: TID251  # a measurement's own
from time import monotonic

import pymysql

from integration.databases import Database

WRITERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What writers did while a block ran."""

    commits: int
    seconds: float
    errors: int
    longest: float

    @property
    def per_second(self) -> float:
        return self.commits / self.seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where writers write; of a form that crosses into another process."""

    host: str
    port: int
    user: str
    schema: str
    table: str
    rows: int

    def connect(self) -> "pymysql.Connection[pymysql.cursors.Cursor]":
        return pymysql.connect(
            ssl_disabled=True,
            host=self.host,
            port=self.port,
            user=self.user,
            database=self.schema,
            autocommit=True,
        )


class Writer:
    """Inserts and updates, one row a transaction."""

    def __init__(self, target: Target, number: int) -> None:
        self._target = target
        self._random = Random(number)  # noqa: S311  # repeatable on purpose
        self.commits = 0
        self.errors = 0
        self.longest = 0.0

    def work(self, stopping: Event) -> None:
        target = self._target
        with closing(target.connect()) as session, session.cursor() as cursor:
            while not stopping.is_set():
                begun = monotonic()
                try:
                    cursor.execute(*self._statement())
                    self.commits += 1
                except pymysql.err.Error:
                    self.errors += 1
                self.longest = max(self.longest, monotonic() - begun)

    def _statement(self) -> tuple[str, tuple[object, ...]]:
        table, number = self._target.table, self._random.randrange(self._target.rows)
        if self._random.random() < 0.3:
            sql = "(customer, status, total, note, created) VALUES (%s, 1, 2, 'new', NOW(3))"
            return f"INSERT INTO {table} {sql}", (number,)  # a name of ours
        return f"UPDATE {table} SET total = total + 1 WHERE id = %s", (number + 1,)  # noqa: S608


@contextmanager
def writing(target: Target, *, writers: int = WRITERS) -> Iterator[list[Written]]:
    """Writers in a process of their own; what they did is in the list after the block."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_write, args=(theirs, target, writers), daemon=True)
    process.start()
    theirs.close()  # so that an end of the process is seen
    ours.recv()
    begun = monotonic()
    done: list[Written] = []
    try:
        yield done
    finally:
        ours.send("stop")
        commits, errors, longest = ours.recv()
        seconds = monotonic() - begun
        done.append(Written(commits=commits, seconds=seconds, errors=errors, longest=longest))
        process.join()


def _write(pipe: "Pipe[object, object]", target: Target, writers: int) -> None:
    stopping = Event()
    made = [Writer(target, number) for number in range(writers)]
    threads = [Thread(target=writer.work, args=(stopping,)) for writer in made]
    for thread in threads:
        thread.start()
    pipe.send("begun")
    pipe.recv()
    stopping.set()
    for thread in threads:
        thread.join()
    pipe.send((
        sum(writer.commits for writer in made),
        sum(writer.errors for writer in made),
        max(writer.longest for writer in made),
    ))


def target_of(database: Database, table: str, rows: int) -> Target:
    server = database.server
    return Target(
        host=server.host,
        port=server.port,
        user=server.user,
        schema=database.name,
        table=table,
        rows=rows,
    )
