"""Column types with values at the edges of each, for the changes that P-44 calls free."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

Values = Sequence[object]

LATIN = ("", "a", "é", "abcde", "ÿÿÿÿÿ")
ANY = (*LATIN, "日本😀x", "😀😀😀😀😀")
BYTES = (b"", b"\x00", b"a\xff", b"\x00\x01\x02\xff")
TIMES = ("1000-01-01", "2020-02-29 23:59:59", "9999-12-31 23:59:00")

TYPES: Mapping[str, Values] = MappingProxyType({
    "tinyint": (-128, 0, 127),
    "tinyint unsigned": (0, 255),
    "smallint": (-32768, 32767),
    "smallint unsigned": (0, 65535),
    "mediumint": (-8388608, 8388607),
    "int": (-(2**31), 2**31 - 1),
    "int unsigned": (0, 2**32 - 1),
    "bigint": (-(2**63), 2**63 - 1),
    "bigint unsigned": (0, 2**64 - 1),
    "decimal(10,2)": (Decimal("-99999999.99"), Decimal("0.01")),
    "decimal(12,2)": (Decimal("9999999999.99"),),
    "decimal(12,4)": (Decimal("99999999.9999"),),
    "decimal(10,2) unsigned": (Decimal("99999999.99"),),
    "float": (0.5, -1.25, 1024.0),  # servers print six digits of it
    "double": (0.1, 1e300),
    "varchar(5)": ANY,
    "varchar(60)": (*ANY, "x" * 60),
    "varchar(300)": (*ANY, "😀" * 300),
    "char(5)": ANY,
    "char(9)": ANY,
    "varchar(5) character set latin1": LATIN,
    "varchar(60) character set latin1": (*LATIN, "é" * 60),
    "varchar(60) character set utf8mb3": (*LATIN, "日" * 60),
    "tinytext": (*ANY, "x" * 255),
    "text": (*ANY, "x" * 65535),
    "mediumtext": ANY,
    "tinytext character set latin1": (*LATIN, "é" * 255),
    "text character set latin1": (*LATIN, "é" * 65535),
    "enum('a','b')": ("a", "b"),
    "enum('a','b','c')": ("a", "b", "c"),
    "enum('b','a')": ("a", "b"),
    "set('x','y')": ("", "x", "x,y"),
    "set('x','y','z')": ("x,z", "z"),
    "binary(4)": BYTES,
    "binary(8)": BYTES,
    "varbinary(30)": BYTES,
    "varbinary(300)": (*BYTES, b"\xff" * 300),
    "tinyblob": (*BYTES, b"\xff" * 255),
    "blob": (*BYTES, b"\xff" * 65535),
    "date": (date(1000, 1, 1), date(9999, 12, 31)),
    "datetime": TIMES,
    "datetime(3)": (*TIMES, "2020-01-01 00:00:00.999"),
    "datetime(6)": (*TIMES, "2020-01-01 00:00:00.999999"),
    "timestamp": ("1970-01-02", "2038-01-18"),
    "timestamp(6)": ("2038-01-18 01:01:01.000001",),
    "time": (timedelta(hours=-838), timedelta(seconds=1)),
    "time(6)": (timedelta(microseconds=1),),
    "year": (1901, 2155),
    "bit(3)": (b"\x05",),
    "bit(9)": (b"\x01\xff",),
})


def plain(value: object) -> object:
    """A value by what it says: padding of fixed widths and the time of a bare date don't count."""
    if isinstance(value, bytes):
        return value.rstrip(b"\0").lstrip(b"\0")
    if isinstance(value, date):
        return f"{value} 00:00:00"[:19] if not isinstance(value, datetime) else f"{value}"
    return value
