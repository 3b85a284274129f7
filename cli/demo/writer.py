"""One application that writes to the shop: `python -m cli.demo.writer FILE`, until its input ends.

It inserts, updates, deletes, moves rows to other keys and writes several rows at once, over old and
new rows, at a steady pace. Rows belong to writers by id, so no two write the same one. When the
answer to a transaction is lost, the rows themselves are read to learn what became of it.
"""

import os
import pickle
import select
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random

from cli.demo import statements
from cli.demo.ledger import COMMITTED, FAILED, Ledger, RowState
from tern.ddl.flavor import Flavor
from tern.errors import SchemaBotError, ServerUnavailable
from tern.mysql.connect import ConnectParams, connect
from tern.mysql.connection import Connection
from tern.mysql.session import Session, plain_session

# An application's own patience; a swap of names must not cost it.
_LOCK_WAIT_SECONDS = 50
_PAUSE_AFTER_LOSS_SECONDS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterOrders:
    """What one writer is to do.

    Attributes:
        number: From 0; rows whose id leaves this rest by `writers` are its own.
        seeded: Rows 1 to this one are there at the start.
        per_second: Transactions.
    """

    params: ConnectParams
    number: int
    writers: int
    seeded: int
    per_second: float
    ledger: Path


@dataclass(slots=True)
class Writer:
    """Draws transactions and carries them out, one at a time."""

    orders: WriterOrders
    ledger: Ledger
    known: dict[int, RowState] = field(default_factory=dict)
    made: list[int] = field(default_factory=list)
    count: int = 0
    random: Random = field(init=False)
    connection: Connection | None = None

    def __post_init__(self) -> None:
        self.random = Random(self.orders.number)  # noqa: S311 (repeatable on purpose)

    def write(self) -> None:
        """One transaction, noted before and after."""
        self.count += 1
        rows, steps = self._drawn()
        self.ledger.begin(self.count, rows)
        began = time.monotonic()
        outcome, why = self._outcome(rows, steps)
        seconds = time.monotonic() - began
        self.ledger.end(self.count, outcome, at=time.time(), seconds=seconds, why=why)
        if outcome == COMMITTED:
            self.known.update(rows)

    def _outcome(
        self, rows: Mapping[int, RowState], steps: list[tuple[str, tuple[object, ...]]]
    ) -> tuple[str, str]:
        try:
            connection = self._connected()
            with connection.transaction():
                for sql, values in steps:
                    connection.execute(sql, values)
        except ServerUnavailable as error:
            self._drop_connection()
            return self._read_back(rows), error.message
        except SchemaBotError as error:
            return FAILED, error.message
        return COMMITTED, ""

    def _read_back(self, rows: Mapping[int, RowState]) -> str:
        """Whether a transaction whose answer was lost was committed; waits for the server."""
        while True:
            try:
                connection = self._connected()
                # The lost session may still hold the rows; the lock waits for its end.
                found = {
                    key: connection.first(f"{statements.READ_ONE} FOR UPDATE", (key,))
                    for key in rows
                }
            except SchemaBotError:
                self._drop_connection()
                if _is_over(_PAUSE_AFTER_LOSS_SECONDS):
                    raise
                continue
            now = {key: None if row is None else (row[0], row[1]) for key, row in found.items()}
            return COMMITTED if now == dict(rows) else FAILED

    def _connected(self) -> Connection:
        if self.connection is None:
            self.connection = connect(
                self.orders.params, session=_session, read_timeout=timedelta(seconds=70)
            )
        return self.connection

    def _drop_connection(self) -> None:
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def _drawn(self) -> tuple[dict[int, RowState], list[tuple[str, tuple[object, ...]]]]:
        """What rows are to be, and the statements that make them so."""
        kinds: tuple[tuple[float, Callable[[dict[int, RowState]], _Step]], ...] = (
            (0.40, self._update),
            (0.30, self._insert),
            (0.15, self._delete),
            (0.15, self._move),
        )
        times = 4 if self.random.random() < 0.1 else 1  # noqa: PLR2004 (some write several rows)
        rows: dict[int, RowState] = {}
        steps = []
        for _ in range(times):
            (draw,) = self.random.choices(
                [draw for _, draw in kinds], [weight for weight, _ in kinds]
            )
            steps.append(draw(rows))
        return rows, steps

    def _update(self, rows: dict[int, RowState]) -> "_Step":
        key = self._some_row(rows)
        if key is None:
            return self._insert(rows)
        rows[key] = ("paid", self._amount())
        return statements.UPDATE, (*_values(rows[key]), key)

    def _insert(self, rows: dict[int, RowState]) -> "_Step":
        key = self._new_key()
        rows[key] = ("new", self._amount())
        return statements.INSERT, (key, *_values(rows[key]))

    def _delete(self, rows: dict[int, RowState]) -> "_Step":
        key = self._some_row(rows)
        if key is None:
            return self._insert(rows)
        rows[key] = None
        return statements.DELETE, (key,)

    def _move(self, rows: dict[int, RowState]) -> "_Step":
        key, other = self._some_row(rows), self._new_key()
        if key is None:
            return self._insert(rows)
        rows[key], rows[other] = None, ("moved", self._amount())
        return statements.MOVE, (other, *_values(rows[other]), key)

    def _some_row(self, rows: Mapping[int, RowState]) -> int | None:
        """A row of its own that is there, and that this transaction has not drawn yet."""
        for _ in range(20):
            key = self.random.choice(self.made) if self._takes_new() else self._seeded_key()
            if key not in rows and self.known.get(key, ("", 0)) is not None:
                is_there = key <= self.orders.seeded or key in self.known
                if is_there:
                    return key
        return None

    def _takes_new(self) -> bool:
        return bool(self.made) and self.random.random() < 0.3  # noqa: PLR2004 (most rows are old)

    def _seeded_key(self) -> int:
        orders = self.orders
        first = orders.number or orders.writers
        return first + self.random.randrange((orders.seeded - first) // orders.writers + 1) * (
            orders.writers
        )

    def _new_key(self) -> int:
        """The next of its own keys behind the seeded rows."""
        orders = self.orders
        base = (orders.seeded // orders.writers + 1) * orders.writers
        key = base + len(self.made) * orders.writers + orders.number
        self.made.append(key)
        return key

    def _amount(self) -> int:
        """A value that no other transaction writes."""
        return (self.count * self.orders.writers + self.orders.number) * 8 + self.random.randrange(
            8
        )


_Step = tuple[str, tuple[object, ...]]


def main() -> None:
    """Write until the input ends: when it is closed, or when the parent is gone."""
    orders: WriterOrders = pickle.loads(Path(sys.argv[1]).read_bytes())  # noqa: S301 (our own file)
    ledger = Ledger(orders.ledger)
    writer = Writer(orders, ledger)
    gap = 1.0 / orders.per_second
    due = time.monotonic()
    while not _is_over(max(0.0, due - time.monotonic())):
        writer.write()
        due = max(due + gap, time.monotonic() - 1.0)
    ledger.close()


def _is_over(seconds: float) -> bool:
    """Wait so long; whether the input has ended meanwhile."""
    readable, _, _ = select.select([sys.stdin], [], [], seconds)
    return bool(readable) and os.read(sys.stdin.fileno(), 1) == b""


def _session(flavor: Flavor) -> Session:
    return plain_session(flavor).but(
        lock_wait_timeout=_LOCK_WAIT_SECONDS, innodb_lock_wait_timeout=_LOCK_WAIT_SECONDS
    )


def _values(row: RowState) -> tuple[str, int]:
    assert row is not None  # noqa: S101 (just set)
    return row


if __name__ == "__main__":
    main()
