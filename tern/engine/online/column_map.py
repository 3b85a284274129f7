"""Which column of the source each column of the shadow takes its values from (E-15).

A rename is never guessed from two definitions: it is what the plan's own statement says.
"""

from collections.abc import Iterator

from tern.ddl.identifiers import fold, unquote
from tern.ddl.lexer import Token, tokens
from tern.ddl.table import Table
from tern.engine.online.link import ColumnPair

_COLUMN = "COLUMN"


def renamed_columns(ddl: str) -> dict[str, str]:
    """Folded new name -> old name, for each column that the statement renames."""
    return dict(_renames(list(tokens(ddl))))


def pair_columns(source: Table, shadow: Table, ddl: str) -> tuple[ColumnPair, ...]:
    """What is copied: each column of the shadow that is not generated and has an origin."""
    old_names = renamed_columns(ddl)
    taken = {fold(old) for old in old_names.values()}
    pairs = []
    for target in shadow.columns:
        old_name = old_names.get(fold(target.name))
        if old_name is None and fold(target.name) in taken:
            continue
        origin = source.column(old_name or target.name)
        if origin is None or target.generated is not None or target.is_row_bound:
            continue
        pairs.append(ColumnPair(origin=origin, target=target))
    return tuple(pairs)


def _renames(read: list[Token]) -> Iterator[tuple[str, str]]:
    for i, token in enumerate(read[:-3]):
        if not read[i + 1].is_word(_COLUMN) or (i > 0 and read[i - 1].is_symbol(".")):
            continue
        old = unquote(read[i + 2].text)
        if token.is_word("CHANGE"):
            new = unquote(read[i + 3].text)
        elif token.is_word("RENAME") and read[i + 3].is_word("TO"):
            new = unquote(read[i + 4].text)
        else:
            continue
        if fold(new) != fold(old):
            yield fold(new), old
