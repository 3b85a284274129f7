"""The character set and collation that each column of a server's text really has.

A server leaves out of its text what is a default: the collation of a character set, and both where
they are the table's. Two texts of one table may differ in that, so both are filled in before they
are compared.
"""

from collections.abc import Mapping

from tern.ddl.options import CHARSET, COLLATE
from tern.ddl.table import Column, Table, with_collations

Defaults = Mapping[str, str]
"""Character set -> the collation it has when none is named."""

_Pair = tuple[str | None, str | None]


def with_effective_charsets(table: Table, defaults: Defaults) -> Table:
    """The table whose columns carry what they really have; columns of no text get the table's."""
    default = _completed(table.option(CHARSET), table.option(COLLATE), defaults)
    return with_collations(
        table, {column.name: _of_column(column, default, defaults) for column in table.columns}
    )


def _of_column(column: Column, default: _Pair, defaults: Defaults) -> _Pair:
    surplus = len(column.definition) - len(column.plain_definition)
    clause = column.definition[column.charset_at : column.charset_at + surplus]
    words = clause.lower().split()
    charset = _after(words, "set")
    collation = _after(words, "collate")
    if charset is None and collation is None:
        return default
    return _completed(charset, collation, defaults)


def _after(words: list[str], word: str) -> str | None:
    return words[words.index(word) + 1] if word in words[:-1] else None


def _completed(charset: str | None, collation: str | None, defaults: Defaults) -> _Pair:
    if charset is None and collation is not None:
        # A collation's name begins with that of its character set.
        charset = collation.partition("_")[0]
    if collation is None and charset is not None:
        collation = defaults.get(charset.lower())
    return charset, collation
