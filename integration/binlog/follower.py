"""A schema on a real server, followed by a feed: changes go in as SQL and come out as batches."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic

import pytest

from integration.databases import Database
from tern.binlog.batch import Batch, Statement
from tern.binlog.position import Position
from tern.binlog.registration import ReplicaIdentity
from tern.binlog.server_log import ServerLog, read_server_log
from tern.binlog.stream import Stream
from tern.binlog.watched_table import Key, KeyColumn, KeyKind, TableName, WatchedTable
from tern.errors import SchemaBotError
from tern.mysql.connect import ConnectParams, connect
from tern.mysql.server import read_server
from tern.mysql.session import plain_session

PATIENCE_SECONDS = 20


@dataclass(slots=True)
class Collected:
    """What came out of a feed until it had reached a position."""

    batches: list[Batch] = field(default_factory=list)

    def keys(self, table: TableName) -> list[Key]:
        return [key for batch in self.batches for key in batch.keys.get(table, ())]

    @property
    def statements(self) -> list[Statement]:
        return [statement for batch in self.batches for statement in batch.statements]

    @property
    def texts(self) -> list[str]:
        return [statement.text for statement in self.statements]

    @property
    def transactions(self) -> int:
        return sum(batch.transactions for batch in self.batches)

    @property
    def received(self) -> Position:
        return self.batches[-1].received


class Follower:
    """Runs statements in a schema of its own, and follows the server's log."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.server = database.server
        self.params = ConnectParams(
            host=self.server.host, port=self.server.port, user=self.server.user
        )
        self.connection = connect(self.params, session=plain_session)
        self.connection.execute(f"USE `{database.name}`")
        self.uuid = read_server(self.connection).uuid
        self.replica = ReplicaIdentity.mint()

    def close(self) -> None:
        self.connection.close()

    def execute(self, *statements: str) -> None:
        for statement in statements:
            self.connection.execute(statement)

    def log(self) -> ServerLog:
        return read_server_log(self.connection, server=self.uuid)

    def position(self) -> Position:
        return self.log().position

    def table(self, name: str) -> TableName:
        return TableName(self.database.name, name)

    def watch(self, name: str, *kinds: KeyKind, first: int = 0) -> WatchedTable:
        """A watched table whose key columns stand one after the other."""
        key = (KeyColumn(ordinal=first + i, kind=kind) for i, kind in enumerate(kinds))
        return WatchedTable(table=self.table(name), key=tuple(key))

    @contextmanager
    def follow(self, *watched: WatchedTable, start: Position | None = None) -> Iterator[Stream]:
        """A stream from a position, the present one if none is given."""
        begin = start or self.position()
        stream = Stream.open(self.params, start=begin, watched=watched, replica=self.replica)
        with stream:
            yield stream

    def collect(self, stream: Stream) -> Collected:
        """Everything up to the log's present end."""
        return collect_until(stream, self.position())

    def changes(
        self, watched: WatchedTable, statements: Sequence[str], *, start: Position | None = None
    ) -> list[Key]:
        """The keys that the feed gives for these statements, in order."""
        with self.follow(watched, start=start) as stream:
            self.execute(*statements)
            return self.collect(stream).keys(watched.table)


def collect_until(stream: Stream, target: Position) -> Collected:
    """Read until the feed has received all up to a position.

    Raises:
        AssertionError: it did not get there in time.
    """
    collected = Collected()
    deadline = monotonic() + PATIENCE_SECONDS
    while monotonic() < deadline:
        batch = stream.read(wait=timedelta(seconds=1))
        assert batch is not None, "the stream was stopped"
        collected.batches.append(batch)
        if batch.received.reaches(target):
            return collected
    message = f"{target.describe()} was not reached; the feed is at {collected.received.describe()}"
    raise AssertionError(message)


@contextmanager
def failing_with(error: type[SchemaBotError], reason: str) -> Iterator[None]:
    """The block changes something and follows it; the feed must refuse that.

    Raises:
        AssertionError: it did not, or for another reason.
    """
    with pytest.raises(error) as refused:
        yield
    assert reason in str(refused.value)
