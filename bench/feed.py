"""How fast one core turns a binary log into changed keys, beside only reading the same bytes.

    python bench/feed.py [--quick]

Three logs are made on each server: single-row transactions, one transaction of many rows, and rows
of a table that is not watched. Each is decoded from memory (the decoder alone) and from the server
(with socket and server on the same machine), and read without decoding, which is the floor. The
last line is one JSON object; its headline figures are those of the slower server.
"""

# The folder of a script comes first on the path, and there is a `copy` in the standard library.
import sys

sys.path.insert(0, sys.path.pop(0).removesuffix("/bench"))

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import perf_counter

from integration.databases import Database, fresh_database, query
from integration.servers.program import Flavor
from integration.servers.throwaway import Server, throwaway_server
from tern.binlog.decoder import FeedDecoder, Source
from tern.binlog.position import Position
from tern.binlog.registration import ReplicaIdentity
from tern.binlog.server_log import read_server_log
from tern.binlog.stream import Stream
from tern.binlog.watched_table import KeyColumn, KeyKind, TableName, WatchedTable
from tern.mysql.connect import ConnectParams, connect
from tern.mysql.server import read_server
from tern.mysql.session import plain_session

CHUNK_BYTES = 1 << 20
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
CHURN = """
    CREATE PROCEDURE churn(changes INT)
    BEGIN
        DECLARE i INT DEFAULT 0;
        WHILE i < changes DO
            UPDATE watched SET status = 1 - status, total = i WHERE id = 1 + i * 7919 % {rows};
            SET i = i + 1;
        END WHILE;
    END
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A stretch of a server's log: where it is, and its packets as the server would send them."""

    begin: Position
    end: Position
    chunks: list[bytes]
    changes: int

    @property
    def megabytes(self) -> float:
        return sum(map(len, self.chunks)) / 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is written, and how often it is decoded."""

    rows: int
    one_row_changes: int
    passes: int


class Feed:
    """One server with one watched table, and what its log gives."""

    def __init__(self, database: Database, sizes: Sizes) -> None:
        server = database.server
        self.database = database
        self.sizes = sizes
        self.params = ConnectParams(host=server.host, port=server.port, user=server.user)
        self.connection = connect(self.params, session=plain_session, read_timeout=None)
        self.uuid = read_server(self.connection).uuid
        key = (KeyColumn(ordinal=0, kind=KeyKind.SIGNED),)
        self.watched = [WatchedTable(table=TableName(database.name, "watched"), key=key)]

    def prepare(self) -> None:
        self.connection.execute(f"USE `{self.database.name}`")
        self.connection.execute("CREATE TABLE numbers (n INT PRIMARY KEY)")
        self.connection.execute("INSERT INTO numbers VALUES (0)")
        held = 1
        while held < self.sizes.rows:
            held += self.connection.execute(
                "INSERT INTO numbers SELECT n + %s FROM numbers WHERE n + %s < %s",
                (held, held, self.sizes.rows),
            )
        for name in ("watched", "skipped"):
            self.connection.execute(TABLE.format(name=name))
        self.connection.execute(FILL.format(name="watched"))
        self.connection.execute(CHURN.format(rows=self.sizes.rows))

    def capture(self, statement: str, *, changes: int) -> Capture:
        """Run a statement and keep what the server logs of it."""
        self.connection.execute("FLUSH BINARY LOGS")
        begin = self.position()
        self.connection.execute(statement)
        end = self.position()
        assert begin.file == end.file, "the stretch lies in one file"
        log = next(Path(self.database.server.directory).rglob(begin.file)).read_bytes()
        chunks = list(packets(log[begin.offset : end.offset]))
        return Capture(begin=begin, end=end, chunks=chunks, changes=changes)

    def position(self) -> Position:
        return read_server_log(self.connection, server=self.uuid).position

    def from_memory(self, capture: Capture, *, is_watched: bool = True) -> float:
        """Seconds to decode the captured packets, best of several passes."""
        watched = self.watched if is_watched else []
        expected = capture.changes if is_watched else 0
        return min(decode(capture, watched, expected) for _ in range(self.sizes.passes))

    def from_server(self, capture: Capture) -> float:
        """Seconds to receive and decode the stretch from the server."""
        with self._stream(capture) as stream:
            begun = perf_counter()
            reached = False
            while not reached:
                batch = stream.read(wait=timedelta(seconds=10))
                assert batch is not None
                reached = batch.received.reaches(capture.end)
            return perf_counter() - begun

    def raw_from_server(self, capture: Capture) -> float:
        """Seconds to receive the stretch's bytes from the server and drop them: the floor."""
        expected = sum(map(len, capture.chunks))
        with self._stream(capture) as stream:
            begun = perf_counter()
            while expected > 0:
                expected -= len(stream._receive_some(10))  # noqa: SLF001 the floor below `read`
            return perf_counter() - begun

    def _stream(self, capture: Capture) -> Stream:
        start = capture.begin.without_gtids()
        replica = ReplicaIdentity.mint()
        return Stream.open(self.params, start=start, watched=self.watched, replica=replica)


def decode(capture: Capture, watched: list[WatchedTable], expected: int) -> float:
    """Seconds to turn a capture into batches; it gives as many keys as expected."""
    source = Source(place="memory", account="", start=capture.begin, has_checksum=True)
    decoder = FeedDecoder(source, watched)
    keys = 0
    begun = perf_counter()
    for chunk in capture.chunks:
        decoder.decode(chunk)
        keys += sum(map(len, decoder.take_batch().keys.values()))
    seconds = perf_counter() - begun
    assert keys == expected, f"{keys} keys where {expected} were changed"
    return seconds


def packets(log: bytes) -> Iterator[bytes]:
    """The events of a log file as packets, in chunks of about the size that a socket gives."""
    at, chunk, size, number = 0, [], 0, 0
    while at < len(log):
        length = int.from_bytes(log[at + 9 : at + 13], "little")
        assert length < 0xFFFFFF - 1, "an event fits into a packet"
        chunk.append((length + 1).to_bytes(3, "little") + bytes([number & 0xFF, 0]))
        chunk.append(log[at : at + length])
        at, size, number = at + length, size + length, number + 1
        if size >= CHUNK_BYTES or at >= len(log):
            yield b"".join(chunk)
            chunk, size = [], 0


def floor_in_memory(capture: Capture) -> float:
    """Seconds to look at every byte once, as a checksum does."""
    begun = perf_counter()
    for chunk in capture.chunks:
        chunk.count(0)
    return perf_counter() - begun


def measure(server: Server, sizes: Sizes) -> dict[str, float]:
    """All figures of one server."""
    with fresh_database(server) as database:
        feed = Feed(database, sizes)
        feed.prepare()
        one_row = feed.capture(
            f"CALL churn({sizes.one_row_changes})", changes=sizes.one_row_changes
        )
        many_row = feed.capture("UPDATE watched SET status = status + 1", changes=sizes.rows)
        skipped = feed.capture(FILL.format(name="skipped"), changes=0)
        figures: dict[str, float] = {}
        for name, capture in (("one_row", one_row), ("many_row", many_row), ("skip", skipped)):
            figures |= {f"{name}_{key}": value for key, value in _figures(feed, capture).items()}
        seconds = feed.from_memory(one_row, is_watched=False)
        figures["skip_one_row_mb_per_s"] = round(one_row.megabytes / seconds, 1)
        feed.connection.close()
        return figures


def _figures(feed: Feed, capture: Capture) -> dict[str, float]:
    decoded, live = feed.from_memory(capture), feed.from_server(capture)
    raw = feed.raw_from_server(capture)
    megabytes = capture.megabytes
    figures = {
        "mb": megabytes,
        "mb_per_s": megabytes / decoded,
        "floor_memory_mb_per_s": megabytes / floor_in_memory(capture),
        "live_mb_per_s": megabytes / live,
        "floor_live_mb_per_s": megabytes / raw,
        "live_to_floor": live / raw,
    }
    if capture.changes:
        figures |= {"per_s": capture.changes / decoded, "live_per_s": capture.changes / live}
    return {key: round(value, 2 if key == "live_to_floor" else 1) for key, value in figures.items()}


def say(line: str) -> None:
    """One line on standard output, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a smaller log; ends within 50 s")
    is_quick = parser.parse_args().quick
    sizes = (
        Sizes(rows=60_000, one_row_changes=10_000, passes=3)
        if is_quick
        else Sizes(rows=500_000, one_row_changes=100_000, passes=7)
    )
    servers: dict[str, dict[str, float]] = {}
    for flavor in Flavor:
        with throwaway_server(flavor, is_fast=True) as server:
            version = query(server, "SELECT VERSION()")[0][0]
            say(f"{flavor} {version}")
            servers[str(flavor)] = measure(server, sizes)
            for name, value in servers[str(flavor)].items():
                say(f"  {name:32} {value:>12,.1f}")
    lowest = {
        key: min(figures[key] for figures in servers.values())
        for key in ("many_row_per_s", "one_row_per_s", "skip_mb_per_s")
    }
    say(json.dumps({"rows_per_s": lowest["many_row_per_s"], **lowest, "servers": servers}))


if __name__ == "__main__":
    main()
