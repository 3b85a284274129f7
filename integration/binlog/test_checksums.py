"""Events with and without CRC32, and a change from one to the other while the feed runs."""

from collections.abc import Iterator

import pytest

from integration.binlog.follower import Follower
from tern.binlog.watched_table import KeyKind


@pytest.fixture
def any_checksum(follower: Follower) -> Iterator[Follower]:
    follower.execute("CREATE TABLE t (k INT NOT NULL PRIMARY KEY)")
    yield follower
    follower.execute("SET GLOBAL binlog_checksum = 'CRC32'")


@pytest.mark.parametrize("first", ["CRC32", "NONE"])
@pytest.mark.parametrize("has_gtids", [True, False])
def test_feed_follows_a_change_of_the_checksum(
    any_checksum: Follower, first: str, *, has_gtids: bool
) -> None:
    follower = any_checksum
    then = "NONE" if first == "CRC32" else "CRC32"
    watched = follower.watch("t", KeyKind.SIGNED)
    follower.execute(f"SET GLOBAL binlog_checksum = '{first}'")
    start = follower.position() if has_gtids else follower.position().without_gtids()
    with follower.follow(watched, start=start) as stream:
        follower.execute("INSERT INTO t VALUES (1)", f"SET GLOBAL binlog_checksum = '{then}'")
        follower.execute("INSERT INTO t VALUES (2)", f"SET GLOBAL binlog_checksum = '{first}'")
        follower.execute("INSERT INTO t VALUES (3)")
        found = follower.collect(stream)
    assert found.keys(watched.table) == [(1,), (2,), (3,)]
    # Opened now, the stream begins in a file of the other kind than the server writes.
    follower.execute(f"SET GLOBAL binlog_checksum = '{then}'")
    with follower.follow(watched, start=start) as stream:
        again = follower.collect(stream)
    assert again.keys(watched.table) == [(1,), (2,), (3,)]
