"""How a column stands in a row event: how wide its values are, or where their length is.

The types and their metadata come from TABLE_MAP. Types of a table that is not watched are never
looked at.

*Source*: MySQL `Table_map_event` and `Rows_event` in the binlog library's documentation; MariaDB
knowledge base, TABLE_MAP_EVENT and ROWS_EVENT; sizes checked against MySQL 9.7 and MariaDB 10.11.
"""

from dataclasses import dataclass
from enum import IntEnum

from tern.binlog.cursor import Cursor


class ColumnType(IntEnum):
    """Type codes as TABLE_MAP has them; 140 and 141 are MariaDB's, 242 is MySQL's."""

    TINY = 1
    SHORT = 2
    LONG = 3
    FLOAT = 4
    DOUBLE = 5
    NULL = 6
    TIMESTAMP = 7
    LONGLONG = 8
    INT24 = 9
    DATE = 10
    TIME = 11
    DATETIME = 12
    YEAR = 13
    NEWDATE = 14
    VARCHAR = 15
    BIT = 16
    TIMESTAMP2 = 17
    DATETIME2 = 18
    TIME2 = 19
    BLOB_COMPRESSED = 140
    VARCHAR_COMPRESSED = 141
    VECTOR = 242
    JSON = 245
    NEWDECIMAL = 246
    ENUM = 247
    SET = 248
    TINY_BLOB = 249
    MEDIUM_BLOB = 250
    LONG_BLOB = 251
    BLOB = 252
    VAR_STRING = 253
    STRING = 254
    GEOMETRY = 255


_FIXED_WIDTH = {
    ColumnType.TINY: 1,
    ColumnType.SHORT: 2,
    ColumnType.INT24: 3,
    ColumnType.LONG: 4,
    ColumnType.LONGLONG: 8,
    ColumnType.FLOAT: 4,
    ColumnType.DOUBLE: 8,
    ColumnType.NULL: 0,
    ColumnType.YEAR: 1,
    ColumnType.DATE: 3,
    ColumnType.NEWDATE: 3,
    ColumnType.TIME: 3,
    ColumnType.DATETIME: 8,
    ColumnType.TIMESTAMP: 4,
}
_WHOLE_SECONDS_WIDTH = {ColumnType.TIME2: 3, ColumnType.TIMESTAMP2: 4, ColumnType.DATETIME2: 5}
_LENGTH_PREFIXED = {
    ColumnType.TINY_BLOB,
    ColumnType.BLOB,
    ColumnType.MEDIUM_BLOB,
    ColumnType.LONG_BLOB,
    ColumnType.BLOB_COMPRESSED,
    ColumnType.GEOMETRY,
    ColumnType.JSON,
    ColumnType.VECTOR,
}
_STRINGS = {ColumnType.VARCHAR, ColumnType.VAR_STRING, ColumnType.VARCHAR_COMPRESSED}
_ONE_BYTE_OF_METADATA = {
    ColumnType.FLOAT,
    ColumnType.DOUBLE,
    *_WHOLE_SECONDS_WIDTH,
    *_LENGTH_PREFIXED,
}
_TWO_BYTES_OF_METADATA = {ColumnType.BIT, ColumnType.NEWDECIMAL, ColumnType.STRING, *_STRINGS}
_LONGEST_OF_ONE_BYTE = 255
_STRING_TYPE_BITS = 0x30
DIGITS_PER_WORD = 9
BYTES_OF_DIGITS = (0, 1, 1, 2, 2, 3, 3, 4, 4, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column's form in a row.

    Attributes:
        kind: The real type; ENUM and SET, which the log disguises as strings, included.
        prefix: How many bytes say the value's length; 0 when the width is fixed.
        width: Bytes of a value of fixed width; else the greatest length, 0 where none is known.
        precision: DECIMAL's digits in all, BIT's bits.
        scale: DECIMAL's digits behind the point, fractional digits of a temporal type.
    """

    kind: ColumnType
    prefix: int = 0
    width: int = 0
    precision: int = 0
    scale: int = 0


def read_columns(codes: bytes, metadata: bytes) -> tuple[Column, ...]:
    """Return the columns of a TABLE_MAP from its type codes and metadata.

    Raises:
        ValueError: a type is unknown.
        IndexError: the metadata ends too early.
    """
    cursor = Cursor(metadata)
    return tuple(_read_column(ColumnType(code), cursor) for code in codes)


def decimal_bytes(digits: int) -> int:
    """Return how many bytes hold so many decimal digits: nine in four, the rest in as few as do."""
    words, rest = divmod(digits, DIGITS_PER_WORD)
    return words * 4 + BYTES_OF_DIGITS[rest]


def _read_column(kind: ColumnType, cursor: Cursor) -> Column:
    if kind in _ONE_BYTE_OF_METADATA:
        return _with_one_byte(kind, cursor.unsigned(1))
    if kind in _TWO_BYTES_OF_METADATA:
        first, second = cursor.take(2)
        return _with_two_bytes(kind, first, second)
    return Column(kind=kind, width=_FIXED_WIDTH[kind])


def _with_one_byte(kind: ColumnType, metadata: int) -> Column:
    if kind in _LENGTH_PREFIXED:
        return Column(kind=kind, prefix=metadata)
    if kind in _WHOLE_SECONDS_WIDTH:
        width = _WHOLE_SECONDS_WIDTH[kind] + (metadata + 1) // 2
        return Column(kind=kind, width=width, scale=metadata)
    return Column(kind=kind, width=metadata)


def _with_two_bytes(kind: ColumnType, first: int, second: int) -> Column:
    if kind is ColumnType.BIT:
        return Column(kind=kind, width=second + (first > 0), precision=second * 8 + first)
    if kind is ColumnType.NEWDECIMAL:
        width = decimal_bytes(first - second) + decimal_bytes(second)
        return Column(kind=kind, width=width, precision=first, scale=second)
    if kind is ColumnType.STRING:
        return _string(first, second)
    return _varying(kind, first | second << 8)


def _string(first: int, second: int) -> Column:
    """CHAR, ENUM or SET. A CHAR longer than 255 bytes hides two bits of its length in its type."""
    if first & _STRING_TYPE_BITS != _STRING_TYPE_BITS:
        length = second | ((first & _STRING_TYPE_BITS) ^ _STRING_TYPE_BITS) << 4
        return _varying(ColumnType.STRING, length)
    kind = ColumnType(first)
    if kind in {ColumnType.ENUM, ColumnType.SET}:
        return Column(kind=kind, width=second)
    return _varying(kind, second)


def _varying(kind: ColumnType, longest: int) -> Column:
    return Column(kind=kind, prefix=1 if longest <= _LONGEST_OF_ONE_BYTE else 2, width=longest)
