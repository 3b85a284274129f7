"""How a stream ends: stopped, cut, killed, silent; and how long it can be kept waiting."""

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic

import pytest

from integration.binlog.follower import Follower
from integration.databases import Database, query
from integration.servers.throwaway import Server
from tern.binlog.registration import HEARTBEAT, ReplicaIdentity
from tern.binlog.stream import Stream
from tern.binlog.watched_table import KeyKind
from tern.errors import MissingPrivilege, ServerUnavailable
from tern.mysql.connect import ConnectParams

LONG = timedelta(seconds=60)


@contextmanager
def reading(stream: Stream) -> Iterator[Future[None]]:
    """Reads in another thread until the stream ends; the future has the error, if it was one."""
    with ThreadPoolExecutor(1) as threads:
        reader = threads.submit(read_on, stream)
        try:
            yield reader
        finally:
            stream.stop()


def test_stop_from_another_thread_ends_a_blocked_read_at_once(follower: Follower) -> None:
    with follower.follow() as stream:
        follower.collect(stream)
        with reading(stream) as reader:
            with pytest.raises(TimeoutError):
                reader.result(timeout=0.3)
            begun = monotonic()
            stream.stop()
            reader.result(timeout=5)
            assert monotonic() - begun < 0.5
        assert stream.read(wait=LONG) is None


def test_killed_dump_is_a_lost_server_and_the_feed_goes_on_from_there(follower: Follower) -> None:
    follower.execute("CREATE TABLE t (k INT NOT NULL PRIMARY KEY)")
    watched = follower.watch("t", KeyKind.SIGNED)
    with follower.follow(watched) as stream:
        follower.execute("INSERT INTO t VALUES (1)")
        first = follower.collect(stream)
        with reading(stream) as reader:
            follower.execute(f"KILL {stream.connection_id}")
            with pytest.raises(ServerUnavailable):
                reader.result(timeout=10)
    follower.execute("INSERT INTO t VALUES (2)")
    with follower.follow(watched, start=first.received) as stream:
        assert follower.collect(stream).keys(watched.table) == [(2,)]


def test_second_stream_of_one_identity_ends_the_first(follower: Follower) -> None:
    with follower.follow() as older, reading(older) as reader, follower.follow() as newer:
        with pytest.raises(ServerUnavailable):
            reader.result(timeout=15)
        follower.collect(newer)


def test_heartbeats_keep_an_idle_stream_alive_and_carry_no_change(follower: Follower) -> None:
    with follower.follow() as stream:
        place = follower.collect(stream).received
        heard = []
        deadline = monotonic() + 2 * HEARTBEAT.total_seconds() + 2
        while monotonic() < deadline:
            begun = monotonic()
            batch = stream.read(wait=2 * HEARTBEAT)
            assert batch is not None
            assert batch.received == place
            assert not batch.keys
            heard.append(monotonic() - begun)
    assert len(heard) >= 2
    assert max(heard) < 1.5 * HEARTBEAT.total_seconds()


def test_read_returns_an_empty_batch_after_its_time(follower: Follower) -> None:
    with follower.follow() as stream:
        follower.collect(stream)
        begun = monotonic()
        batch = stream.read(wait=timedelta(milliseconds=200))
        assert batch is not None
        assert not batch.keys
        assert monotonic() - begun < 2


def test_feed_that_was_kept_waiting_loses_nothing(follower: Follower) -> None:
    follower.execute("CREATE TABLE t (k INT NOT NULL PRIMARY KEY, v LONGTEXT)")
    watched = follower.watch("t", KeyKind.SIGNED)
    with follower.follow(watched) as stream:
        for k in range(30):
            follower.execute(f"INSERT INTO t VALUES ({k}, REPEAT('x', 1000000))")  # noqa: S608
        # More than fits into any socket buffer, so the server has to wait for the reader.
        threading.Event().wait(HEARTBEAT.total_seconds() + 1)
        found = follower.collect(stream)
    assert found.keys(watched.table) == [(k,) for k in range(30)]


@pytest.mark.timeout(180)
def test_silent_server_is_given_up_after_three_heartbeats(private_server: Server) -> None:
    with private_feed(private_server) as follower, follower.follow() as stream:
        follower.collect(stream)
        assert private_server.pid is not None
        begun = monotonic()
        os.kill(private_server.pid, signal.SIGSTOP)
        try:
            with pytest.raises(ServerUnavailable, match="nothing was heard"):
                read_on(stream)
        finally:
            os.kill(private_server.pid, signal.SIGCONT)
        assert 2 * HEARTBEAT.total_seconds() < monotonic() - begun < 5 * HEARTBEAT.total_seconds()


def test_server_that_ends_is_a_lost_server(private_server: Server) -> None:
    with private_feed(private_server) as follower, follower.follow() as stream:
        start = follower.collect(stream).received
        private_server.kill()
        with pytest.raises(ServerUnavailable):
            read_on(stream)
        with pytest.raises(ServerUnavailable):
            Stream.open(follower.params, start=start, watched=[], replica=follower.replica)
        private_server.start()


def test_account_without_the_replication_privilege_is_told_so(follower: Follower) -> None:
    account = "feed_without_rights"
    follower.execute(f"CREATE USER '{account}'@'%' IDENTIFIED BY ''")
    try:
        server = follower.server
        params = ConnectParams(host=server.host, port=server.port, user=account)
        with pytest.raises(MissingPrivilege) as refused:
            Stream.open(
                params, start=follower.position(), watched=[], replica=ReplicaIdentity.mint()
            )
        grant = f"GRANT REPLICATION SLAVE ON *.* TO '{account}'"
        assert refused.value.details == {"grants": [grant]}
    finally:
        follower.execute(f"DROP USER '{account}'@'%'")


@contextmanager
def private_feed(server: Server) -> Iterator[Follower]:
    """A follower on a server that the test may harm."""
    query(server, "CREATE DATABASE private")
    follower = Follower(Database(server=server, name="private"))
    yield follower
    follower.close()


def read_on(stream: Stream) -> None:
    """Read until the stream fails."""
    while stream.read(wait=LONG) is not None:
        pass
