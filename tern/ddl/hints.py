"""Comments that speak to SchemaBot: `-- schemabot: renamed from old` and `allow rule reason`.

A hint belongs to the definition on whose line it ends, or else to the definition that begins below
it; above CREATE TABLE it belongs to the table.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tern.ddl.cursor import without_silent
from tern.ddl.elements import Element, ElementKind
from tern.ddl.errors import LexError
from tern.ddl.identifiers import unquote
from tern.ddl.lexer import Kind, Token, tokens
from tern.ddl.problems import ProblemCode, Refusal

_HINT = re.compile(r"--\s+schemabot:\s*(.*?)\s*$")
_RENAMED = re.compile(r"renamed\s+from\s+(.+)")
_ALLOW = re.compile(r"allow\s+([a-z][a-z0-9_]*)\s+(\S.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a hint is about: a definition inside the table; no subject means the table.

    Attributes:
        name: Empty where the file gives the definition none.
    """

    kind: ElementKind
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameHint:
    """The table, or the column that is the subject, was called `old_name`."""

    old_name: str
    subject: Subject | None
    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowHint:
    """Findings of this rule on the subject are wanted, for the reason given."""

    rule: str
    reason: str
    subject: Subject | None
    line: int
    column: int


Hint = RenameHint | AllowHint


def read_hints(
    beside: Sequence[Token], inside: Sequence[Token], elements: Sequence[Element]
) -> tuple[tuple[Hint, ...], tuple[Refusal, ...]]:
    """Every hint with its subject, and what speaks to SchemaBot without being understood.

    Args:
        beside: Comments around the statement; they speak of the table.
        inside: All tokens of the statement.
        elements: Its definitions.
    """
    hints: list[Hint] = []
    refusals: list[Refusal] = []
    around = [(found, None) for found in _spoken(beside)]
    spoken = list(_spoken(inside))
    subjects = _Subjects(inside, elements) if spoken else None
    within = [(found, subjects.of(found.token)) for found in spoken] if subjects else []
    for found, subject in [*around, *within]:
        read = _read_hint(found.token, found.text, subject)
        if isinstance(read, Refusal):
            refusals.append(read)
        else:
            hints.append(read)
    return tuple(hints), tuple(refusals)


class _Spoken(NamedTuple):
    token: Token
    text: str


def _spoken(tokens: Sequence[Token]) -> Iterator[_Spoken]:
    """Comments that speak to SchemaBot, with what they say."""
    for token in tokens:
        found = _HINT.match(token.text) if token.kind is Kind.COMMENT else None
        if found is not None:
            yield _Spoken(token, found[1])


class _Subjects:
    """Finds what a comment is about; built once, since a file may hold thousands of hints."""

    def __init__(self, inside: Sequence[Token], elements: Sequence[Element]) -> None:
        significant = [without_silent(element.tokens) for element in elements]
        self._starts = [tokens[0].offset for tokens in significant]
        self._end_lines = [tokens[-1].line + tokens[-1].text.count("\n") for tokens in significant]
        self._elements = elements
        self._busy_lines = {
            token.line + token.text.count("\n")
            for token in inside
            if token.kind is not Kind.COMMENT
        }

    def of(self, comment: Token) -> Subject | None:
        """The definition beside the comment, or else below it; None for the table."""
        following = bisect_left(self._starts, comment.offset)
        if comment.line not in self._busy_lines:
            return self._subject(following)
        is_beside = following > 0 and comment.line <= self._end_lines[following - 1]
        return self._subject(following - 1) if is_beside else None

    def _subject(self, index: int) -> Subject | None:
        if index >= len(self._elements):
            return None
        element = self._elements[index]
        return Subject(kind=element.kind, name=element.name or "")


def _read_hint(token: Token, text: str, subject: Subject | None) -> Hint | Refusal:
    if renamed := _RENAMED.fullmatch(text):
        old_name = _single_name(renamed[1])
        is_renamable = subject is None or subject.kind is ElementKind.COLUMN
        if old_name is not None and is_renamable:
            return RenameHint(
                old_name=old_name, subject=subject, line=token.line, column=token.column
            )
    if allowed := _ALLOW.fullmatch(text):
        return AllowHint(
            rule=allowed[1],
            reason=allowed[2],
            subject=subject,
            line=token.line,
            column=token.column,
        )
    return Refusal(
        token=token,
        code=ProblemCode.UNKNOWN_KEY,
        message=(
            f"the hint {text!r} is not understood here; known are `renamed from <old name>` for "
            "a table or column, and `allow <rule> <reason>`"
        ),
    )


def _single_name(text: str) -> str | None:
    try:
        read = list(tokens(text))
    except LexError:
        return None
    if len(read) != 1 or read[0].kind not in {Kind.NAME, Kind.WORD}:
        return None
    return unquote(read[0].text)
