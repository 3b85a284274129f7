"""SQL that finds values which a unique index of the shadow would forbid; pure (E-38)."""

import re
from collections.abc import Sequence

from tern.binlog.watched_table import TableName
from tern.ddl.identifiers import fold, qualified, quote, unquote
from tern.ddl.lexer import Kind, tokens
from tern.ddl.table import Index
from tern.engine.online.column_comparison import Way, way_of
from tern.engine.online.key_values import selected
from tern.engine.online.link import ChangeKey, ColumnPair

_TEXTS = ("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set")
_CASTS = re.compile(r"(decimal|datetime|time)\b(\(.*?\))?|date$")


def grouped_values(index: Index, columns: Sequence[ColumnPair]) -> tuple[str, ...] | None:
    """What the index will hold of each row, part by part, said of the source's columns.

    None where that can't be said: an expression, a column without an origin, a conversion that only
    an assignment makes.
    """
    by_name = {fold(pair.target.name): pair for pair in columns}
    parts = tuple(_part(printed, by_name) for printed in index.parts)
    whole = tuple(part for part in parts if part is not None)
    return whole if len(whole) == len(parts) else None


def duplicates(source: TableName, key: ChangeKey, values: Sequence[str], *, limit: int) -> str:
    """One row for each value that more than one row has: it, and the first and the last key.

    Keys come of a key of one column alone.
    """
    shown = ", ".join(f"CAST({value} AS CHAR)" for value in values)
    ends = ""
    if len(key.parts) == 1:
        only = selected(key.parts[0])
        ends = f", MIN({only}), MAX({only})"
    filled = " AND ".join(f"{value} IS NOT NULL" for value in values)
    return (
        f"SELECT {shown}{ends} FROM {qualified(source.schema, source.name)} "  # noqa: S608  # a builder
        f"WHERE {filled} GROUP BY {', '.join(values)} HAVING COUNT(*) > 1 LIMIT {limit:d}"
    )


def _part(printed: str, by_name: dict[str, ColumnPair]) -> str | None:
    read = [token for token in tokens(printed) if not token.is_word("ASC", "DESC")]
    if read[0].kind is not Kind.NAME:
        return None
    pair = by_name.get(fold(unquote(read[0].text)))
    value = None if pair is None else _converted(pair)
    if value is None or len(read) == 1:
        return value
    return f"LEFT({value}, {unquote(read[2].text)})"


def _converted(pair: ColumnPair) -> str | None:
    """The origin's value as the target's type tells it from others."""
    name, target = quote(pair.origin.name), pair.target
    if target.charset is not None and target.type.startswith(_TEXTS):
        if (pair.origin.charset, pair.origin.collation) == (target.charset, target.collation):
            return name
        if pair.origin.charset is None or target.type.startswith(("enum", "set")):
            return None
        return f"CONVERT({name} USING {target.charset}) COLLATE {target.collation}"
    if way_of(pair) is not Way.PROBE:
        return name
    cast = _CASTS.match(target.type)
    return f"CAST({name} AS {cast[0].upper()})" if cast else None
