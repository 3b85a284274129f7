"""SQL text as tokens with their place, read as both servers read it under a fixed `sql_mode`.

Double quotes enclose strings (no ANSI_QUOTES) and a backslash escapes (no NO_BACKSLASH_ESCAPES);
sessions that run such text set exactly that. An executable comment is not skipped: its opening and
closing are tokens of their own and what stands inside is SQL.

The lexer is total: whatever is no string, name, number or comment is a symbol of one character, for
the server judges syntax. Only text that never ends is an error, because then nothing after it has a
meaning.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from tern.ddl.errors import LexError


class Kind(StrEnum):
    """What a token is."""

    WORD = "word"
    NUMBER = "number"
    NAME = "name"  # between backticks
    STRING = "string"  # quoted, with an n, x or b directly before it where there is one
    SYMBOL = "symbol"
    COMMENT = "comment"
    OPENING = "opening"  # of an executable comment, with its version number
    CLOSING = "closing"


class Token(NamedTuple):
    """A piece of SQL text; a named tuple, since a plan makes hundreds of thousands of them.

    Attributes:
        offset: Characters before it in the text.
        line: Counted from 1.
        column: Counted from 1, in characters.
    """

    kind: Kind
    text: str
    offset: int
    line: int
    column: int

    @property
    def end(self) -> int:
        """The offset of the first character after it."""
        return self.offset + len(self.text)

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these words, given in upper case, standing outside quotes."""
        return self.kind is Kind.WORD and self.text.upper() in words

    def is_symbol(self, symbol: str) -> bool:
        """Whether it is this symbol."""
        return self.kind is Kind.SYMBOL and self.text == symbol


_SPACE = re.compile(r"[ \t\n\v\f\r]+")
_TOKEN = re.compile(
    r"""
      (?P<opening>  /\*M?!(?:\d{5,6})? )
    | (?P<comment>  /\* .*? \*/ | \#[^\n]* | --(?=[\x00-\x20]|\Z)[^\n]* )
    | (?P<string>   [nNxXbB]?'(?:[^'\\]++|''|\\.)*+' | "(?:[^"\\]++|""|\\.)*+" )
    | (?P<name>     `(?:[^`]++|``)*+` )
    | (?P<number>   (?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![0-9A-Za-z_$\x80-\U0010ffff]) )
    | (?P<word>     [0-9A-Za-z_$@\x80-\U0010ffff]+ )
    """,
    re.VERBOSE | re.DOTALL,
)
_KINDS = {kind.value: kind for kind in Kind}
_CLOSING = "*/"
_ENDLESS = {"'": "string", '"': "string", "`": "quoted name", "/*": "comment"}
_ENDLESS_STARTS = frozenset(opening[0] for opening in _ENDLESS)


def tokens(text: str) -> Iterator[Token]:
    """Every token of the text in order; what lies between two of them is only white space.

    Raises:
        LexError: something opened is never closed, or executable comments stand in each other.
    """
    opened: Token | None = None
    for token in _scan(text):
        if token.kind is Kind.OPENING:
            if opened is not None:
                raise _error(token, "an executable comment stands inside another")
            opened = token
        elif opened is not None and token.text == _CLOSING:
            opened = None
        yield token
    if opened is not None:
        raise _error(opened, "this executable comment never ends")


def _scan(text: str) -> Iterator[Token]:
    offset, line, line_start, is_inside = 0, 1, 0, False
    while True:
        space = _SPACE.match(text, offset)
        if space and (breaks := text.count("\n", offset, space.end())):
            line += breaks
            line_start = text.rindex("\n", offset, space.end()) + 1
        offset = space.end() if space else offset
        if offset == len(text):
            return
        kind, content = _read(text, offset, is_inside=is_inside)
        token = Token(kind, content, offset, line, offset - line_start + 1)
        if kind is Kind.SYMBOL:
            _check_ends(token, text)
        yield token
        is_inside = kind is Kind.OPENING or (is_inside and kind is not Kind.CLOSING)
        if "\n" in content:
            line += content.count("\n")
            line_start = offset + content.rindex("\n") + 1
        offset += len(content)


def _read(text: str, offset: int, *, is_inside: bool) -> tuple[Kind, str]:
    if is_inside and text.startswith(_CLOSING, offset):
        return Kind.CLOSING, _CLOSING
    found = _TOKEN.match(text, offset)
    if found is None or found.lastgroup is None:
        return Kind.SYMBOL, text[offset]
    return _KINDS[found.lastgroup], found[0]


def _check_ends(token: Token, text: str) -> None:
    if token.text not in _ENDLESS_STARTS:
        return
    for opening, thing in _ENDLESS.items():
        if text.startswith(opening, token.offset):
            raise _error(token, f"this {thing} never ends")


def _error(token: Token, reason: str) -> LexError:
    return LexError(line=token.line, column=token.column, reason=reason)
