"""How a column of the shadow is compared with the one it came from, by the types of both (E-39).

A comparison must tell apart whatever the types tell apart, and must find equal what an assignment
of the one to the other makes. Where no expression is known to do both, the server makes the
assignment itself, into the probe table, and its result is compared like any column of one type.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from tern.ddl.identifiers import quote
from tern.ddl.lexer import Kind, tokens
from tern.ddl.table import Column
from tern.engine.online.link import ColumnPair

_INTEGERS = frozenset({"tinyint", "smallint", "mediumint", "int", "bigint"})
_CLOCKS = frozenset({"time", "datetime", "timestamp"})
_LONG_TEXTS = ("tinytext", "text", "mediumtext", "longtext")
_LONG_BYTES = ("tinyblob", "blob", "mediumblob", "longblob")
_TEXTS = frozenset({"char", "varchar", *_LONG_TEXTS})
_BYTES = frozenset({"binary", "varbinary", *_LONG_BYTES})
_SHAPES = frozenset({
    "geometry",
    "point",
    "linestring",
    "polygon",
    "multipoint",
    "multilinestring",
    "multipolygon",
    "geomcollection",
    "geometrycollection",
})
_OPAQUE = frozenset({"json", "vector", *_SHAPES})
_ARGUMENTS = re.compile(r"\(([\d,]+)\)")
# Every character of the one is in the other.
_SUPERSETS = {
    "ascii": frozenset({"latin1", "utf8mb3", "utf8mb4"}),
    "latin1": frozenset({"utf8mb3", "utf8mb4"}),
    "utf8mb3": frozenset({"utf8mb4"}),
    "utf8": frozenset({"utf8mb4"}),
}


class Way(StrEnum):
    """How two values are compared."""

    AS_IS = "as_is"
    ORDINAL = "ordinal"
    MEMBER = "member"
    TEXT = "text"
    BYTES = "bytes"
    PROBE = "probe"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Type:
    """A column's type, taken apart.

    Attributes:
        numbers: Length, or precision and scale; empty where none is printed.
    """

    word: str
    numbers: tuple[int, ...]
    is_unsigned: bool
    elements: tuple[str, ...]


def way_of(pair: ColumnPair) -> Way:
    """How values of both columns are compared."""
    one, other = _read(pair.origin), _read(pair.target)
    if one.word != other.word:
        return _across(pair, one, other)
    if one.word in {"enum", "set"}:
        return _listed(one, other)
    if one.word in _TEXTS:
        return _texts(pair, one, other)
    if one.word in _BYTES:
        return Way.BYTES if _is_room(one, other) else Way.PROBE
    if pair.origin.type == pair.target.type:
        return Way.BYTES if one.word in _OPAQUE else Way.AS_IS
    return Way.AS_IS if _is_wider(one, other) else Way.PROBE


def equal(pair: ColumnPair, *, origin: str, target: str) -> str:
    """An expression, 0 or 1 and never NULL: the row of alias `target` has the value of `origin`.

    The origin's row is one of the source; see `equal_in_probe` for one of the probe table.
    """
    one, other = f"{origin}.{quote(pair.origin.name)}", f"{target}.{quote(pair.target.name)}"
    # A conversion to the charset that a text has already would cost a copy of each value.
    is_converted = pair.origin.charset != pair.target.charset
    charset = pair.target.charset if is_converted else None
    return _equal(way_of(pair), one, other, charset=charset)


def equal_in_probe(pair: ColumnPair, *, origin: str, target: str) -> str:
    """The same for a row of the probe table, which has the shadow's own types."""
    twins = ColumnPair(origin=pair.target, target=pair.target)
    return equal(twins, origin=origin, target=target)


def _equal(way: Way, one: str, other: str, *, charset: str | None) -> str:
    match way:
        case Way.AS_IS | Way.PROBE:
            return f"{one} <=> {other}"
        case Way.ORDINAL:
            # Not `+ 0`: MySQL makes a DOUBLE of that, which a SET of 64 elements outgrows.
            return f"CAST({one} AS UNSIGNED) <=> CAST({other} AS UNSIGNED)"
        case Way.MEMBER:
            return (
                f"({_text(one, charset)} <=> {_text(other, charset)} "
                f"AND ({one} = 0) <=> ({other} = 0))"
            )
        case Way.TEXT:
            return f"{_text(one, charset)} <=> {_text(other, charset)}"
        case Way.BYTES:
            return f"CAST({one} AS BINARY) <=> CAST({other} AS BINARY)"


def _text(value: str, charset: str | None) -> str:
    converted = value if charset is None else f"CONVERT({value} USING {charset})"
    return f"CAST({converted} AS BINARY)"


def _across(pair: ColumnPair, one: _Type, other: _Type) -> Way:
    """Two types of unlike names."""
    if one.word in _TEXTS and other.word in _TEXTS:
        return _texts(pair, one, other)
    if one.word in _BYTES and other.word in _BYTES and other.word != "binary":
        return Way.BYTES if _is_room(one, other) else Way.PROBE
    if one.word in _SHAPES and other.word in _SHAPES:
        return Way.BYTES
    return Way.AS_IS if _is_exact_across(one, other) else Way.PROBE


def _is_exact_across(one: _Type, other: _Type) -> bool:
    """Whether the server compares values of both without making any of them another value."""
    if one.word in _INTEGERS:
        return other.word in _INTEGERS or other.word == "decimal"
    if one.word == "float":
        return other.word == "double" and not one.numbers and not other.numbers
    return one.word == "date" and other.word == "datetime"


def _listed(one: _Type, other: _Type) -> Way:
    """ENUM or SET; elements that were only appended keep their numbers."""
    if other.elements[: len(one.elements)] == one.elements:
        return Way.ORDINAL
    return Way.MEMBER if one.word == "enum" else Way.PROBE


def _texts(pair: ColumnPair, one: _Type, other: _Type) -> Way:
    """Trailing blanks are lost in a CHAR and in what is too short for them."""
    if not _is_superset(pair.origin.charset, pair.target.charset):
        return Way.PROBE
    if other.word == "char" and one.word != "char":
        return Way.PROBE
    return Way.TEXT if _is_room(one, other) else Way.PROBE


def _is_room(one: _Type, other: _Type) -> bool:
    """Whether no value of the one is changed by the length of the other."""
    if one.word == other.word == "binary":
        return one.numbers == other.numbers
    for longs in (_LONG_TEXTS, _LONG_BYTES):
        if other.word in longs:
            # A declared length always fits all but the shortest kind; else it is an error there.
            return one.word not in longs or longs.index(one.word) <= longs.index(other.word)
    return bool(one.numbers and other.numbers) and one.numbers[0] <= other.numbers[0]


def _is_wider(one: _Type, other: _Type) -> bool:
    """Whether each value of the one is a value of the other, both of one name."""
    if one.word in _INTEGERS:
        return True
    if one.word == "bit":
        return one.numbers <= other.numbers
    if one.word in _CLOCKS:
        return (one.numbers or (0,)) <= (other.numbers or (0,))
    if one.word == "decimal":
        return one.numbers[1] <= other.numbers[1]
    return one.word == "year"


def _is_superset(one: str | None, other: str | None) -> bool:
    return one == other or (one is not None and other in _SUPERSETS.get(one, ()))


def _read(column: Column) -> _Type:
    word = re.split(r"\W", column.type, maxsplit=1)[0].lower()
    is_listed = word in {"enum", "set"}
    found = None if is_listed else _ARGUMENTS.search(column.type)
    return _Type(
        word=word,
        numbers=tuple(map(int, found[1].split(","))) if found else (),
        is_unsigned="unsigned" in column.type.lower(),
        elements=tuple(t.text for t in tokens(column.type) if t.kind is Kind.STRING)
        if is_listed
        else (),
    )
