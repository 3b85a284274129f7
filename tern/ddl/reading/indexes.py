"""An index's text taken apart."""

from collections.abc import Sequence

from tern.ddl.cursor import Cursor, joined, split_at_commas, without_silent
from tern.ddl.elements import Element, ElementKind
from tern.ddl.lexer import Token
from tern.ddl.reading.columns import names_in
from tern.ddl.table import PRIMARY, Index, IndexKind

_KINDS = {
    "UNIQUE": IndexKind.UNIQUE,
    "FULLTEXT": IndexKind.FULLTEXT,
    "SPATIAL": IndexKind.SPATIAL,
    "VECTOR": IndexKind.VECTOR,
}
_HIDDEN = ("INVISIBLE", "IGNORED")


def read_index(element: Element, definition_text: str) -> Index:
    """The index that an element defines."""
    cursor = Cursor(element.body)
    before = _until_group(cursor)
    group = cursor.accept_group()
    parts = split_at_commas(group[1:-1])
    after = list(cursor.rest)
    options = [*before, *(token for token in after if not token.is_word(*_HIDDEN))]
    return Index(
        name=element.name or PRIMARY,
        kind=_kind(element),
        parts=tuple(joined(part) for part in parts),
        columns=names_in(group),
        computed_from=frozenset(
            name for part in parts if part[0].is_symbol("(") for name in names_in(part)
        ),
        options=joined(options),
        is_visible=not any(token.is_word(*_HIDDEN) for token in after),
        text=definition_text,
    )


def _kind(element: Element) -> IndexKind:
    if element.kind is ElementKind.PRIMARY_KEY:
        return IndexKind.PRIMARY
    first = without_silent(element.tokens)[0]
    return _KINDS.get(first.text.upper(), IndexKind.PLAIN)


def _until_group(cursor: Cursor) -> Sequence[Token]:
    taken: list[Token] = []
    while cursor.current is not None and not cursor.at_symbol("("):
        taken.append(cursor.take())
    return taken
