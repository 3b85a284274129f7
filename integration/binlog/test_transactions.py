"""E-24, E-27: what a log holds besides row events, and where one transaction ends."""

from contextlib import closing

import pytest

from integration.binlog.follower import Follower, failing_with
from tern.binlog.watched_table import KeyKind
from tern.errors import LogUnsupported

TABLE = "CREATE TABLE {} (k INT NOT NULL PRIMARY KEY, v VARCHAR(100))"


@pytest.fixture
def two_tables(follower: Follower) -> Follower:
    follower.execute(TABLE.format("t"), TABLE.format("u"), TABLE.format("other"))
    return follower


def test_transaction_over_many_tables_files_each_ones_keys(two_tables: Follower) -> None:
    t = two_tables.watch("t", KeyKind.SIGNED)
    u = two_tables.watch("u", KeyKind.SIGNED)
    with two_tables.follow(t, u) as stream:
        two_tables.execute("BEGIN")
        for k in range(5):
            two_tables.execute(
                f"INSERT INTO t VALUES ({k}, 'a')",  # noqa: S608
                f"INSERT INTO u VALUES ({k + 10}, 'b')",  # noqa: S608
                f"INSERT INTO other VALUES ({k}, 'c')",  # noqa: S608
            )
        two_tables.execute("UPDATE t, u SET t.v = 'x', u.v = 'y' WHERE u.k = t.k + 10", "COMMIT")
        found = two_tables.collect(stream)
    rows = range(5)
    assert sorted(found.keys(t.table)) == sorted((k,) for k in (*rows, *rows))
    assert sorted(found.keys(u.table)) == sorted((k + 10,) for k in (*rows, *rows))
    assert found.transactions == 1
    assert found.statements == []


def test_rolled_back_work_is_not_in_the_log(two_tables: Follower) -> None:
    changes = [
        "BEGIN",
        "INSERT INTO t VALUES (1, '')",
        "SAVEPOINT s",
        "INSERT INTO t VALUES (2, '')",
        "ROLLBACK TO s",
        "INSERT INTO t VALUES (3, '')",
        "COMMIT",
        "BEGIN",
        "INSERT INTO t VALUES (4, '')",
        "ROLLBACK",
    ]
    assert two_tables.changes(two_tables.watch("t", KeyKind.SIGNED), changes) == [(1,), (3,)]


def test_savepoints_and_transaction_control_are_no_statements(two_tables: Follower) -> None:
    # A table without transactions makes the server log what was rolled back, savepoints included.
    two_tables.execute("CREATE TABLE m (k INT PRIMARY KEY) ENGINE = MyISAM")
    watched = two_tables.watch("m", KeyKind.SIGNED)
    with two_tables.follow(watched) as stream:
        if two_tables.connection.flavor.is_mariadb():
            two_tables.execute("BEGIN", "INSERT INTO t VALUES (1, '')", "SAVEPOINT `s p`")
            two_tables.execute("INSERT INTO m VALUES (1)", "ROLLBACK TO `s p`", "ROLLBACK")
        two_tables.execute("INSERT INTO m VALUES (2)")
        found = two_tables.collect(stream)
    assert found.texts == []
    assert found.keys(watched.table)[-1] == (2,)


def test_statement_is_handed_out_before_what_follows_it(two_tables: Follower) -> None:
    t = two_tables.watch("t", KeyKind.SIGNED)
    with two_tables.follow(t) as stream:
        two_tables.execute(
            "INSERT INTO t VALUES (1, '')",
            "ALTER TABLE t COMMENT = 'näm€d'",
            "INSERT INTO t VALUES (2, '')",
            "DROP TABLE u",
        )
        found = two_tables.collect(stream)
    order = [
        step
        for batch in found.batches
        for step in (*batch.keys.get(t.table, ()), *(s.text for s in batch.statements))
    ]
    assert order[:3] == [(1,), "ALTER TABLE t COMMENT = 'näm€d'", (2,)]
    assert len(order) == 4
    assert {s.connection_id for s in found.statements} == {two_tables.connection.id}
    assert {s.schema for s in found.statements} == {two_tables.database.name}
    assert found.received == two_tables.position()


def test_statement_in_another_character_set_is_readable(two_tables: Follower) -> None:
    with (
        two_tables.follow() as stream,
        closing(two_tables.database.connect(charset="latin1")) as session,
    ):
        session.cursor().execute("CREATE TABLE `größe` (a INT)")
        found = two_tables.collect(stream)
    assert found.texts == ["CREATE TABLE `größe` (a INT)"]


def test_changes_in_statement_format_are_handed_out_as_text(two_tables: Follower) -> None:
    with two_tables.follow(two_tables.watch("t", KeyKind.SIGNED)) as stream:
        two_tables.execute(
            "SET SESSION transaction_isolation = 'REPEATABLE-READ'"
            if not two_tables.connection.flavor.is_mariadb()
            else "SET SESSION tx_isolation = 'REPEATABLE-READ'",
            "SET SESSION binlog_format = 'STATEMENT'",
            "BEGIN",
            "SET @n = 5",
            "INSERT INTO t VALUES (@n, 'x')",
            "UPDATE t SET v = 'y'",
            "COMMIT",
        )
        found = two_tables.collect(stream)
    assert found.texts == ["INSERT INTO t VALUES (@n, 'x')", "UPDATE t SET v = 'y'"]
    assert found.transactions == 1
    assert found.received == two_tables.position()


def test_xa_changes_arrive_when_prepared_and_each_half_is_a_transaction(
    two_tables: Follower,
) -> None:
    t = two_tables.watch("t", KeyKind.SIGNED)
    with two_tables.follow(t) as stream:
        two_tables.execute(
            "XA START 'one', 'b', 7",
            "INSERT INTO t VALUES (1, '')",
            "XA END 'one', 'b', 7",
            "XA PREPARE 'one', 'b', 7",
        )
        prepared = two_tables.collect(stream)
        middle = two_tables.position()
        two_tables.execute("XA COMMIT 'one', 'b', 7")
        committed = two_tables.collect(stream)
        two_tables.execute("XA START 'two'", "UPDATE t SET v = 'x'", "XA END 'two'")
        two_tables.execute("XA COMMIT 'two' ONE PHASE")
        one_phase = two_tables.collect(stream)
    assert prepared.keys(t.table) == [(1,)]
    assert prepared.received == middle
    assert committed.keys(t.table) == []
    assert one_phase.keys(t.table) == [(1,)]
    assert [c.transactions for c in (prepared, committed, one_phase)] == [1, 1, 1]
    assert prepared.texts + committed.texts + one_phase.texts == []
    assert one_phase.received == two_tables.position()


def test_xa_rollback_ends_a_transaction_too(two_tables: Follower) -> None:
    t = two_tables.watch("t", KeyKind.SIGNED)
    with two_tables.follow(t) as stream:
        two_tables.execute("XA START 'r'", "INSERT INTO t VALUES (1, '')", "XA END 'r'")
        two_tables.execute("XA PREPARE 'r'", "XA ROLLBACK 'r'")
        found = two_tables.collect(stream)
    assert found.keys(t.table) == [(1,)]
    assert found.received == two_tables.position()


def test_create_table_select_is_one_transaction_of_text_and_rows(two_tables: Follower) -> None:
    two_tables.execute("INSERT INTO t VALUES (1, 'a'), (2, 'b')")
    made = two_tables.watch("made", KeyKind.SIGNED)
    with two_tables.follow(made) as stream:
        two_tables.execute("CREATE TABLE made (PRIMARY KEY (k)) SELECT * FROM t")
        found = two_tables.collect(stream)
    assert found.keys(made.table) == [(1,), (2,)]
    assert len(found.texts) == 1
    assert found.transactions == 1
    assert found.received == two_tables.position()


def test_tagged_transactions_are_counted_under_their_tag(mysql_follower: Follower) -> None:
    follower = mysql_follower
    follower.execute(TABLE.format("t"))
    t = follower.watch("t", KeyKind.SIGNED)
    with follower.follow(t) as stream:
        follower.execute("SET SESSION gtid_next = 'AUTOMATIC:some_tag'")
        follower.execute("INSERT INTO t VALUES (1, '')", "INSERT INTO t VALUES (2, '')")
        follower.execute("SET SESSION gtid_next = 'AUTOMATIC'", "INSERT INTO t VALUES (3, '')")
        found = follower.collect(stream)
        target = follower.position()
    assert found.keys(t.table) == [(1,), (2,), (3,)]
    assert found.received == target
    assert target.gtids is not None
    assert ":some_tag:" in target.gtids.to_text()
    with follower.follow(t, start=found.received) as stream:
        follower.execute("INSERT INTO t VALUES (4, '')")
        assert follower.collect(stream).keys(t.table) == [(4,)]


def test_compressed_events_of_mariadb_are_read(mariadb_follower: Follower) -> None:
    follower = mariadb_follower
    follower.execute("CREATE TABLE t (k INT PRIMARY KEY, v LONGTEXT)")
    watched = follower.watch("t", KeyKind.SIGNED)
    follower.execute("SET GLOBAL log_bin_compress = ON, log_bin_compress_min_len = 10")
    try:
        with follower.follow(watched) as stream, closing(follower.database.connect()) as session:
            for change in (
                "INSERT INTO t VALUES (1, REPEAT('x', 100000)), (2, REPEAT('y', 70000))",
                "UPDATE t SET k = k + 10",
                "DELETE FROM t WHERE k = 11",
                f"ALTER TABLE t COMMENT = '{'long ' * 100}'",
            ):
                session.cursor().execute(change)
            found = follower.collect(stream)
    finally:
        follower.execute("SET GLOBAL log_bin_compress = OFF, log_bin_compress_min_len = DEFAULT")
    assert found.keys(watched.table) == [(1,), (2,), (1,), (11,), (2,), (12,), (11,)]
    assert found.texts == [f"ALTER TABLE t COMMENT = '{'long ' * 100}'"]


def test_compressed_transaction_of_mysql_is_refused_without_the_library(
    mysql_follower: Follower,
) -> None:
    follower = mysql_follower
    follower.execute(TABLE.format("t"), "SET SESSION binlog_transaction_compression = ON")
    with (
        follower.follow(follower.watch("t", KeyKind.SIGNED)) as stream,
        failing_with(LogUnsupported, "zstd"),
    ):
        follower.execute("INSERT INTO t VALUES (1, REPEAT('x', 100))")
        follower.collect(stream)
