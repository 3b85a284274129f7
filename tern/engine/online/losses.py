"""What a value can lose on its way into a new type without an error of the server's (E-37).

Strict mode refuses what does not fit; some losses it lets pass. A pair of types is free of them, or
has a condition over the source's rows that would lose something, or changes the meaning of every
row. What is not known to be free counts as the last: the plan must have asked for it.
"""

from collections.abc import Iterable

from tern.ddl.identifiers import quote
from tern.engine.online.link import ColumnPair, Loss
from tern.engine.online.loss_conditions import condition_of
from tern.lint.column_types import ColumnType, Stored, keeps_every_value

_TEXTS = ("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set")


def losses(columns: Iterable[ColumnPair], *, consented: Iterable[str] = ()) -> tuple[Loss, ...]:
    """What the columns can lose, but for those in which the plan named it and somebody agreed."""
    names = frozenset(consented)
    found = (loss_of(pair) for pair in columns if pair.target.name not in names)
    return tuple(loss for loss in found if loss is not None)


def loss_of(pair: ColumnPair) -> Loss | None:
    """What a column can lose silently; None if nothing."""
    one, other = (
        _stored(pair.origin.type, pair.origin.charset),
        _stored(pair.target.type, pair.target.charset),
    )
    if keeps_every_value(one, other):
        return None
    found = condition_of(quote(pair.origin.name), one.type, other.type)
    return None if found is None else Loss(pair=pair, condition=found[0], what=found[1])


def consented_columns(
    columns: Iterable[ColumnPair], reasons: Iterable[str], *, allows_unsafe: bool
) -> frozenset[str]:
    """Names of the shadow's columns whose loss the plan named, and somebody agreed to.

    `reasons` are the plan's texts; see `tern.lint.unsafe`.
    """
    texts = tuple(reasons) if allows_unsafe else ()
    return frozenset(
        pair.target.name
        for pair in columns
        if any(text.startswith(f"column `{pair.target.name}`: ") for text in texts)
    )


def _stored(type_text: str, charset: str | None) -> Stored:
    """Definitions that were filled up give a charset to columns of no text, too."""
    is_text = type_text.startswith(_TEXTS)
    return Stored(type=ColumnType.parse(type_text), charset=charset if is_text else None)
