"""The definitions between the parentheses of a CREATE TABLE: what each is, its name and its place.

One reader serves schema files, where names may be bare, and the server's own text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tern.ddl.cursor import Cursor, split_at_commas, without_silent
from tern.ddl.identifiers import unquote
from tern.ddl.lexer import Kind, Token


class ElementKind(StrEnum):
    """What a definition defines."""

    COLUMN = "column"
    PRIMARY_KEY = "primary_key"
    INDEX = "index"
    CHECK = "check"
    FOREIGN_KEY = "foreign_key"
    PERIOD = "period"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One definition.

    Attributes:
        name: As the server would know it; None where the text gives none.
        tokens: All of its tokens, markers of executable comments and comments included.
        body: Its significant tokens after keyword and name.
    """

    kind: ElementKind
    name: str | None
    tokens: tuple[Token, ...]
    body: tuple[Token, ...]

    @property
    def line(self) -> int:
        """Where it begins, counted from 1."""
        return without_silent(self.tokens)[0].line

    @property
    def column(self) -> int:
        """Where it begins, in characters, counted from 1."""
        return without_silent(self.tokens)[0].column


_INDEX_WORDS = ("UNIQUE", "FULLTEXT", "SPATIAL", "KEY", "INDEX")
_CONSTRAINT_STARTS = ("PRIMARY", "UNIQUE", "FOREIGN", "CHECK")


def read_elements(tokens: Sequence[Token]) -> tuple[Element, ...]:
    """Every definition in order; `tokens` are those between the parentheses, comments included."""
    runs = split_at_commas(tokens)
    return tuple(_read_element(run) for run in runs if without_silent(run))


def _read_element(tokens: tuple[Token, ...]) -> Element:
    cursor = Cursor(without_silent(tokens))
    kind, name = _kind_and_name(cursor)
    return Element(kind=kind, name=name, tokens=tokens, body=tuple(cursor.rest))


def _kind_and_name(cursor: Cursor) -> tuple[ElementKind, str | None]:
    if cursor.accept_words("CONSTRAINT"):
        return _constraint(cursor)
    if cursor.at_words("PERIOD", "FOR"):
        cursor.accept_words("PERIOD", "FOR")
        return ElementKind.PERIOD, _name(cursor)
    if cursor.at_words("VECTOR", "KEY") or cursor.at_words("VECTOR", "INDEX"):
        return ElementKind.INDEX, _index_name(cursor)
    token = cursor.current
    if token is not None and token.is_word("PRIMARY", "FOREIGN", "CHECK", *_INDEX_WORDS):
        return _constraint_body(cursor, name=None)
    if token is not None and token.kind in {Kind.NAME, Kind.WORD}:
        return ElementKind.COLUMN, _name(cursor)
    return ElementKind.UNKNOWN, None


def _constraint(cursor: Cursor) -> tuple[ElementKind, str | None]:
    token = cursor.current
    is_named = token is not None and not token.is_word(*_CONSTRAINT_STARTS)
    return _constraint_body(cursor, name=_name(cursor) if is_named else None)


def _constraint_body(cursor: Cursor, *, name: str | None) -> tuple[ElementKind, str | None]:
    if cursor.accept_words("PRIMARY", "KEY"):
        return ElementKind.PRIMARY_KEY, "PRIMARY"
    if cursor.accept_words("CHECK"):
        return ElementKind.CHECK, name
    if cursor.accept_words("FOREIGN", "KEY"):
        return ElementKind.FOREIGN_KEY, name or _name(cursor)
    token = cursor.current
    if token is not None and token.is_word(*_INDEX_WORDS):
        return ElementKind.INDEX, _index_name(cursor) or name
    return ElementKind.UNKNOWN, name


def _index_name(cursor: Cursor) -> str | None:
    if not cursor.accept_words("KEY") and not cursor.accept_words("INDEX"):
        cursor.take()
        if not cursor.accept_words("KEY"):
            cursor.accept_words("INDEX")
    return None if cursor.at_words("USING") else _name(cursor)


def _name(cursor: Cursor) -> str | None:
    text = cursor.accept_name()
    return None if text is None else unquote(text)
