import pytest

from tern.binlog.table_map import read_table_map, read_table_name
from tern.binlog.table_reader import TableReader
from tern.binlog.watched_table import KeyColumn, KeyKind, TableName, WatchedTable
from tern.errors import RowImageIncomplete, TableLayoutChanged

BODY = (
    b"\x04shop\0\x01t\0"
    b"\x05\x08\x0f\x12\x0c\x03"  # BIGINT, VARCHAR(10), DATETIME2(3), old DATETIME, INT
    b"\x03\x0a\x00\x03"
    b"\x02"  # only the VARCHAR may be NULL
    b"\x01\x01\x00"  # optional metadata, which is not looked at
)
TABLE = TableName("shop", "t")


def reader_of(*key: KeyColumn) -> TableReader:
    watched = WatchedTable(table=TABLE, key=key)
    return TableReader(watched, read_table_map(BODY), place="db:3306")


def test_table_map_tells_names_columns_and_nullability() -> None:
    assert read_table_name(BODY) == TABLE
    layout = read_table_map(BODY)
    assert [column.kind.name for column in layout.columns] == [
        "LONGLONG",
        "VARCHAR",
        "DATETIME2",
        "DATETIME",
        "LONG",
    ]
    assert layout.nullable == 2


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        (KeyColumn(ordinal=5, kind=KeyKind.SIGNED), "it has 5 columns and no column 6"),
        (KeyColumn(ordinal=0, kind=KeyKind.TEXT), "key column 1 is LONGLONG, not TEXT"),
        (KeyColumn(ordinal=1, kind=KeyKind.TEXT), "key column 2 may be NULL"),
        (KeyColumn(ordinal=2, kind=KeyKind.DATETIME), "3 fractional digits, not 0"),
        (
            KeyColumn(ordinal=3, kind=KeyKind.DATETIME, fraction_digits=6),
            "0 fractional digits, not 6",
        ),
    ],
)
def test_layout_that_is_not_the_watched_tables_is_refused(column: KeyColumn, reason: str) -> None:
    with pytest.raises(TableLayoutChanged, match=reason) as refused:
        reader_of(column)
    assert "`shop`.`t`" in str(refused.value)


def test_rows_without_the_key_are_refused_by_column() -> None:
    reader = reader_of(KeyColumn(ordinal=4, kind=KeyKind.SIGNED))
    with pytest.raises(RowImageIncomplete, match="without its key column 5"):
        reader.read(b"\x05\x01\x00" + bytes(8), 0, 11, images=1)


def test_keys_are_taken_once() -> None:
    reader = reader_of(KeyColumn(ordinal=0, kind=KeyKind.SIGNED))
    row = b"\x05\x01\xfe" + (7).to_bytes(8, "little")
    assert reader.read(row, 0, len(row), images=1)
    assert reader.take_keys() == [(7,)]
    assert reader.take_keys() == []
