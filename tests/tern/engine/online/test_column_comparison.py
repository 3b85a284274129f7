"""Which types are compared as they are, and which only after the server's own assignment."""

from dataclasses import replace

import pytest

from tern.ddl.create_table import parse_create_table
from tern.engine.online.column_comparison import Way, equal, way_of
from tern.engine.online.link import ColumnPair

WAYS = [
    ("int", "bigint unsigned", Way.AS_IS),
    ("bigint unsigned", "decimal(20,0)", Way.AS_IS),
    ("decimal(9,2)", "decimal(12,4)", Way.AS_IS),
    ("decimal(9,4)", "decimal(9,2)", Way.PROBE),
    ("float", "float", Way.AS_IS),
    ("float", "double", Way.AS_IS),
    ("double", "float", Way.PROBE),
    ("double", "double(9,2)", Way.PROBE),
    ("bit(1)", "bit(64)", Way.AS_IS),
    ("datetime(3)", "datetime(6)", Way.AS_IS),
    ("datetime(6)", "datetime", Way.PROBE),
    ("timestamp", "datetime", Way.PROBE),
    ("date", "datetime", Way.AS_IS),
    ("datetime", "date", Way.PROBE),
    ("int", "varchar(20)", Way.PROBE),
    ("varchar(20)", "int", Way.PROBE),
    ("varchar(20)", "varchar(30)", Way.TEXT),
    ("varchar(30)", "varchar(20)", Way.PROBE),
    ("varchar(20)", "char(30)", Way.PROBE),
    ("char(20)", "varchar(20)", Way.TEXT),
    ("varchar(20)", "longtext", Way.TEXT),
    ("longtext", "text", Way.PROBE),
    ("varchar(20)", "varbinary(80)", Way.PROBE),
    ("binary(4)", "binary(8)", Way.PROBE),
    ("binary(4)", "varbinary(8)", Way.BYTES),
    ("varbinary(8)", "blob", Way.BYTES),
    ("enum('a','b')", "enum('a','b','c')", Way.ORDINAL),
    ("enum('a','b')", "enum('b','a')", Way.MEMBER),
    ("set('a','b')", "set('a','b','c')", Way.ORDINAL),
    ("set('a','b')", "set('b','a')", Way.PROBE),
    ("enum('a','b')", "varchar(9)", Way.PROBE),
    ("json", "json", Way.BYTES),
    ("text", "json", Way.PROBE),
    ("point", "geometry", Way.BYTES),
    ("vector(2)", "vector(2)", Way.BYTES),
    ("uuid", "uuid", Way.AS_IS),
    ("uuid", "char(36)", Way.PROBE),
    ("year", "year", Way.AS_IS),
]


def pair(
    before: str, after: str, charsets: tuple[str | None, str | None] = (None, None)
) -> ColumnPair:
    columns = []
    for text, charset in zip((before, after), charsets, strict=True):
        table = parse_create_table(f"CREATE TABLE `t` (\n  `v` {text}\n) ENGINE=InnoDB")
        columns.append(replace(table.columns[0], charset=charset))
    return ColumnPair(origin=columns[0], target=columns[1])


@pytest.mark.parametrize(("before", "after", "way"), WAYS, ids=str)
def test_two_types_are_compared_in_one_way(before: str, after: str, way: Way) -> None:
    assert way_of(pair(before, after)) is way


def test_a_charset_that_lacks_characters_takes_the_servers_own_conversion() -> None:
    types = ("varchar(9)", "varchar(9)")
    assert way_of(pair(*types, charsets=("latin1", "utf8mb4"))) is Way.TEXT
    assert way_of(pair(*types, charsets=("utf8mb4", "latin1"))) is Way.PROBE
    assert way_of(pair(*types, charsets=("binary", "utf8mb4"))) is Way.PROBE


def test_text_is_compared_as_bytes_of_the_shadows_charset() -> None:
    both = pair("varchar(9)", "varchar(9)", charsets=("latin1", "utf8mb4"))
    assert equal(both, origin="s", target="t") == (
        "CAST(CONVERT(s.`v` USING utf8mb4) AS BINARY) <=> "
        "CAST(CONVERT(t.`v` USING utf8mb4) AS BINARY)"
    )


def test_elements_in_another_order_are_compared_by_name_and_by_whether_there_is_one() -> None:
    both = pair("enum('a','b')", "enum('b','a')")
    assert equal(both, origin="s", target="t") == (
        "(CAST(s.`v` AS BINARY) <=> CAST(t.`v` AS BINARY) AND (s.`v` = 0) <=> (t.`v` = 0))"
    )
