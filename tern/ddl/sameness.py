"""Whether a file's statement is, token by token, what the server prints of the live table."""

from collections.abc import Sequence

from tern.ddl.errors import LexError
from tern.ddl.lexer import Kind, Token, tokens


def is_same_text(file_text: str, live_text: str) -> bool:
    """Whether two CREATE TABLE texts differ in comments, spacing and the next counter value only.

    A text that can't be read is the same as nothing.
    """
    try:
        return _telling(file_text) == _telling(live_text)
    except LexError:
        return False


def without_counter(text: str) -> str:
    """A server's text without `AUTO_INCREMENT=n`, as it is written to files.

    Raises:
        LexError: the text cannot be told apart.
    """
    counter = _counter(list(tokens(text)))
    if not counter:
        return text
    return text[: counter[0].offset].rstrip(" ") + text[counter[-1].end :]


def _telling(text: str) -> list[tuple[Kind, str]]:
    read = [token for token in tokens(text) if token.kind is not Kind.COMMENT]
    while read and read[-1].is_symbol(";"):
        read.pop()
    counter = _counter(read)
    return [(token.kind, token.text) for token in read if token not in counter]


def _counter(read: Sequence[Token]) -> Sequence[Token]:
    """The tokens of `AUTO_INCREMENT=n`; a column's attribute has no equals sign behind it."""
    for index, token in enumerate(read[:-2]):
        has_value = read[index + 1].is_symbol("=") and read[index + 2].kind is Kind.NUMBER
        if token.is_word("AUTO_INCREMENT") and has_value:
            return read[index : index + 3]
    return ()
