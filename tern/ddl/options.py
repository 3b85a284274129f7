"""What follows the definitions of a CREATE TABLE: its options, by one canonical name each."""

from collections.abc import Sequence

from tern.ddl.cursor import Cursor, joined, without_silent
from tern.ddl.identifiers import unquote
from tern.ddl.lexer import Kind, Token
from tern.ddl.table import TableOption

CHARSET = "charset"
COLLATE = "collate"
SYSTEM_VERSIONING = "system_versioning"

_Spellings = tuple[tuple[tuple[str, ...], str], ...]

# Canonical names of options that take several words or spellings; longer spellings first.
_SPELLINGS: _Spellings = (
    (("DEFAULT", "CHARACTER", "SET"), CHARSET),
    (("DEFAULT", "CHARSET"), CHARSET),
    (("DEFAULT", "COLLATE"), COLLATE),
    (("CHARACTER", "SET"), CHARSET),
    (("CHARSET",), CHARSET),
    (("COLLATE",), COLLATE),
    (("DATA", "DIRECTORY"), "data_directory"),
    (("INDEX", "DIRECTORY"), "index_directory"),
    (("STORAGE",), "storage"),
)
_VALUELESS: _Spellings = (
    (("WITH", "SYSTEM", "VERSIONING"), SYSTEM_VERSIONING),
    (("START", "TRANSACTION"), "start_transaction"),
)
_FIRST_WORDS = tuple({words[0] for words, _ in (*_SPELLINGS, *_VALUELESS)})


def partition_start(tokens: Sequence[Token]) -> int:
    """The index of the token where the partitioning begins, its opening included; else the end."""
    for index in range(len(tokens) - 1):
        if tokens[index].is_word("PARTITION") and tokens[index + 1].is_word("BY"):
            is_marked = index > 0 and tokens[index - 1].kind is Kind.OPENING
            return index - 1 if is_marked else index
    return len(tokens)


def named_options(tokens: Sequence[Token]) -> frozenset[str]:
    """The canonical names of the options that a text behind the definitions names."""
    options = without_silent(tokens[: partition_start(tokens)])
    return frozenset(name for name, _, _ in _read(options))


def read_options(tokens: Sequence[Token], text: str) -> tuple[TableOption, ...]:
    """The options of a server's text, each with the very characters that stand for it.

    Args:
        tokens: Those before the partitioning, markers of executable comments included.
        text: What the tokens were read from.
    """
    read = _read(without_silent(tokens))
    starts = [_marked_start(tokens, first) for _, _, first in read]
    ends = [*starts[1:], tokens[-1].end if tokens else 0]
    return tuple(
        TableOption(name=name, value=value, text=text[start:end].rstrip())
        for (name, value, _), start, end in zip(read, starts, ends, strict=True)
    )


def _marked_start(tokens: Sequence[Token], first: Token) -> int:
    index = tokens.index(first)
    is_marked = index > 0 and tokens[index - 1].kind is Kind.OPENING
    return tokens[index - 1].offset if is_marked else first.offset


def _read(tokens: Sequence[Token]) -> list[tuple[str, str, Token]]:
    """Name, value and first token of each option."""
    cursor = Cursor(tokens)
    found: list[tuple[str, str, Token]] = []
    while (first := cursor.current) is not None:
        if cursor.accept_symbol(","):
            continue
        valueless = _spelled(cursor, _VALUELESS)
        if valueless is not None:
            found.append((valueless, "", first))
            continue
        name = _spelled(cursor, _SPELLINGS) or unquote(cursor.take().text).lower()
        cursor.accept_symbol("=")
        found.append((name, _value(cursor), first))
    return found


def _spelled(cursor: Cursor, spellings: _Spellings) -> str | None:
    """Step over the first of these spellings that comes next, and give its name."""
    if cursor.current is None or not cursor.current.is_word(*_FIRST_WORDS):
        return None
    return next((name for words, name in spellings if cursor.accept_words(*words)), None)


def _value(cursor: Cursor) -> str:
    if group := cursor.accept_group():
        return joined(group)
    return "" if cursor.current is None else cursor.take().text
