"""Which unique key ties the rows of source and shadow together (E-35)."""

import re
from collections.abc import Sequence

from tern.binlog.watched_table import KeyColumn, KeyKind
from tern.ddl.flavor import Flavor
from tern.ddl.identifiers import fold, quote
from tern.ddl.table import Column, Index, IndexKind, Table
from tern.engine.online.link import ChangeKey, ColumnPair, KeyPart
from tern.errors import UnsupportedChange

_INTEGER = re.compile(r"(tinyint|smallint|mediumint|int|bigint)\b")
_KINDS = (
    ("year", KeyKind.YEAR),
    ("bit", KeyKind.BIT),
    ("enum", KeyKind.ENUM),
    ("decimal", KeyKind.DECIMAL),
    ("datetime", KeyKind.DATETIME),
    ("date", KeyKind.DATE),
    ("timestamp", KeyKind.TIMESTAMP),
    ("time", KeyKind.TIME),
    ("binary", KeyKind.BINARY),
    ("uuid", KeyKind.BINARY),
    ("inet4", KeyKind.BINARY),
    ("inet6", KeyKind.BINARY),
    ("varbinary", KeyKind.BYTES),
    ("char", KeyKind.TEXT),
    ("varchar", KeyKind.TEXT),
)


def choose_key(
    source: Table, shadow: Table, columns: Sequence[ColumnPair], *, flavor: Flavor
) -> ChangeKey:
    """The change key of a change.

    Raises:
        UnsupportedChange: the table has none that can be used.
    """
    del flavor
    for index in sorted(source.indexes, key=lambda index: index.kind is not IndexKind.PRIMARY):
        parts = _parts(source, index, columns) if index.is_unique() else None
        if parts is None:
            continue
        shadow_index = _index_of(shadow, parts)
        if shadow_index is not None:
            return ChangeKey(index=index.name, shadow_index=shadow_index, parts=parts)
    raise UnsupportedChange(
        table=source.name, reason="it has no unique key over NOT NULL columns that is kept"
    )


def _parts(
    source: Table, index: Index, columns: Sequence[ColumnPair]
) -> tuple[KeyPart, ...] | None:
    parts = []
    for name, printed in zip(index.columns, index.parts, strict=False):
        column = source.column(name)
        if column is None or column.is_nullable or printed != quote(column.name):
            return None
        pair = next((pair for pair in columns if fold(pair.origin.name) == name), None)
        logged = _logged(source, column)
        if pair is None or logged is None:
            return None
        parts.append(KeyPart(origin=column, target=pair.target, logged=logged))
    return tuple(parts)


def _logged(source: Table, column: Column) -> KeyColumn | None:
    ordinal = [each.name for each in source.columns].index(column.name)
    if _INTEGER.match(column.type):
        kind = KeyKind.UNSIGNED if "unsigned" in column.type else KeyKind.SIGNED
        return KeyColumn(ordinal=ordinal, kind=kind)
    word = re.split(r"\W", column.type, maxsplit=1)[0]
    found = next((kind for name, kind in _KINDS if name == word), None)
    if found is None:
        return None
    digits = re.search(r"\((\d)\)", column.type)
    is_clock = found in {KeyKind.TIME, KeyKind.DATETIME, KeyKind.TIMESTAMP}
    return KeyColumn(
        ordinal=ordinal, kind=found, fraction_digits=int(digits[1]) if digits and is_clock else 0
    )


def _index_of(shadow: Table, parts: Sequence[KeyPart]) -> str | None:
    wanted = tuple(fold(part.target.name) for part in parts)
    found = [
        index
        for index in shadow.indexes
        if index.columns[: len(wanted)] == wanted
        and index.kind in {IndexKind.PRIMARY, IndexKind.UNIQUE, IndexKind.PLAIN}
    ]
    found.sort(key=lambda index: (index.kind is not IndexKind.PRIMARY, not index.is_unique()))
    return found[0].name if found else None
