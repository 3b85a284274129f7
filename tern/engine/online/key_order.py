"""The order of change keys, as far as the client can tell it without the server (E-28)."""

from collections.abc import Callable
from decimal import Decimal

from tern.binlog.watched_table import Key, KeyKind, KeyValue
from tern.engine.online.link import ChangeKey, KeyPart

_AS_IS = frozenset({
    KeyKind.SIGNED,
    KeyKind.UNSIGNED,
    KeyKind.YEAR,
    KeyKind.BIT,
    KeyKind.ENUM,
    KeyKind.DATE,
    KeyKind.DATETIME,
    KeyKind.TIMESTAMP,
    KeyKind.BYTES,
})
_Ordered = Callable[[KeyValue], int | str | bytes | Decimal]


class KeyOrder:
    """Compares keys of one table part by part.

    Texts are ordered by their collation, which only the server knows; so are MariaDB's UUID and
    INET, whose order is not that of their bytes.
    """

    def __init__(self, key: ChangeKey) -> None:
        self._orders = tuple(_order(part) for part in key.parts)
        self.is_total = all(order is not None for order in self._orders)

    def signs(self, one: Key, other: Key) -> tuple[int | None, ...]:
        """Part by part -1, 0 or 1; None where the server must be asked.

        Equal values are equal under any order; unlike ones may be, too.
        """
        return tuple(
            0 if left == right else (None if order is None else _sign(order, left, right))
            for order, left, right in zip(self._orders, one, other, strict=True)
        )

    def compare(self, one: Key, other: Key) -> int | None:
        """-1, 0 or 1; None where the server must be asked."""
        for sign in self.signs(one, other):
            if sign != 0:
                return sign
        return 0


def _order(part: KeyPart) -> _Ordered | None:
    kind = part.logged.kind
    if kind in _AS_IS or (kind is KeyKind.BINARY and part.origin.type.startswith("binary")):
        return _same
    if kind is KeyKind.DECIMAL:
        return _decimal
    return _clock if kind is KeyKind.TIME else None


def _sign(order: _Ordered, left: KeyValue, right: KeyValue) -> int:
    one, other = order(left), order(right)
    # Both are of one type: the order is the column's.
    return -1 if one < other else int(one > other)  # type: ignore[operator]


def _same(value: KeyValue) -> KeyValue:
    return value


def _decimal(value: KeyValue) -> Decimal:
    return Decimal(str(value))


def _clock(value: KeyValue) -> Decimal:
    """A TIME as a signed number of seconds."""
    text = str(value)
    hours, minutes, seconds = text.lstrip("-").split(":")
    total = Decimal(hours) * 3600 + Decimal(minutes) * 60 + Decimal(seconds)
    return -total if text.startswith("-") else total
