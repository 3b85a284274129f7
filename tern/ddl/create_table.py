"""What SHOW CREATE TABLE prints, taken apart so that putting it together gives it back exactly."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tern.ddl.cursor import Cursor, group_end, without_silent
from tern.ddl.elements import Element, ElementKind, read_elements
from tern.ddl.errors import LexError, UnsupportedTable
from tern.ddl.identifiers import unquote
from tern.ddl.lexer import Kind, Token, tokens
from tern.ddl.literals import hex_literal, string_value
from tern.ddl.options import partition_start, read_options
from tern.ddl.reading.columns import read_column
from tern.ddl.reading.constraints import read_check, read_foreign_key, read_period
from tern.ddl.reading.indexes import read_index
from tern.ddl.reading.partitions import read_partitioning
from tern.ddl.table import Part, Partitioning, Table
from tern.ddl.table_text import table_text

_UNREAD = "?"


def decode_show_create(raw: bytes) -> str:
    """The server's text as characters; a literal that isn't UTF-8 becomes `x'..'`.

    MariaDB prints binary defaults as the bytes that they are. Latin-1 maps every byte to one
    character and back, so the text can be told apart before it is decoded.

    Raises:
        UnsupportedTable: bytes outside a literal are not UTF-8, or a literal never ends.
    """
    byte_text = raw.decode("latin-1")
    try:
        literals = [token for token in tokens(byte_text) if token.kind is Kind.STRING]
        pieces = list(_decoded(byte_text, literals))
    except (LexError, UnicodeDecodeError) as error:
        raise UnsupportedTable(table=_UNREAD, reason=f"its text cannot be read: {error}") from error
    return "".join(pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the parts of a CREATE TABLE stand in its text.

    Attributes:
        name: The token of the table's name.
        options: Tokens behind the definitions, `partitioning` those of PARTITION BY and after.
    """

    name: Token
    elements: tuple[Element, ...]
    options: tuple[Token, ...]
    partitioning: tuple[Token, ...]


def read_layout(text: str) -> Layout:
    """Tell a server's text apart, without a look into the parts.

    Raises:
        UnsupportedTable: the text isn't CREATE TABLE with a list of definitions.
    """
    try:
        read = tuple(tokens(text))
    except LexError as error:
        raise UnsupportedTable(table=_UNREAD, reason=str(error)) from error
    name, body_start = _read_head(read)
    body_end = group_end(read, body_start)
    tail = read[body_end:]
    cut = partition_start(tail)
    return Layout(
        name=name,
        elements=read_elements(read[body_start + 1 : body_end - 1]),
        options=tail[:cut],
        partitioning=tail[cut:],
    )


def parse_create_table(text: str) -> Table:
    """The table that a server's text describes; `table_text` of it is `text`, byte for byte.

    Raises:
        UnsupportedTable: a part of the text is of no known form, or would not come back the same.
    """
    layout = read_layout(text)
    name = unquote(layout.name.text)
    table = Table(
        name=name,
        parts=tuple(_read_part(element, text, name) for element in layout.elements),
        options=read_options(layout.options, text),
        partitioning=_read_partitioning(layout.partitioning, text, name),
        text=text,
    )
    if table_text(table) != text:
        raise UnsupportedTable(table=name, reason="its text has a form that is not known")
    return table


def _decoded(byte_text: str, literals: Sequence[Token]) -> Iterator[str]:
    place = 0
    for literal in literals:
        yield byte_text[place : literal.offset].encode("latin-1").decode()
        yield _decoded_literal(literal.text)
        place = literal.end
    yield byte_text[place:].encode("latin-1").decode()


def _decoded_literal(literal: str) -> str:
    try:
        return literal.encode("latin-1").decode()
    except UnicodeDecodeError:
        return hex_literal(string_value(literal).encode("latin-1"))


def _read_head(read: Sequence[Token]) -> tuple[Token, int]:
    cursor = Cursor(read)
    is_table = cursor.accept_words("CREATE", "TABLE")
    name = cursor.current
    if not is_table or name is None or cursor.accept_name() is None or not cursor.at_symbol("("):
        found = " ".join(token.text for token in read[:3])
        raise UnsupportedTable(table=_UNREAD, reason=f"its text begins with {found!r}")
    return name, len(read) - len(cursor.rest)


def _read_part(element: Element, text: str, table: str) -> Part:
    start, end = element.tokens[0].offset, element.tokens[-1].end
    definition = text[start:end] + _blanks(text, end)
    match element.kind:
        case ElementKind.COLUMN if element.body:
            return read_column(element, text, definition)
        case ElementKind.PRIMARY_KEY | ElementKind.INDEX:
            return read_index(element, definition)
        case ElementKind.CHECK:
            return read_check(element, definition)
        case ElementKind.FOREIGN_KEY:
            return read_foreign_key(element, definition)
        case ElementKind.PERIOD:
            return read_period(element, definition)
        case _:
            raise UnsupportedTable(table=table, reason=f"no known definition: {definition!r}")


def _blanks(text: str, end: int) -> str:
    """Blanks that the server prints before the comma, as MySQL does behind a full-text parser."""
    rest = text[end:]
    return rest[: len(rest) - len(rest.lstrip(" "))]


def _read_partitioning(tail: Sequence[Token], text: str, table: str) -> Partitioning | None:
    if not without_silent(tail):
        return None
    partitioning = read_partitioning(tail, text)
    if partitioning is None:
        raise UnsupportedTable(table=table, reason="it is partitioned by no known method")
    return partitioning
