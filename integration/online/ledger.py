"""Writers that keep a ledger of what they committed: the oracle of a change under load (E-76).

Each writer owns the rows whose first number is its own, so its ledger is right without looking at
the others'. In one transaction it does one to three things: insert, update, delete, change a key,
swap the unique values of two rows, roll all of it back. The last writer is slow: it keeps its locks
for a while, half of the time as a prepared XA transaction, whose rows are in the log long before
they are committed.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from random import Random
from threading import Event, Thread  # noqa: TID251  # a test's own
from time import monotonic
from typing import TypeAlias

import pymysql
from pymysql.cursors import Cursor

from integration.databases import Database

Row = tuple[int, str]
"""The unique value and the note of a row."""

CREATE = (
    "CREATE TABLE ledger (id BIGINT NOT NULL PRIMARY KEY, code BIGINT NOT NULL, "
    "note VARCHAR(40) NOT NULL, UNIQUE KEY code (code), KEY note (note))"
)
CHANGED = "ALTER TABLE `ledger` MODIFY COLUMN `note` VARCHAR(300) NOT NULL, ADD COLUMN `more` INT"
STRIDE = 1_000_000
PAUSE_SECONDS = 0.003
HOLD_SECONDS = 0.05

Session: TypeAlias = "pymysql.Connection[Cursor]"
Statement = tuple[str, tuple[object, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where writers write; of a form that crosses into another process."""

    host: str
    port: int
    user: str
    schema: str

    def connect(self) -> Session:
        isolation = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"
        return pymysql.connect(
            ssl_disabled=True,
            host=self.host,
            port=self.port,
            user=self.user,
            database=self.schema,
            init_command=isolation,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around the statements of a transaction."""

    begin: tuple[Statement, ...] = ()
    prepare: tuple[Statement, ...] = ()
    commit: Statement = ("COMMIT", ())
    rollback: Statement = ("ROLLBACK", ())


PLAIN = Frame()


def prepared(name: str) -> Frame:
    """One that another coordinator could end."""
    values = (name,)
    return Frame(
        begin=(("XA START %s", values),),
        prepare=(("XA END %s", values), ("XA PREPARE %s", values)),
        commit=("XA COMMIT %s", values),
        rollback=("XA ROLLBACK %s", values),
    )


@dataclass(slots=True)
class Writer:
    """One session with its own rows.

    Attributes:
        is_slow: Whether it keeps its locks for a while before it commits or rolls back.
        rows: What the table must hold of this writer's: id -> row.
        errors: What the server answered instead of obeying.
        longest: The longest time that one transaction took, in seconds.
    """

    place: Place
    number: int
    random: Random
    is_slow: bool = False
    rows: dict[int, Row] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    commits: int = 0
    longest: float = 0.0
    _serial: int = 0

    def seed_rows(self, count: int) -> list[tuple[int, int, str]]:
        made = []
        for _ in range(count):
            key, row = self._new_key(), self._new_row()
            self.rows[key] = row
            made.append((key, *row))
        return made

    def work(self, stopping: Event) -> None:
        with closing(self.place.connect()) as session:
            while not stopping.is_set():
                begun = monotonic()
                self._transaction(session, stopping)
                self.longest = max(self.longest, monotonic() - begun)
                stopping.wait(PAUSE_SECONDS)

    def _transaction(self, session: Session, stopping: Event) -> None:
        planned = dict(self.rows)
        statements: list[Statement] = []
        for _ in range(self.random.randint(1, 3)):
            statements += self._step(planned)
        is_kept = self.random.random() < (0.5 if self.is_slow else 0.9)
        frame = self._frame()
        try:
            _run(session, [*frame.begin, *statements, *frame.prepare])
            if self.is_slow:
                stopping.wait(HOLD_SECONDS)
            _run(session, [frame.commit if is_kept else frame.rollback])
        except pymysql.err.Error as error:
            self.errors.append(str(error))
            session.rollback()
            return
        if is_kept:
            self.rows = planned
            self.commits += 1

    def _frame(self) -> "Frame":
        """Half of what a slow writer does is prepared: in the log long before it is committed."""
        if not self.is_slow or self.random.random() < 0.5:
            return PLAIN
        self._serial += 1
        return prepared(f"{self.place.schema}-{self.number}-{self._serial}")

    def _step(self, rows: dict[int, Row]) -> list[Statement]:
        draw = self.random.random()
        if draw < 0.25 or len(rows) < 4:
            return self._insert(rows)
        key = self._any(rows)
        if draw < 0.6:
            rows[key] = (rows[key][0], self._note())
            return [("UPDATE ledger SET note = %s WHERE id = %s", (rows[key][1], key))]
        if draw < 0.78:
            del rows[key]
            return [("DELETE FROM ledger WHERE id = %s", (key,))]
        if draw < 0.92:
            new_key = self._new_key()
            rows[new_key] = rows.pop(key)
            return [("UPDATE ledger SET id = %s WHERE id = %s", (new_key, key))]
        return self._swap(rows, key)

    def _insert(self, rows: dict[int, Row]) -> list[Statement]:
        key, row = self._new_key(), self._new_row()
        rows[key] = row
        sql = "INSERT INTO ledger (id, code, note) VALUES (%s, %s, %s)"
        return [(sql, (key, *row))]

    def _swap(self, rows: dict[int, Row], one: int) -> list[Statement]:
        other = self._any(rows)
        if other == one:
            return []
        first, second = rows[one], rows[other]
        rows[one], rows[other] = (second[0], first[1]), (first[0], second[1])
        sql = "UPDATE ledger SET code = %s WHERE id = %s"
        return [(sql, (-first[0] - 1, one)), (sql, (first[0], other)), (sql, (second[0], one))]

    def _any(self, rows: dict[int, Row]) -> int:
        return self.random.choice(list(rows))

    def _new_key(self) -> int:
        """Anywhere: keys of all writers are mixed over the whole range."""
        self._serial += 1
        return (self.random.randrange(STRIDE) * STRIDE + self._serial) * 16 + self.number

    def _new_row(self) -> Row:
        self._serial += 1
        # Apart from the other writers' values, so that no gap of the index is shared.
        return self.number * STRIDE * STRIDE + self._serial, self._note()

    def _note(self) -> str:
        return f"writer {self.number} says {self.random.randrange(10**9)}"


class Ledger:
    """All writers of one table."""

    def __init__(
        self, database: Database, *, seed: int, writers: int = 5, rows: int = 3000
    ) -> None:
        self.database = database
        self.seed = seed
        server = database.server
        place = Place(host=server.host, port=server.port, user=server.user, schema=database.name)
        self.writers = [
            Writer(place, number, Random(f"{seed}/{number}"))  # noqa: S311  # repeatable on purpose
            for number in range(writers)
        ]
        self.writers[-1].is_slow = True
        database.query(CREATE)
        made = [row for writer in self.writers for row in writer.seed_rows(rows // writers)]
        with closing(database.connect()) as session, session.cursor() as cursor:
            cursor.executemany("INSERT INTO ledger VALUES (%s, %s, %s)", made)

    @contextmanager
    def written(self) -> Iterator[None]:
        """All writers are at work, in a process of their own, for the length of the block."""
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_write, args=(theirs, self.writers), daemon=True)
        process.start()
        assert ours.recv() == "begun"
        try:
            yield
        finally:
            ours.send("stop")
            self.writers = ours.recv()
            process.join()

    def check(self) -> None:
        """The table holds exactly what was committed, and no writer got an error.

        Raises:
            AssertionError: it does not; the seed is named.
        """
        errors = [error for writer in self.writers for error in writer.errors]
        assert errors == [], f"seed {self.seed}: writers got errors: {errors[:5]}"
        expected = {key: row for writer in self.writers for key, row in writer.rows.items()}
        found = {
            key: (code, note)
            for key, code, note in self.database.query("SELECT id, code, note FROM ledger")
        }
        missing = {key: row for key, row in expected.items() if key not in found}
        extra = {key: row for key, row in found.items() if key not in expected}
        unlike = {
            k: (expected[k], found[k]) for k in expected.keys() & found if expected[k] != found[k]
        }
        counts = f"missing {len(missing)}, extra {len(extra)}, unlike {len(unlike)}"
        samples = [list(each.items())[:2] for each in (missing, extra, unlike)]
        assert expected == found, f"seed {self.seed}: {counts}: {samples}"

    @property
    def commits(self) -> int:
        return sum(writer.commits for writer in self.writers)


def _run(session: Session, statements: Sequence[Statement]) -> None:
    with session.cursor() as cursor:
        for sql, values in statements:
            cursor.execute(sql, values)


def _write(pipe: "Connection[object, object]", writers: list[Writer]) -> None:
    """In the writers' process: write until told to stop, then give the ledgers back."""
    stopping = Event()
    threads = [Thread(target=writer.work, args=(stopping,)) for writer in writers]
    for thread in threads:
        thread.start()
    pipe.send("begun")
    pipe.recv()
    stopping.set()
    for thread in threads:
        thread.join()
    pipe.send(writers)
