"""E-25: whatever image of a row the server logs, the key is found or its absence said."""

import pytest

from integration.binlog.follower import Follower, failing_with
from tern.binlog.watched_table import KeyKind
from tern.errors import LogUnsupported, RowImageIncomplete, TableLayoutChanged

KINDS = (KeyKind.TEXT, KeyKind.SIGNED)
TABLE = (
    "CREATE TABLE t (n INT, a VARCHAR(20) NOT NULL, b INT NOT NULL, note TEXT, f FLOAT,"
    " d DATETIME(6), PRIMARY KEY (a, b))"
)


@pytest.mark.parametrize("image", ["FULL", "MINIMAL", "NOBLOB"])
def test_keys_of_every_row_image_are_found(follower: Follower, image: str) -> None:
    follower.execute(TABLE, f"SET SESSION binlog_row_image = '{image}'")
    changes = [
        "INSERT INTO t VALUES (1, 'x', 1, 'text', 2.5, NOW(6)), (2, 'y', 2, NULL, NULL, NULL)",
        "INSERT INTO t (b, a) VALUES (3, 'z')",
        "UPDATE t SET note = 'other', n = 9",
        "UPDATE t SET b = 22 WHERE b = 2",
        "UPDATE t SET a = 'zz', note = NULL WHERE b = 3",
        "DELETE FROM t WHERE a = 'x'",
    ]
    x, y, z = (b"x", 1), (b"y", 2), (b"z", 3)
    moved = [y, (b"y", 22), z, (b"zz", 3)]
    found = follower.changes(follower.watch("t", *KINDS, first=1), changes)
    assert found == [x, y, z, x, y, z, *moved, x]


def test_insert_that_leaves_the_key_to_its_default_fails_under_minimal_images(
    follower: Follower,
) -> None:
    follower.execute(
        "CREATE TABLE t (a INT NOT NULL DEFAULT 5 PRIMARY KEY, b INT)",
        "SET SESSION binlog_row_image = 'MINIMAL'",
    )
    with (
        follower.follow(follower.watch("t", KeyKind.SIGNED)) as stream,
        failing_with(RowImageIncomplete, "without its key column 1"),
    ):
        follower.execute("INSERT INTO t (b) VALUES (1)")
        follower.collect(stream)


def test_auto_increment_key_is_in_a_minimal_image(follower: Follower) -> None:
    follower.execute(
        "CREATE TABLE t (b INT, a INT NOT NULL AUTO_INCREMENT PRIMARY KEY)",
        "SET SESSION binlog_row_image = 'MINIMAL'",
    )
    watched = follower.watch("t", KeyKind.SIGNED, first=1)
    assert follower.changes(watched, ["INSERT INTO t (b) VALUES (7), (8)"]) == [(1,), (2,)]


def test_changed_layout_is_parsed_anew(follower: Follower) -> None:
    follower.execute("CREATE TABLE t (k INT NOT NULL PRIMARY KEY, a INT)")
    changes = [
        "INSERT INTO t VALUES (1, 2)",
        "ALTER TABLE t ADD COLUMN b VARCHAR(50), ADD c DOUBLE",
        "INSERT INTO t VALUES (2, 3, 'text', 1.5)",
        "ALTER TABLE t DROP COLUMN a",
        "INSERT INTO t VALUES (3, NULL, 1.5)",
    ]
    assert follower.changes(follower.watch("t", KeyKind.SIGNED), changes) == [(1,), (2,), (3,)]


@pytest.mark.parametrize(
    ("alter", "reason"),
    [
        ("MODIFY k VARCHAR(10) NOT NULL", "key column 1 is VARCHAR, not SIGNED"),
        ("DROP PRIMARY KEY, MODIFY k INT NULL", "key column 1 may be NULL"),
    ],
)
def test_key_column_that_became_another_is_refused(
    follower: Follower, alter: str, reason: str
) -> None:
    follower.execute("CREATE TABLE t (k INT NOT NULL PRIMARY KEY, k2 INT NOT NULL)")
    with (
        follower.follow(follower.watch("t", KeyKind.SIGNED)) as stream,
        failing_with(TableLayoutChanged, reason),
    ):
        follower.execute(f"ALTER TABLE t {alter}", "INSERT INTO t VALUES (1, 1)")
        follower.collect(stream)


def test_key_column_that_is_gone_is_refused(follower: Follower) -> None:
    follower.execute("CREATE TABLE t (a INT, k INT NOT NULL PRIMARY KEY)")
    with (
        follower.follow(follower.watch("t", KeyKind.SIGNED, first=1)) as stream,
        failing_with(TableLayoutChanged, "it has 1 columns and no column 2"),
    ):
        follower.execute("ALTER TABLE t DROP COLUMN k", "INSERT INTO t VALUES (1)")
        follower.collect(stream)


def test_partial_json_of_a_watched_table_is_refused(mysql_follower: Follower) -> None:
    follower = mysql_follower
    follower.execute(
        "CREATE TABLE t (k INT PRIMARY KEY, j JSON)",
        "CREATE TABLE other LIKE t",
        """INSERT INTO t VALUES (1, '{"a": 1, "b": "some longer text"}')""",
        "INSERT INTO other SELECT * FROM t",
        "SET SESSION binlog_row_value_options = 'PARTIAL_JSON'",
    )
    watched = follower.watch("t", KeyKind.SIGNED)
    change = "UPDATE {} SET j = JSON_SET(j, '$.a', 2)"
    assert follower.changes(watched, [change.format("other")]) == []
    with follower.follow(watched) as stream, failing_with(LogUnsupported, "differences"):
        follower.execute(change.format("t"))
        follower.collect(stream)
