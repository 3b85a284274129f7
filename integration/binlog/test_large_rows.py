"""Rows beyond a packet's 16 MiB, with the packet's edges hit exactly."""

from collections.abc import Iterator

import pytest

from integration.binlog.follower import Follower
from tern.binlog.watched_table import KeyKind

PACKET_BYTES = 0xFFFFFF


@pytest.fixture
def wide(follower: Follower) -> Iterator[Follower]:
    row = follower.connection.first("SELECT @@GLOBAL.max_allowed_packet")
    assert row is not None
    follower.execute("SET GLOBAL max_allowed_packet = 104857600")
    follower.connection.close()
    again = Follower(follower.database)
    again.execute("CREATE TABLE t (v LONGTEXT, k INT NOT NULL PRIMARY KEY)")
    follower.connection = again.connection
    yield follower
    follower.execute(f"SET GLOBAL max_allowed_packet = {row[0]}")


def test_rows_larger_than_packets_are_pieced_together(wide: Follower) -> None:
    watched = wide.watch("t", KeyKind.SIGNED, first=1)
    with wide.follow(watched) as stream:
        wide.execute("INSERT INTO t VALUES ('small', 1)")
        wide.execute("INSERT INTO t VALUES (REPEAT('x', 40000000), 2)")
        wide.execute("UPDATE t SET k = k + 10")
        wide.execute("INSERT INTO t VALUES ('small', 3)")
        found = wide.collect(stream)
    assert found.keys(watched.table) == [(1,), (2,), (1,), (11,), (2,), (12,), (3,)]
    assert found.received == wide.position()


def test_events_about_as_long_as_a_packet_are_read(wide: Follower) -> None:
    watched = wide.watch("t", KeyKind.SIGNED, first=1)
    with wide.follow(watched) as stream:
        # An event is a header, a table id, bitmaps, lengths and a checksum longer than its text:
        # between 40 and 50 bytes, so that some of these fill a packet to the last byte.
        for k, below in enumerate(range(38, 54)):
            wide.execute(f"INSERT INTO t VALUES (REPEAT('x', {PACKET_BYTES - below}), {k})")  # noqa: S608
            found = wide.collect(stream)
            assert found.keys(watched.table) == [(k,)]


def test_large_rows_of_other_tables_are_passed_over(wide: Follower) -> None:
    wide.execute("CREATE TABLE other LIKE t")
    watched = wide.watch("t", KeyKind.SIGNED, first=1)
    with wide.follow(watched) as stream:
        wide.execute("INSERT INTO other VALUES (REPEAT('x', 34000000), 1)")
        wide.execute("INSERT INTO t VALUES ('small', 2)")
        found = wide.collect(stream)
    assert found.keys(watched.table) == [(2,)]
