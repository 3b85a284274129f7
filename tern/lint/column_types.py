"""Whether every value of a column survives the change to another type; denied by default (P-44)."""

import re
from dataclasses import dataclass
from typing import Self

from tern.ddl.table import Column, Table

_TYPE = re.compile(
    r"(?P<base>[a-z][a-z0-9_]*)\s*(?:\((?P<arguments>.*)\))?\s*(?P<rest>[a-z ]*)", re.DOTALL
)
_MEMBER = re.compile(r"'(?:[^'\\]|''|\\.)*'", re.DOTALL)

_INTEGERS = {"tinyint": 1, "smallint": 2, "mediumint": 3, "int": 4, "bigint": 8}
_TEXTS = {"tinytext": 2**8 - 1, "text": 2**16 - 1, "mediumtext": 2**24 - 1, "longtext": 2**32 - 1}
_BLOBS = {"tinyblob": 2**8 - 1, "blob": 2**16 - 1, "mediumblob": 2**24 - 1, "longblob": 2**32 - 1}
_FRACTIONAL = ("datetime", "timestamp", "time")
_SIZED = ("varchar", "char", "varbinary", "binary")
_LISTED = ("enum", "set")
_BYTES_PER_CHARACTER = {"utf8mb4": 4, "utf16": 4, "utf16le": 4, "utf32": 4, "gb18030": 4} | {
    "utf8mb3": 3, "utf8": 3, "eucjpms": 3, "ujis": 3, "ucs2": 2, "big5": 2, "gbk": 2, "sjis": 2,
    "cp932": 2, "euckr": 2, "gb2312": 2,
}  # fmt: skip
_UNICODE = frozenset({"utf8mb4", "utf16", "utf32"})
_SUPERSETS = {
    "ascii": _UNICODE | {"utf8mb3", "utf8", "latin1", "latin2", "cp1250", "cp1251", "ucs2"},
    "latin1": _UNICODE | {"utf8mb3", "utf8", "ucs2"},
    "utf8mb3": _UNICODE | {"utf8", "ucs2"},
    "utf8": _UNICODE | {"utf8mb3", "ucs2"},
    "ucs2": _UNICODE | {"utf8mb3", "utf8"},
    "utf16": frozenset({"utf8mb4", "utf32"}),
    "utf32": frozenset({"utf8mb4", "utf16"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnType:
    """A type as the server prints it, taken apart.

    Attributes:
        arguments: What stands in its parentheses; members of ENUM and SET as literals.
    """

    base: str
    arguments: tuple[str, ...]
    is_unsigned: bool

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a column's type; one of no known form keeps its whole text as its base."""
        found = _TYPE.fullmatch(text.strip())
        if found is None:
            return cls(base=text, arguments=(), is_unsigned=False)
        base, arguments = found["base"].strip(), found["arguments"]
        listed = _MEMBER.findall(arguments or "") if base in _LISTED else None
        sized = [piece.strip() for piece in arguments.split(",")] if arguments else []
        return cls(
            base="int" if base == "integer" else base,
            arguments=tuple(sized if listed is None else listed),
            is_unsigned="unsigned" in found["rest"].split() or "zerofill" in found["rest"].split(),
        )

    def size(self, default: int) -> int:
        """The first argument as a number."""
        first = self.arguments[0] if self.arguments else ""
        return int(first) if first.isdecimal() else default


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What a column's values are stored as."""

    type: ColumnType
    charset: str | None


def stored(column: Column, table: Table) -> Stored:
    """The column's type and its character set, its own or else the table's."""
    length = len(column.definition) - len(column.plain_definition)
    clause = column.definition[column.charset_at : column.charset_at + length]
    named = re.search(r"CHARACTER SET (\w+)", clause)
    collated = re.search(r"COLLATE (\w+)", clause)
    own = named[1] if named else collated[1].partition("_")[0] if collated else None
    type_ = ColumnType.parse(column.type)
    is_text = type_.base in (*_TEXTS, *_LISTED, "varchar", "char")
    return Stored(type=type_, charset=(own or table.option("charset")) if is_text else None)


def keeps_every_value(old: Stored, new: Stored) -> bool:
    """Whether no row can lose anything when its value moves from one to the other."""
    if old == new:
        return True
    before, after = old.type, new.type
    if before.base in _INTEGERS:
        return _integers(before, after)
    if old.charset != new.charset and not _is_superset(old, new):
        return False
    if before.base in _LISTED:
        return after.base == before.base and _appends(before, after)
    if before.base in (*_SIZED, *_TEXTS, *_BLOBS):
        return _strings(old, new)
    return _numbers_and_times(before, after)


def _integers(before: ColumnType, after: ColumnType) -> bool:
    """Wider of one sign, or unsigned into strictly wider signed; display widths say nothing."""
    narrow, wide = _INTEGERS[before.base], _INTEGERS.get(after.base, 0)
    if before.is_unsigned == after.is_unsigned:
        return wide >= narrow
    return before.is_unsigned and wide > narrow


def _is_superset(old: Stored, new: Stored) -> bool:
    return new.charset in _SUPERSETS.get(old.charset or "", frozenset())


def _appends(before: ColumnType, after: ColumnType) -> bool:
    return after.arguments[: len(before.arguments)] == before.arguments


def _strings(old: Stored, new: Stored) -> bool:
    before, after = old.type, new.type
    if before.base == after.base and before.base in _SIZED:
        return after.size(1) >= before.size(1)
    if before.base == "varbinary" or before.base in _BLOBS:
        return _BLOBS.get(after.base, -1) >= _BLOBS.get(before.base, before.size(1))
    if before.base in ("varchar", "char", *_TEXTS):
        return _TEXTS.get(after.base, -1) >= _most_bytes(old, new.charset)
    return False


def _most_bytes(old: Stored, charset: str | None) -> int:
    """How many bytes a value can take in the new charset."""
    per_character = _BYTES_PER_CHARACTER.get(charset or "", 1)
    if old.type.base in _TEXTS:
        grows = charset != old.charset
        return _TEXTS[old.type.base] * (per_character if grows else 1)
    return old.type.size(1) * per_character


def _numbers_and_times(before: ColumnType, after: ColumnType) -> bool:
    if before.is_unsigned != after.is_unsigned and not before.is_unsigned:
        return False
    match before.base, after.base:
        case "decimal", "decimal":
            return _fits_decimal(before, after)
        case "float", "double":
            return not before.arguments and not after.arguments
        case "date", "datetime":
            return True
        case old, new if old == new and old in _FRACTIONAL:
            return after.size(0) >= before.size(0)
        case _:
            return before.base == after.base and before.arguments == after.arguments


def _fits_decimal(before: ColumnType, after: ColumnType) -> bool:
    (old_whole, old_scale), (new_whole, new_scale) = _digits(before), _digits(after)
    return new_whole >= old_whole and new_scale >= old_scale


def _digits(type_: ColumnType) -> tuple[int, int]:
    """Digits before and behind the point."""
    precision = type_.size(10)
    scale = int(type_.arguments[1]) if len(type_.arguments) > 1 else 0
    return precision - scale, scale
