"""E-55, E-57: a position noted, printed, read back and gone on from; files that end and go."""

import threading
from datetime import timedelta
from time import monotonic

import pytest

from integration.binlog.follower import Follower, collect_until
from integration.databases import Database, query
from integration.servers.program import Flavor
from integration.servers.throwaway import throwaway_server
from tern.binlog.position import Position
from tern.binlog.registration import ReplicaIdentity
from tern.binlog.stream import Stream
from tern.binlog.watched_table import KeyKind, WatchedTable
from tern.errors import BinlogPurged, InvalidLogPosition, LogUnreadable, SchemaBotError


@pytest.fixture
def filled(follower: Follower) -> Follower:
    follower.execute("CREATE TABLE t (k INT NOT NULL PRIMARY KEY, v VARCHAR(100))")
    return follower


def watched(follower: Follower) -> WatchedTable:
    return follower.watch("t", KeyKind.SIGNED)


def insert(follower: Follower, *keys: int) -> None:
    for key in keys:
        follower.execute(f"INSERT INTO t VALUES ({key}, 'x')")  # noqa: S608


def purge(follower: Follower) -> None:
    """Remove all but the newest file, also one that a dump just ended is still counted on."""
    deadline = monotonic() + 30
    while len(follower.connection.query("SHOW BINARY LOGS")) > 1:
        assert monotonic() < deadline, "a file is still in use"
        follower.execute(f"PURGE BINARY LOGS TO '{follower.position().file}'")
        threading.Event().wait(0.2)


@pytest.mark.parametrize("has_gtids", [True, False])
def test_stream_goes_on_from_any_transaction_boundary(filled: Follower, *, has_gtids: bool) -> None:
    boundaries = []
    for key in range(5):
        boundaries.append(filled.position())
        insert(filled, key)
    for i, boundary in enumerate(boundaries):
        saved = Position.from_text(boundary.to_text())
        start = saved if has_gtids else saved.without_gtids()
        with filled.follow(watched(filled), start=start) as stream:
            found = filled.collect(stream)
        assert found.keys(watched(filled).table) == [(key,) for key in range(i, 5)]
        assert found.batches[0].before == start
        assert (found.received.gtids is not None) is has_gtids


@pytest.mark.parametrize("has_gtids", [True, False])
def test_what_a_feed_received_is_a_place_to_go_on_from(
    filled: Follower, *, has_gtids: bool
) -> None:
    start = filled.position() if has_gtids else filled.position().without_gtids()
    received, seen = start, []
    for key in range(0, 9, 3):
        insert(filled, key, key + 1, key + 2)
        with filled.follow(watched(filled), start=received) as stream:
            found = filled.collect(stream)
        received = found.received
        seen += found.keys(watched(filled).table)
    assert seen == [(key,) for key in range(9)]
    assert received.file_order() == filled.position().file_order()


@pytest.mark.parametrize("has_gtids", [True, False])
def test_feed_follows_the_log_from_file_to_file(filled: Follower, *, has_gtids: bool) -> None:
    start = filled.position() if has_gtids else filled.position().without_gtids()
    with filled.follow(watched(filled), start=start) as stream:
        for key in range(4):
            insert(filled, key)
            filled.execute("FLUSH BINARY LOGS")
        found = filled.collect(stream)
        assert found.keys(watched(filled).table) == [(key,) for key in range(4)]
        assert found.received.file == filled.position().file
    with filled.follow(watched(filled), start=start) as stream:
        again = filled.collect(stream)
    assert again.keys(watched(filled).table) == found.keys(watched(filled).table)


def test_new_file_without_a_transaction_is_received_too(filled: Follower) -> None:
    with filled.follow(watched(filled)) as stream:
        filled.execute("FLUSH BINARY LOGS")
        assert filled.collect(stream).received.file == filled.position().file


@pytest.mark.parametrize("has_gtids", [True, False])
def test_purged_log_is_said(filled: Follower, *, has_gtids: bool) -> None:
    old = filled.position() if has_gtids else filled.position().without_gtids()
    insert(filled, 1)
    filled.execute("FLUSH BINARY LOGS")
    insert(filled, 2)
    filled.execute("FLUSH BINARY LOGS")
    purge(filled)
    with pytest.raises(BinlogPurged), filled.follow(watched(filled), start=old) as stream:
        filled.collect(stream)


def test_server_log_tells_what_is_purged_within_saved_within_executed(
    mysql_follower: Follower,
) -> None:
    follower = mysql_follower
    follower.execute("CREATE TABLE t (k INT NOT NULL PRIMARY KEY, v VARCHAR(100))")
    early = follower.position().gtids
    insert(follower, 1)
    follower.execute("FLUSH BINARY LOGS")
    late = follower.position().gtids
    purge(follower)
    insert(follower, 2)
    log = follower.log()
    assert early is not None
    assert late is not None
    assert log.is_within(early)
    assert log.is_within(late)
    assert not log.still_has(early)
    assert log.still_has(late)


def test_position_of_another_server_is_taken_by_its_gtids_alone(filled: Follower) -> None:
    here = filled.position()
    insert(filled, 1)
    elsewhere = Position(server="another", file="other.000099", offset=9, gtids=here.gtids)
    with filled.follow(watched(filled), start=elsewhere) as stream:
        found = filled.collect(stream)
    assert found.keys(watched(filled).table) == [(1,)]
    assert found.received == filled.position()
    with pytest.raises(InvalidLogPosition, match="another server's"):
        Stream.open(
            filled.params,
            start=elsewhere.without_gtids(),
            watched=[],
            replica=ReplicaIdentity.mint(),
        )


def test_position_beyond_the_end_of_the_log_is_refused(filled: Follower) -> None:
    here = filled.position().without_gtids()
    beyond = Position(server=here.server, file=here.file, offset=here.offset + 9999, gtids=None)
    refusals = (BinlogPurged, LogUnreadable)
    with pytest.raises(refusals), filled.follow(start=beyond) as stream:
        filled.collect(stream)


def test_position_inside_an_event_is_refused(filled: Follower) -> None:
    here = filled.position().without_gtids()
    insert(filled, 1)
    inside = Position(server=here.server, file=here.file, offset=here.offset + 3, gtids=None)
    with pytest.raises(SchemaBotError), filled.follow(start=inside) as stream:
        filled.collect(stream)


@pytest.mark.parametrize("has_gtids", [True, False])
def test_transaction_that_spans_batches_is_read_again_as_a_whole(
    filled: Follower, *, has_gtids: bool
) -> None:
    start = filled.position() if has_gtids else filled.position().without_gtids()
    insert(filled, -1)
    rows = ",".join(f"({key}, REPEAT('x', 100))" for key in range(20_000))
    filled.execute(f"INSERT INTO t VALUES {rows}")  # noqa: S608
    target = filled.position()
    with filled.follow(watched(filled), start=start) as stream:
        first = stream.read(wait=timedelta(seconds=5))
        while first is not None and not first.keys:
            first = stream.read(wait=timedelta(seconds=5))
        rest = collect_until(stream, target)
    batches = [batch for batch in (first, *rest.batches) if batch is not None and batch.keys]
    assert len(batches) > 1, "the transaction was meant to be larger than a batch"
    for batch in batches:
        with filled.follow(watched(filled), start=batch.before) as stream:
            again = collect_until(stream, target).keys(watched(filled).table)
        assert set(again) >= {key for keys in batch.keys.values() for key in keys}


def test_server_without_gtids_is_followed_by_file_and_offset() -> None:
    options = ("--gtid-mode=OFF", "--enforce-gtid-consistency=OFF")
    with throwaway_server(Flavor.MYSQL, is_fast=True, options=options) as server:
        query(server, "CREATE DATABASE plain")
        follower = Follower(Database(server=server, name="plain"))
        follower.execute("CREATE TABLE t (k INT NOT NULL PRIMARY KEY, v VARCHAR(100))")
        start = follower.position()
        assert start.gtids is None
        insert(follower, 1)
        follower.execute("FLUSH BINARY LOGS")
        insert(follower, 2)
        with follower.follow(watched(follower), start=start) as stream:
            found = follower.collect(stream)
        assert found.keys(watched(follower).table) == [(1,), (2,)]
        assert found.received == follower.position()
        follower.close()
