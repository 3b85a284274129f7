"""No difference between two rows escapes the comparison, and no equal rows are called unlike."""

# ruff: noqa: S608  # values of the tests

from collections.abc import Iterator

import pytest

from integration.databases import Database, fresh_database, query
from integration.online.linked import linked
from integration.servers.program import Flavor
from integration.servers.throwaway import Server
from tern.engine.online.chunk import KeyRange
from tern.engine.online.verification_statements import Stretch

HIGH_BITS = "b'" + "1" + "0" * 63 + "'"
SIXTY_FOUR = "SET(" + ",".join(f"'e{i}'" for i in range(64)) + ")"

PAIRS = {
    "microsecond": ("DATETIME(6)", "'2026-01-01 00:00:00.000001'", "'2026-01-01 00:00:00.000002'"),
    "microsecond of a time": ("TIME(6)", "'-01:00:00.000001'", "'-01:00:00.000002'"),
    "microsecond of a timestamp": (
        "TIMESTAMP(6) NULL",
        "'2026-01-01 00:00:00.000001'",
        "'2026-01-01 00:00:00'",
    ),
    "zero date": ("DATE", "'0000-00-00'", "NULL"),
    "invalid date": ("DATE", "'2026-02-31'", "'2026-02-30'"),
    "year": ("YEAR", "1901", "1902"),
    "seventh digit of a float": ("FLOAT", "1.2345678", "1.2345679"),
    "last digit of a double": ("DOUBLE", "1.7976931348623157e308", "1.7976931348623155e308"),
    "decimal": ("DECIMAL(65,30)", "1.000000000000000000000000000001", "1"),
    "beyond a double": ("BIGINT UNSIGNED", "18446744073709551615", "18446744073709551614"),
    "high bit": ("BIT(64)", HIGH_BITS, "b'0'"),
    "high byte of bits": ("BIT(16)", "b'1000000011111111'", "b'0000000011111111'"),
    "tail of a geometry": (
        "GEOMETRY",
        "ST_GeomFromText('POINT(1 2)')",
        "ST_GeomFromText('POINT(1 777)')",
    ),
    "reference system": (
        "GEOMETRY",
        "ST_GeomFromText('POINT(1 2)', 0)",
        "ST_GeomFromText('POINT(1 2)', 4326)",
    ),
    "null and empty": ("VARCHAR(9)", "NULL", "''"),
    "null and N": ("VARCHAR(9)", "NULL", "'N'"),
    "empty and N": ("VARCHAR(9)", "''", "'N'"),
    "case": ("VARCHAR(9)", "'a'", "'A'"),
    "trailing blank": ("VARCHAR(9)", "'a'", "'a '"),
    "accent": ("TEXT", "'e'", "'é'"),
    "trailing zero byte": ("VARBINARY(9)", "x'61'", "x'6100'"),
    "padded bytes": ("BINARY(4)", "x'61'", "x'6120'"),
    "end of a blob": ("LONGBLOB", "REPEAT(x'00', 100000)", "CONCAT(REPEAT(x'00', 99999), x'01')"),
    "char": ("CHAR(9)", "'a'", "'a\\t'"),
    "json number": ("JSON", "'1'", "'1.0'"),
    "json null": ("JSON", "'null'", "NULL"),
    "json text": ("JSON", """'{"a": "x"}'""", """'{"a": "X"}'"""),
    "enum": ("ENUM('a','b')", "'a'", "'b'"),
    "enum without a value": ("ENUM('a','')", "''", "NULL"),
    "set": ("SET('a','b')", "'a'", "'a,b'"),
    "element 1 of 64": (SIXTY_FOUR, "'e0,e63'", "'e63'"),
}
ONE_VENDOR = {
    Flavor.MYSQL: {
        "vector": ("VECTOR(2)", "STRING_TO_VECTOR('[1,2]')", "STRING_TO_VECTOR('[1,2.0000002]')"),
    },
    Flavor.MARIADB: {
        "uuid": (
            "UUID",
            "'12345678-1234-1234-1234-123456789abc'",
            "'12345678-1234-1234-1234-123456789abd'",
        ),
        "inet6": ("INET6", "'::1'", "'::2'"),
    },
}


@pytest.mark.parametrize("name", PAIRS)
def test_two_values_are_told_apart(database: Database, name: str) -> None:
    tell_apart(database, PAIRS[name])


def test_two_values_of_the_vendors_own_types_are_told_apart(database: Database) -> None:
    for values in ONE_VENDOR[database.server.flavor].values():
        tell_apart(database, values)
        database.query("DROP TABLE s, t, p")


def tell_apart(database: Database, values: tuple[str, str, str]) -> None:
    column, one, other = values
    with linked(database, f"id INT PRIMARY KEY, v {column}") as tables:
        tables.run(f"INSERT INTO s VALUES (1, {one}), (2, {other}), (3, NULL)")
        tables.copy()
        assert tables.compare().doubts == (), "equal rows were called unlike"
        # Not UPDATE: to MySQL 1 and 1.0 in a JSON are no change.
        tables.run("DELETE FROM t", f"INSERT INTO t VALUES (1, {other}), (2, {one}), (3, NULL)")
        assert tables.compare().doubts == ((1,), (2,))


CONVERSIONS = {
    "appended element": ("ENUM('a','b')", "ENUM('a','b','c')", "'b'", "'c'"),
    "other order of elements": ("ENUM('a','b')", "ENUM('b','a')", "'b'", "'a'"),
    "other order of a set": ("SET('a','b')", "SET('b','a')", "'a,b'", "'a'"),
    "text to json": ("TEXT", "JSON", """'{"b":1,"a":2}'""", """'{"a": 3}'"""),
    "number to text": ("DOUBLE", "VARCHAR(40)", "1e20", "'1e21'"),
    "text to number": ("VARCHAR(9)", "INT", "'7'", "8"),
    "fewer digits": ("DECIMAL(9,4)", "DECIMAL(9,2)", "1.5", "1.51"),
    "fewer microseconds": (
        "DATETIME(6)",
        "DATETIME(3)",
        "'2026-01-01 00:00:00.001'",
        "'2026-01-01'",
    ),
    "more microseconds": (
        "DATETIME(3)",
        "DATETIME(6)",
        "'2026-01-01 00:00:00.001'",
        "'2026-01-01'",
    ),
    "float to double": ("FLOAT", "DOUBLE", "1.1", "1.1"),
    "wider charset": (
        "VARCHAR(9) CHARACTER SET latin1",
        "VARCHAR(9) CHARACTER SET utf8mb4",
        "'é'",
        "'e'",
    ),
    "narrower charset": (
        "VARCHAR(9) CHARACTER SET utf8mb4",
        "VARCHAR(9) CHARACTER SET latin1",
        "'é'",
        "'e'",
    ),
    "longer padding": ("BINARY(2)", "BINARY(4)", "x'6162'", "x'616200FF'"),
    "bytes to padding": ("VARBINARY(2)", "BINARY(4)", "x'61'", "x'61000001'"),
    "date to datetime": ("DATE", "DATETIME(6)", "'2026-01-01'", "'2026-01-01 00:00:00.000001'"),
    "wider integer": ("INT", "BIGINT UNSIGNED", "7", "8"),
    "integer to decimal": ("BIGINT UNSIGNED", "DECIMAL(20,0)", "18446744073709551615", "1"),
    "text to bytes": ("VARCHAR(9)", "VARBINARY(40)", "'é'", "'e'"),
}


@pytest.mark.parametrize("name", CONVERSIONS)
def test_a_conversion_is_equal_to_what_the_server_makes_of_it(
    database: Database, name: str
) -> None:
    before, after, value, other = CONVERSIONS[name]
    columns = f"id INT PRIMARY KEY, v {before}"
    with linked(database, columns, f"MODIFY v {after}") as tables:
        tables.run(f"INSERT INTO s VALUES (1, {value}), (2, NULL), (3, {value})")
        tables.copy()
        found = tables.compare()
        assert (found.rows, found.doubts) == (3, ())
        tables.run(
            f"UPDATE t SET v = {other} WHERE id = 1", f"UPDATE t SET v = {value} WHERE id = 2"
        )
        assert tables.compare().doubts == ((1,), (2,))
        assert database.query("SELECT COUNT(*) FROM p") == [(0,)]


def test_text_is_not_shifted_between_columns(database: Database) -> None:
    with linked(database, "id INT PRIMARY KEY, a TEXT, b TEXT") as tables:
        tables.run("INSERT INTO s VALUES (1, 'a', 'bc')")
        tables.copy()
        tables.run("UPDATE t SET a = 'ab', b = 'c'")
        assert tables.compare().doubts == ((1,),)


def test_rows_that_swapped_all_their_values_differ(database: Database) -> None:
    with linked(database, "id INT PRIMARY KEY, a INT, b TEXT") as tables:
        tables.run(
            "INSERT INTO s VALUES (1, 10, 'x'), (2, 20, 'y')",
            "INSERT INTO t VALUES (1, 20, 'y'), (2, 10, 'x')",
        )
        assert tables.compare().doubts == ((1,), (2,))


def test_mysql_joins_the_rows_of_a_range_by_a_hash(mysql: Server) -> None:
    with (
        fresh_database(mysql) as database,
        linked(database, "id BIGINT PRIMARY KEY, v VARCHAR(20)") as pair,
    ):
        sql = Stretch(pair.link, KeyRange(lower=(1,), upper=(9,))).counts()
        plan = pair.connection.value(f"EXPLAIN FORMAT=TREE {sql}")
    assert "Left hash join" in plan


def test_rows_are_in_doubt_also_where_their_keys_do_not_fit_one_list(database: Database) -> None:
    with linked(database, "id INT PRIMARY KEY, v INT") as pair:
        pair.run("INSERT INTO s VALUES (1000, 1), (2000, 2), (3000, 3)")
        pair.copy()
        pair.run("UPDATE t SET v = v + 1", "SET SESSION group_concat_max_len = 6")
        assert set(pair.compare().doubts) == {(1000,), (2000,), (3000,)}


@pytest.fixture
def forgetful(database: Database) -> Iterator[Database]:
    """A schema on a server that counts warnings and keeps none."""
    ((kept,),) = query(database.server, "SELECT @@GLOBAL.max_error_count")
    query(database.server, "SET GLOBAL max_error_count = 0")
    yield database
    query(database.server, f"SET GLOBAL max_error_count = {kept}")


def test_a_cut_list_is_noticed_where_the_server_keeps_no_warnings(forgetful: Database) -> None:
    with linked(forgetful, "id INT PRIMARY KEY, v INT") as pair:
        pair.run("INSERT INTO s VALUES (1000, 1), (2000, 2), (3000, 3)")
        pair.copy()
        pair.run("UPDATE t SET v = v + 1", "SET SESSION group_concat_max_len = 6")
        assert set(pair.compare().doubts) == {(1000,), (2000,), (3000,)}


def test_rows_on_one_side_alone_are_doubts(database: Database) -> None:
    with linked(database, "id INT PRIMARY KEY, a INT") as tables:
        tables.run("INSERT INTO s VALUES (1, 10), (2, 20)", "INSERT INTO t VALUES (2, 20), (3, 30)")
        found = tables.compare()
        assert (found.rows, found.doubts) == (2, ((1,), (3,)))


def test_a_row_that_the_shadow_has_twice_is_a_doubt(database: Database) -> None:
    alter = "DROP PRIMARY KEY, ADD COLUMN n INT NOT NULL AUTO_INCREMENT PRIMARY KEY, ADD KEY (id)"
    with linked(database, "id INT NOT NULL PRIMARY KEY, a INT", alter) as tables:
        tables.run(
            "INSERT INTO s VALUES (1, 10), (2, 20)",
            "INSERT INTO t (id, a) VALUES (1, 10), (1, 10), (2, 20)",
        )
        assert tables.compare().doubts == ((1,),)


KEYS = {
    "decimal": ("DECIMAL(9,2)", "DECIMAL(11,4)", "-12.50", ("-12.50",)),
    "datetime": (
        "DATETIME(3)",
        "DATETIME(6)",
        "'2026-01-01 10:00:00.5'",
        ("2026-01-01 10:00:00.500",),
    ),
    "bytes": ("BINARY(4)", "BINARY(4)", "x'6100'", (b"a\x00\x00\x00",)),
    "text": ("VARCHAR(9)", "VARCHAR(99)", "'O''Neil %s'", (b"O'Neil %s",)),
    "enum": ("ENUM('b','a')", "ENUM('b','a','c')", "'a'", (2,)),
    "year": ("YEAR", "YEAR", "1999", (1999,)),
    "big": ("BIGINT UNSIGNED", "BIGINT UNSIGNED", "18446744073709551615", (2**64 - 1,)),
    "negative": ("INT", "BIGINT", "-5", (-5,)),
}


@pytest.mark.parametrize("name", KEYS)
def test_keys_of_doubts_have_the_form_that_the_feed_gives_them(
    database: Database, name: str
) -> None:
    before, after, value, key = KEYS[name]
    columns = f"k {before} NOT NULL PRIMARY KEY, v INT"
    with linked(database, columns, f"MODIFY k {after} NOT NULL") as tables:
        tables.run(f"INSERT INTO s VALUES ({value}, 1)")
        tables.copy()
        assert tables.compare().doubts == ()
        tables.run("UPDATE t SET v = 2")
        assert tables.compare().doubts == (key,)
        tables.run("DELETE FROM s")
        assert tables.compare().doubts == (key,)
