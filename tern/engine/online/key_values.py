"""Values of change keys in SQL text: exact both ways (E-26)."""

from collections.abc import Sequence

from tern.binlog.watched_table import Key, KeyColumn, KeyKind, KeyValue
from tern.ddl.identifiers import quote
from tern.ddl.table import Column
from tern.engine.online.link import ChangeKey, KeyPart

_NUMBERS = frozenset({
    KeyKind.SIGNED,
    KeyKind.UNSIGNED,
    KeyKind.YEAR,
    KeyKind.BIT,
    KeyKind.ENUM,
})
_BYTES = frozenset({KeyKind.BINARY, KeyKind.BYTES, KeyKind.TEXT})


def literal(column: Column, logged: KeyColumn, value: KeyValue) -> str:
    """The value as a literal that the column's index is searched by."""
    kind = logged.kind
    if kind in _NUMBERS:
        return str(int(value))
    if kind is KeyKind.DECIMAL:
        return str(value)
    if isinstance(value, bytes):
        digits = f"x'{value.hex()}'"
        if kind is KeyKind.TEXT:
            return f"_{column.charset} {digits} COLLATE {column.collation}"
        return digits
    return f"'{value}'"


def selected(part: KeyPart) -> str:
    """An expression over the source's column whose cells `read_key` reads."""
    name = quote(part.origin.name)
    kind = part.logged.kind
    if kind is KeyKind.ENUM:
        # Not `+0`: MySQL makes a DOUBLE of that.
        return f"CAST({name} AS UNSIGNED)"
    if kind in _NUMBERS:
        return f"{name}+0"
    if kind in _BYTES:
        return f"HEX({name})"
    return f"CAST({name} AS CHAR)"


def read_key(key: ChangeKey, row: Sequence[object]) -> Key:
    """The key in a row of what `selected` asks for, in the form in which the feed has it."""
    return tuple(_value(part, cell) for part, cell in zip(key.parts, row, strict=True))


def _value(part: KeyPart, cell: object) -> KeyValue:
    kind = part.logged.kind
    if kind in _NUMBERS:
        return int(str(cell))
    if kind in _BYTES:
        return bytes.fromhex(str(cell))
    return str(cell)
