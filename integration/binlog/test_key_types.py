"""E-24, E-26: each type a change key may have, and each that stands beside it, on real servers."""

from itertools import cycle

import pytest

from integration.binlog.column_shapes import KEY_SHAPES, MARIADB_KEY_SHAPES, KeyShape, stepped_over
from integration.binlog.follower import Follower, failing_with
from integration.servers.program import Flavor
from tern.binlog.watched_table import KeyColumn, KeyKind, WatchedTable
from tern.errors import TableLayoutChanged

LAX = "SET SESSION sql_mode = 'ALLOW_INVALID_DATES'"


@pytest.mark.parametrize("shape", KEY_SHAPES, ids=lambda shape: shape.definition[:40])
def test_key_of_each_type_is_what_the_server_says(follower: Follower, shape: KeyShape) -> None:
    check_key(follower, shape)


@pytest.mark.parametrize("shape", MARIADB_KEY_SHAPES, ids=lambda shape: shape.definition)
def test_key_of_mariadb_type_is_what_the_server_says(
    mariadb_follower: Follower, shape: KeyShape
) -> None:
    check_key(mariadb_follower, shape)


def check_key(follower: Follower, shape: KeyShape) -> None:
    follower.execute(LAX, f"CREATE TABLE t (a INT, k {shape.definition} NOT NULL PRIMARY KEY)")
    inserts = [f"INSERT INTO t VALUES (1, {value})" for value in shape.values]  # noqa: S608
    column = KeyColumn(ordinal=1, kind=shape.kind, fraction_digits=shape.fraction_digits)
    watched = WatchedTable(table=follower.table("t"), key=(column,))
    found = follower.changes(watched, [*inserts, "UPDATE t SET a = 2", "DELETE FROM t WHERE a = 0"])
    expected = [key for (key,) in follower.connection.query(f"SELECT {shape.look} FROM t")]  # noqa: S608
    assert len(expected) == len(shape.values)
    once, again = found[: len(expected)], found[len(expected) :]
    assert sorted(key for (key,) in once) == sorted(expected)
    assert sorted(again) == sorted(once)
    assert {type(key) for (key,) in once} == {type(key) for key in expected}


def test_every_type_is_stepped_over_before_and_behind_the_key(follower: Follower) -> None:
    types = stepped_over(Flavor(follower.server.flavor))
    half = len(types) // 2
    columns = [f"c{i} {definition}" for i, (definition, _) in enumerate(types)]
    columns.insert(half, "k BIGINT NOT NULL PRIMARY KEY")
    follower.execute(LAX, f"CREATE TABLE t ({', '.join(columns)})")
    inserts = []
    for row in range(len(types) + 2):
        # Row i has NULL in column i; the last two rows have values, or NULL, everywhere.
        values = [sample if row != i else "NULL" for i, (_, sample) in enumerate(types)]
        names = [f"c{i}" for i in range(len(types))]
        if row > len(types):
            values = ["NULL"] * len(types)
        listed = ", ".join(values)
        inserts.append(f"INSERT INTO t (k, {', '.join(names)}) VALUES ({row}, {listed})")  # noqa: S608
    changes = [*inserts, "UPDATE t SET c0 = 5, c5 = NULL", "DELETE FROM t"]
    found = follower.changes(follower.watch("t", KeyKind.SIGNED, first=half), changes)
    rows = list(range(len(types) + 2))
    assert [key for (key,) in found] == [*rows, *rows, *rows]


@pytest.mark.parametrize("storage", ["VIRTUAL", "STORED"])
def test_generated_columns_count_among_the_ordinals(follower: Follower, storage: str) -> None:
    follower.execute(
        f"CREATE TABLE t (a INT, g VARCHAR(40) AS (CONCAT('n', a)) {storage},"
        " h INT AS (a + 1) VIRTUAL, k INT NOT NULL PRIMARY KEY, INDEX (g))"
    )
    changes = ["INSERT INTO t (a, k) VALUES (1, 10), (NULL, 20)", "UPDATE t SET a = 7, k = k + 1"]
    found = follower.changes(follower.watch("t", KeyKind.SIGNED, first=3), changes)
    assert found == [(10,), (20,), (10,), (11,), (20,), (21,)]


def test_composite_key_has_its_values_in_the_order_of_the_key(follower: Follower) -> None:
    follower.execute(
        "CREATE TABLE t (a VARCHAR(10) NOT NULL, b INT, c DATETIME(2) NOT NULL, d BIGINT NOT NULL,"
        " PRIMARY KEY (d, a, c))"
    )
    key = (
        KeyColumn(ordinal=3, kind=KeyKind.SIGNED),
        KeyColumn(ordinal=0, kind=KeyKind.TEXT),
        KeyColumn(ordinal=2, kind=KeyKind.DATETIME, fraction_digits=2),
    )
    watched = WatchedTable(table=follower.table("t"), key=key)
    changes = [
        "INSERT INTO t VALUES ('x', NULL, '2026-01-02 03:04:05.67', 9)",
        "UPDATE t SET a = 'y', b = 3",
    ]
    old, new = (9, b"x", "2026-01-02 03:04:05.67"), (9, b"y", "2026-01-02 03:04:05.67")
    assert follower.changes(watched, changes) == [old, old, new]


def test_hundreds_of_columns_with_changing_nulls_are_stepped_over(follower: Follower) -> None:
    count, definitions = 190, cycle(("INT", "VARCHAR(20)", "DECIMAL(9, 3)"))
    columns = [f"c{i} {next(definitions)}" for i in range(count)]
    follower.execute(f"CREATE TABLE t ({', '.join(columns)}, k INT NOT NULL PRIMARY KEY)")
    inserts = []
    for n in range(60):
        set_to = ", ".join(f"c{i} = {i}" for i in range(n % 7, count, n + 1))
        inserts.append(f"INSERT INTO t SET k = {n}, {set_to}")
    found = follower.changes(follower.watch("t", KeyKind.SIGNED, first=count), inserts)
    assert found == [(n,) for n in range(60)]


@pytest.mark.parametrize("name", ["TIME", "DATETIME", "TIMESTAMP"])
def test_old_temporal_format_of_mariadb_is_read_unless_it_hides_a_fraction(
    mariadb_follower: Follower, name: str
) -> None:
    follower, kind = mariadb_follower, KeyKind[name]
    follower.execute("SET GLOBAL mysql56_temporal_format = OFF")
    try:
        follower.execute(
            f"CREATE TABLE whole (k {name} NOT NULL PRIMARY KEY, o DATETIME(6))",
            f"CREATE TABLE part (k {name}(6) NOT NULL PRIMARY KEY)",
        )
    finally:
        follower.execute("SET GLOBAL mysql56_temporal_format = ON")
    value = {"TIME": "-12:34:56"}.get(name, "2026-02-03 04:05:06")
    change = f"INSERT INTO whole VALUES ('{value}', '2026-02-03 04:05:06.789')"  # noqa: S608
    assert follower.changes(follower.watch("whole", kind), [change]) == [(value,)]
    column = KeyColumn(ordinal=0, kind=kind, fraction_digits=6)
    watched = WatchedTable(table=follower.table("part"), key=(column,))
    with follower.follow(watched) as stream, failing_with(TableLayoutChanged, "0 fractional"):
        follower.execute(f"INSERT INTO part VALUES ('{value}.5')")  # noqa: S608
        follower.collect(stream)
