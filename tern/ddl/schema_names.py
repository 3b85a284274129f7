"""Schema names inside a definition: replaced on the way into a scratch schema, and back.

Only a name that a server would follow to another object counts: after REFERENCES, and where a
default takes its value from a sequence. Elsewhere a dot stands between a table and its column.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from tern.ddl.cursor import without_silent
from tern.ddl.flavor import Flavor
from tern.ddl.identifiers import Names, unquote
from tern.ddl.lexer import Kind, Token, tokens
from tern.ddl.substitution import substitute

_SEQUENCE_CALLS = ("NEXTVAL", "LASTVAL", "SETVAL")
_QUALIFIED_LENGTH = 3  # schema, dot, name


def schema_names(text: str) -> frozenset[str]:
    """Every schema that the text names.

    Raises:
        LexError: the text cannot be told apart.
    """
    return frozenset(unquote(token.text) for token in _schema_tokens(text))


def replace_schema_names(
    text: str,
    replacements: Mapping[str, str],
    *,
    flavor: Flavor,
    otherwise: Callable[[str], str] = str,
) -> str:
    """The text with schemas renamed; all else stays as it is, to the character.

    Args:
        text: A CREATE TABLE, or any text that holds definitions.
        replacements: Old name to new.
        flavor: Decides which spellings name one schema.
        otherwise: What becomes of a schema that isn't among the replacements: itself, unless a
            plan must make sure that it names nothing.

    Raises:
        LexError: the text cannot be told apart.
    """
    names = Names(flavor)
    by_key = {names.table_key(old): new for old, new in replacements.items()}
    renamed = []
    for token in _schema_tokens(text):
        old = unquote(token.text)
        new = by_key.get(names.table_key(old)) or otherwise(old)
        if new != old:
            renamed.append((token, new))
    return substitute(text, renamed)


def _schema_tokens(text: str) -> Iterator[Token]:
    read = without_silent(tuple(tokens(text)))
    for index in range(len(read)):
        following = read[index + 1 : index + 1 + _QUALIFIED_LENGTH]
        if _leads_to_object(read, index) and _is_qualified(following):
            yield following[0]


def _leads_to_object(read: Sequence[Token], index: int) -> bool:
    token = read[index]
    if token.is_word("REFERENCES"):
        return True
    if token.is_symbol("("):
        return index > 0 and read[index - 1].is_word(*_SEQUENCE_CALLS)
    is_value_for = token.is_word("FOR") and index > 1 and read[index - 1].is_word("VALUE")
    return is_value_for and read[index - 2].is_word("NEXT", "PREVIOUS")


def _is_qualified(following: Sequence[Token]) -> bool:
    return (
        len(following) == _QUALIFIED_LENGTH
        and following[0].kind in {Kind.NAME, Kind.WORD}
        and following[1].is_symbol(".")
    )
