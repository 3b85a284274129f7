"""Bytes of a key column to the one exact form that this package gives its values.

Each function takes a value's bytes alone, without length prefix. What forms they give is written
at `KeyKind`.

*Source*: `my_decimal2binary`, `my_time_packed_from_binary` and siblings in MySQL's sources; the
bytes are the same on MariaDB. Types without the 2 are MariaDB's with `mysql56_temporal_format=OFF`.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from tern.binlog.column_types import (
    BYTES_OF_DIGITS,
    DIGITS_PER_WORD,
    Column,
    ColumnType,
)
from tern.binlog.watched_table import KeyKind, KeyValue

ValueReader = Callable[[bytes], KeyValue]

_INTEGERS = frozenset({
    ColumnType.TINY,
    ColumnType.SHORT,
    ColumnType.INT24,
    ColumnType.LONG,
    ColumnType.LONGLONG,
})
_FORMS: dict[KeyKind, frozenset[ColumnType]] = {
    KeyKind.SIGNED: _INTEGERS,
    KeyKind.UNSIGNED: _INTEGERS,
    KeyKind.YEAR: frozenset({ColumnType.YEAR}),
    KeyKind.BIT: frozenset({ColumnType.BIT}),
    KeyKind.ENUM: frozenset({ColumnType.ENUM}),
    KeyKind.DECIMAL: frozenset({ColumnType.NEWDECIMAL}),
    KeyKind.DATE: frozenset({ColumnType.DATE, ColumnType.NEWDATE}),
    KeyKind.TIME: frozenset({ColumnType.TIME2, ColumnType.TIME}),
    KeyKind.DATETIME: frozenset({ColumnType.DATETIME2, ColumnType.DATETIME}),
    KeyKind.TIMESTAMP: frozenset({ColumnType.TIMESTAMP2, ColumnType.TIMESTAMP}),
    KeyKind.BINARY: frozenset({ColumnType.STRING}),
    KeyKind.BYTES: frozenset({ColumnType.VARCHAR, ColumnType.VAR_STRING}),
    KeyKind.TEXT: frozenset({ColumnType.STRING, ColumnType.VARCHAR, ColumnType.VAR_STRING}),
}
_DATETIME_ORIGIN = 0x8000000000
_TIME_ORIGIN = 0x800000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ZERO_DATETIME = "0000-00-00 00:00:00"
_FIRST_YEAR = 1900


def can_hold(kind: KeyKind, column: Column) -> bool:
    """Tell whether the log's type may be what the table's definition says it is."""
    return column.kind in _FORMS[kind]


def value_reader(kind: KeyKind, column: Column) -> ValueReader:  # noqa: PLR0911 one line per form
    """Return what reads the values of this column; the kind must be one it can hold."""
    match kind:
        case KeyKind.SIGNED | KeyKind.UNSIGNED:
            return partial(_read_integer, signed=kind is KeyKind.SIGNED)
        case KeyKind.ENUM:
            return partial(_read_integer, signed=False)
        case KeyKind.BIT:
            return int.from_bytes
        case KeyKind.YEAR:
            return _read_year
        case KeyKind.DECIMAL:
            return partial(_read_decimal, column)
        case KeyKind.BINARY:
            return partial(_read_binary, column.width)
        case KeyKind.BYTES | KeyKind.TEXT:
            return bytes
        case KeyKind.DATE | KeyKind.TIME | KeyKind.DATETIME | KeyKind.TIMESTAMP:
            return _temporal_reader(column)


def _temporal_reader(column: Column) -> ValueReader:
    with_scale = _SCALED_TEMPORAL.get(column.kind)
    return partial(with_scale, column.scale) if with_scale else _TEMPORAL[column.kind]


def _read_integer(value: bytes, *, signed: bool) -> int:
    return int.from_bytes(value, "little", signed=signed)


def _read_year(value: bytes) -> int:
    return value[0] + _FIRST_YEAR if value[0] else 0


def _read_binary(width: int, value: bytes) -> bytes:
    # The server cuts the padding off for the log; it is part of the value.
    return value.ljust(width, b"\0")


def _read_decimal(column: Column, value: bytes) -> str:
    """Digits in groups of nine from the point outwards, big-endian; the first bit is the sign.

    A negative number has all its bits inverted, the sign bit included.
    """
    is_negative = not value[0] & 0x80
    number = bytearray(b ^ 0xFF for b in value) if is_negative else bytearray(value)
    number[0] ^= 0x80
    words, lone = divmod(column.precision - column.scale, DIGITS_PER_WORD)
    at, whole = _read_groups(number, 0, [lone, *[DIGITS_PER_WORD] * words])
    words, lone = divmod(column.scale, DIGITS_PER_WORD)
    _, fraction = _read_groups(number, at, [*[DIGITS_PER_WORD] * words, lone])
    text = (whole.lstrip("0") or "0") + ("." + fraction if fraction else "")
    # There is no negative zero: the server stores it as zero.
    return "-" + text if is_negative else text


def _read_groups(number: bytearray, at: int, groups: list[int]) -> tuple[int, str]:
    digits = []
    for group in groups:
        width = BYTES_OF_DIGITS[group]
        if width:
            digits.append(f"{int.from_bytes(number[at : at + width]):0{group}d}")
        at += width
    return at, "".join(digits)


def _read_date(value: bytes) -> str:
    packed = int.from_bytes(value, "little")
    return f"{packed >> 9:04d}-{packed >> 5 & 15:02d}-{packed & 31:02d}"


def _read_time2(scale: int, value: bytes) -> str:
    bits = 8 * (len(value) - 3)
    # Whole seconds and fraction are one number, so that a negative time borrows from the seconds.
    packed = int.from_bytes(value) - (_TIME_ORIGIN << bits)
    sign, packed = ("-", -packed) if packed < 0 else ("", packed)
    clock = packed >> bits
    hours, minutes, seconds = clock >> 12, clock >> 6 & 63, clock & 63
    whole = f"{sign}{hours:02d}:{minutes:02d}:{seconds:02d}"
    return whole + _fraction(packed & (1 << bits) - 1, bits // 8, scale)


def _read_datetime2(scale: int, value: bytes) -> str:
    packed = int.from_bytes(value[:5]) - _DATETIME_ORIGIN
    year, month = divmod(packed >> 22, 13)
    whole = (
        f"{year:04d}-{month:02d}-{packed >> 17 & 31:02d} "
        f"{packed >> 12 & 31:02d}:{packed >> 6 & 63:02d}:{packed & 63:02d}"
    )
    return whole + _fraction(int.from_bytes(value[5:]), len(value) - 5, scale)


def _read_timestamp2(scale: int, value: bytes) -> str:
    whole = _instant(int.from_bytes(value[:4]))
    return whole + _fraction(int.from_bytes(value[4:]), len(value) - 4, scale)


def _read_time(value: bytes) -> str:
    packed = int.from_bytes(value, "little", signed=True)
    sign, packed = ("-", -packed) if packed < 0 else ("", packed)
    return f"{sign}{packed // 10000:02d}:{packed // 100 % 100:02d}:{packed % 100:02d}"


def _read_datetime(value: bytes) -> str:
    d = f"{int.from_bytes(value, 'little'):014d}"
    return f"{d[:4]}-{d[4:6]}-{d[6:8]} {d[8:10]}:{d[10:12]}:{d[12:]}"


def _read_timestamp(value: bytes) -> str:
    return _instant(int.from_bytes(value, "little"))


def _instant(seconds: int) -> str:
    if not seconds:
        return _ZERO_DATETIME
    return (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S")


def _fraction(value: int, width: int, scale: int) -> str:
    """Each byte of a fraction holds two decimal digits of it; the column's scale may be odd."""
    return f".{value:0{2 * width}d}"[: scale + 1] if scale else ""


_SCALED_TEMPORAL: dict[ColumnType, Callable[[int, bytes], str]] = {
    ColumnType.TIME2: _read_time2,
    ColumnType.DATETIME2: _read_datetime2,
    ColumnType.TIMESTAMP2: _read_timestamp2,
}
_TEMPORAL: dict[ColumnType, Callable[[bytes], str]] = {
    ColumnType.DATE: _read_date,
    ColumnType.NEWDATE: _read_date,
    ColumnType.TIME: _read_time,
    ColumnType.DATETIME: _read_datetime,
    ColumnType.TIMESTAMP: _read_timestamp,
}
