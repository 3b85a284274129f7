"""WHERE conditions over change keys, in forms that both servers answer from the key's index."""

from collections.abc import Sequence

from tern.binlog.watched_table import Key, KeyKind, KeyValue
from tern.ddl.identifiers import quote
from tern.ddl.lexer import Kind, tokens
from tern.ddl.table import Column
from tern.engine.online.chunk import KeyRange
from tern.engine.online.key_values import literal
from tern.engine.online.link import ChangeKey, KeyPart


class KeyColumns:
    """The key's columns on one side of a link, as SQL speaks of them."""

    def __init__(self, key: ChangeKey, *, is_source: bool) -> None:
        self._parts = key.parts
        self._columns = tuple(part.origin if is_source else part.target for part in key.parts)

    def among(self, keys: Sequence[Key]) -> str:
        """The row's key is one of these; never empty."""
        if len(self._columns) == 1:
            values = ", ".join(self._literal(0, key[0]) for key in keys)
            return f"{self._name(0)} IN ({values})"
        return "(" + " OR ".join(f"({self._equals(key)})" for key in keys) + ")"

    def within(self, key_range: KeyRange) -> str:
        """The row's key lies in the range."""
        ends = []
        if key_range.lower is not None:
            ends.append(self._beyond(key_range.lower))
        if key_range.upper is not None:
            ends.append(self._before(key_range.upper))
        return " AND ".join(ends) or "TRUE"

    def order(self) -> str:
        """The columns for ORDER BY."""
        return ", ".join(quote(column.name) for column in self._columns)

    def _equals(self, key: Key) -> str:
        pairs = (f"{self._name(i)} = {self._literal(i, v)}" for i, v in enumerate(key))
        return " AND ".join(pairs)

    def _beyond(self, key: Key) -> str:
        last = len(key) - 1
        text = self._at_least(last, key[last])
        for i in reversed(range(last)):
            value = self._literal(i, key[i])
            text = f"({self._more(i, key[i])} OR ({self._name(i)} = {value} AND {text}))"
        return text

    def _before(self, key: Key) -> str:
        last = len(key) - 1
        text = self._less(last, key[last])
        for i in reversed(range(last)):
            value = self._literal(i, key[i])
            text = f"({self._less(i, key[i])} OR ({self._name(i)} = {value} AND {text}))"
        return text

    def _more(self, i: int, value: KeyValue) -> str:
        if self._is_enum(i):
            return self._ordinals(i, range(int(value) + 1, self._elements(i) + 1))
        return f"{self._name(i)} > {self._literal(i, value)}"

    def _at_least(self, i: int, value: KeyValue) -> str:
        if self._is_enum(i):
            return self._ordinals(i, range(int(value), self._elements(i) + 1))
        return f"{self._name(i)} >= {self._literal(i, value)}"

    def _less(self, i: int, value: KeyValue) -> str:
        if self._is_enum(i):
            return self._ordinals(i, range(int(value)))
        return f"{self._name(i)} < {self._literal(i, value)}"

    def _ordinals(self, i: int, ordinals: range) -> str:
        """An ENUM is range-optimised by a list of ordinals only."""
        if not ordinals:
            return "FALSE"
        return f"{self._name(i)} IN ({', '.join(map(str, ordinals))})"

    def _is_enum(self, i: int) -> bool:
        return self._parts[i].logged.kind is KeyKind.ENUM

    def _elements(self, i: int) -> int:
        return sum(token.kind is Kind.STRING for token in tokens(self._columns[i].type))

    def _name(self, i: int) -> str:
        return quote(self._columns[i].name)

    def _literal(self, i: int, value: KeyValue) -> str:
        return literal(self._columns[i], self._parts[i].logged, value)


def not_before(key: ChangeKey, one: Key, other: Key, *, signs: Sequence[int | None]) -> str:
    """An expression without columns: the server's word on whether one key is not below the other.

    Args:
        key: Whose collations decide.
        one: The key that is judged.
        other: The bound.
        signs: What is known already, part by part; see `KeyOrder.signs`.
    """
    text = "TRUE"
    for i in reversed(range(len(signs))):
        sign = signs[i]
        if sign is not None:
            text = text if sign == 0 else str(sign > 0).upper()
            continue
        left, right = (_typed(key.parts[i], value) for value in (one[i], other[i]))
        text = f"({left} > {right} OR ({left} = {right} AND {text}))"
    return text


def _typed(part: KeyPart, value: KeyValue) -> str:
    text = literal(part.origin, part.logged, value)
    if part.logged.kind is KeyKind.BINARY:
        return f"CAST({text} AS {_type_word(part.origin)})"
    return text


def _type_word(column: Column) -> str:
    return column.type.partition("(")[0].upper()
