"""Whether the change key says of two rows the same before and after (E-35).

Were its equality coarser in the shadow, writing 'A' would delete 'a'; were its order another one,
what is copied could not be told from what is not.
"""

import re
from collections.abc import Iterator

from tern.ddl.table import Column
from tern.engine.online.column_comparison import Way, way_of
from tern.engine.online.key_choice import choose_key
from tern.engine.online.link import ColumnPair, KeyPart
from tern.engine.online.preflight.check import Failure, Sight, TableSight
from tern.errors import UnsupportedChange

_WIDENED = re.compile(r"utf8(?:mb3)?_(general_ci|unicode_ci|bin)")
_TEXTS = frozenset({"char", "varchar"})
_KEPT = frozenset({Way.AS_IS, Way.ORDINAL, Way.TEXT, Way.BYTES})


def check(sight: Sight) -> Iterator[Failure]:
    """Each table has a key whose columns keep their equality and their order."""
    for table in sight.tables:
        try:
            key = choose_key(table.source, table.desired, table.columns, flavor=sight.server.flavor)
        except UnsupportedChange as error:
            yield Failure(
                code="key",
                subject=table.name,
                what=error.message,
                fix="first give it a primary key of integers, text, bytes or dates",
            )
            continue
        yield from (
            _failure(table, part) for part in key.parts if not keeps_rows_apart(_pair(part))
        )


def keeps_rows_apart(pair: ColumnPair) -> bool:
    """Whether values are equal, and ordered, in the shadow exactly as they are in the source."""
    one, other = _word(pair.origin), _word(pair.target)
    if one in _TEXTS or other in _TEXTS:
        return way_of(pair) is Way.TEXT and _is_same_order(pair.origin, pair.target)
    is_same_kind = one == other or (one.endswith("int") and other.endswith("int"))
    return is_same_kind and way_of(pair) in _KEPT


def _pair(part: KeyPart) -> ColumnPair:
    return ColumnPair(origin=part.origin, target=part.target)


def _is_same_order(one: Column, other: Column) -> bool:
    if one.collation == other.collation:
        return True
    found = _WIDENED.fullmatch(one.collation or "")
    return found is not None and other.collation == f"utf8mb4_{found[1]}"


def _word(column: Column) -> str:
    return re.split(r"\W", column.type, maxsplit=1)[0].lower()


def _failure(table: TableSight, part: KeyPart) -> Failure:
    old = f"{part.origin.type} {part.origin.collation or ''}".strip()
    new = f"{part.target.type} {part.target.collation or ''}".strip()
    return Failure(
        code="key_change",
        subject=f"{table.name}.{part.origin.name}",
        what=f"the key that ties rows together changes from {old} to {new}",
        fix="keep its type and collation in this change",
    )
