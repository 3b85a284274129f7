"""Whether two texts that MySQL printed tell of the same table, charsets spelled out or not.

MySQL prints a column's charset and collation for ever once somebody has written them, as SchemaBot
does when it changes a column (P-22, P-27). The file of such a table may say nothing of them, so the
two texts differ where the tables don't. Every collation of MySQL belongs to one charset, and what
is printed tells it, if not by name then as its charset's own default.
"""

import re
from collections.abc import Sequence

from tern.ddl.create_table import parse_create_table
from tern.ddl.errors import UnsupportedTable
from tern.ddl.table import Check, Column, Part, Table

Collation = tuple[str, str]
"""`("collation", name)`; or `("default of", charset)`, where no name was printed."""


def tell_the_same(one: str, other: str) -> bool:
    """Whether both define the same table; any doubt is a no. The order of checks doesn't count."""
    try:
        return _meaning(parse_create_table(one)) == _meaning(parse_create_table(other))
    except UnsupportedTable:
        return False


def _meaning(table: Table) -> object:
    default = _default(table)
    return (
        table.name,
        [_part(part, default) for part in table.parts if not isinstance(part, Check)],
        sorted(check.text for check in table.checks),
        [option.text for option in table.options],
        None if table.partitioning is None else table.partitioning.text,
    )


def _part(part: Part, default: Collation | None) -> object:
    if not isinstance(part, Column):
        return part.text
    return part.name, part.plain_definition, _spelled(part) or default


def _spelled(column: Column) -> Collation | None:
    length = len(column.definition) - len(column.plain_definition)
    clause = column.definition[column.charset_at : column.charset_at + length]
    return _collation(re.findall(r"\w+", clause))


def _default(table: Table) -> Collation | None:
    collation, charset = table.option("collate"), table.option("charset")
    if collation:
        return "collation", collation
    return ("default of", charset) if charset else None


def _collation(words: Sequence[str]) -> Collation | None:
    """Of `CHARACTER SET x`, `COLLATE y`, or both."""
    if not words:
        return None
    is_named = "COLLATE" in words
    return ("collation" if is_named else "default of"), words[-1]
