"""Names replaced inside SQL text, token by token, with everything between them untouched."""

from collections.abc import Iterable, Sequence

from tern.ddl.identifiers import quote
from tern.ddl.lexer import Kind, Token

Renamed = tuple[Token, str]


def substitute(text: str, renamed: Iterable[Renamed]) -> str:
    """The text with each of these tokens replaced by a quoted name.

    Args:
        text: What the tokens were read from.
        renamed: Token and new name, in any order; no token twice.
    """
    pieces: list[str] = []
    place = 0
    for token, name in sorted(renamed, key=lambda item: item[0].offset):
        pieces += [text[place : token.offset], quote(name)]
        place = token.end
    return "".join(pieces) + text[place:]


def unqualified_names(tokens: Sequence[Token]) -> list[Token]:
    """Names between backticks that stand beside no dot."""
    found: list[Token] = []
    for index, token in enumerate(tokens):
        near = [*tokens[max(index - 1, 0) : index], *tokens[index + 1 : index + 2]]
        if token.kind is Kind.NAME and not any(other.is_symbol(".") for other in near):
            found.append(token)
    return found
