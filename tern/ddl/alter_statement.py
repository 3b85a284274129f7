"""A user's own ALTER TABLE as far as it is read here: its table, its clauses' text, its renames.

What it does is the server's to say. Nothing but the table's name and column renames is taken from
the text, and the words that a copy can't honour are refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tern.ddl.cursor import Cursor, without_silent
from tern.ddl.errors import LexError
from tern.ddl.identifiers import quote, unquote
from tern.ddl.lexer import Token, tokens
from tern.errors import InvalidSchema

_HOW = ("ALGORITHM", "LOCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterStatement:
    """One ALTER TABLE.

    Attributes:
        clauses: Everything behind the table's name, as written.
        renames: New column name -> old one.
    """

    text: str
    table: str
    clauses: str
    renames: Mapping[str, str]

    def on(self, table: str) -> str:
        """The same statement for another table."""
        return f"ALTER TABLE {quote(table)} {self.clauses}"


def read_alter(text: str, *, schema: str) -> AlterStatement:
    """The statement's table and clauses.

    Raises:
        InvalidSchema: it is no single ALTER TABLE of this schema, or it says ALGORITHM or LOCK,
            which the server would obey instead of us (E-7).
    """
    try:
        read = without_silent(list(tokens(text)))
    except LexError as error:
        raise InvalidSchema(place="the statement", reason=error.reason) from error
    read = read[:-1] if read and read[-1].is_symbol(";") else read
    cursor = Cursor(read)
    if not cursor.accept_words("ALTER", "TABLE"):
        raise InvalidSchema(place="the statement", reason="it does not begin with ALTER TABLE")
    named, table = None, cursor.accept_name()
    if table is not None and cursor.accept_symbol("."):
        named, table = table, cursor.accept_name()
    rest = cursor.rest
    if table is None or not rest:
        raise InvalidSchema(place="the statement", reason="it names no table, or no clause")
    name = unquote(table)
    if named is not None and unquote(named) != schema:
        reason = f"its schema is {unquote(named)}; --dsn names {schema}"
        raise InvalidSchema(place=name, reason=reason)
    if any(token.is_symbol(";") for token in rest):
        raise InvalidSchema(place=name, reason="it holds more than one statement; give each alone")
    clauses = list(_clauses(rest))
    _check(name, clauses)
    return AlterStatement(
        text=text.strip().removesuffix(";").rstrip(),
        table=name,
        clauses=text[rest[0].offset : rest[-1].end],
        renames={new: old for clause in clauses for new, old in _renamed(clause)},
    )


def _clauses(rest: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The tokens between commas outside of brackets."""
    depth, begin = 0, 0
    for index, token in enumerate(rest):
        depth += token.is_symbol("(") - token.is_symbol(")")
        if depth == 0 and token.is_symbol(","):
            yield rest[begin:index]
            begin = index + 1
    yield rest[begin:]


def _check(table: str, clauses: Sequence[Sequence[Token]]) -> None:
    for clause in clauses:
        if not clause:
            raise InvalidSchema(place=table, reason="a clause is empty")
        if clause[0].is_word(*_HOW):
            reason = f"leave out {clause[0].text.upper()}; how it runs is decided here"
            raise InvalidSchema(place=table, reason=reason)
        if clause[0].is_word("RENAME") and not clause[1].is_word("COLUMN", "INDEX", "KEY"):
            raise InvalidSchema(place=table, reason="it renames the table; that needs no copy")


def _renamed(clause: Sequence[Token]) -> Iterator[tuple[str, str]]:
    cursor = Cursor(clause)
    if cursor.accept_words("RENAME", "COLUMN"):
        is_change = False
    elif cursor.accept_words("CHANGE"):
        is_change = True
        cursor.accept_words("COLUMN")
    else:
        return
    cursor.accept_words("IF", "EXISTS")
    old = cursor.accept_name()
    if not is_change:
        cursor.accept_words("TO")
    new = cursor.accept_name()
    if old is not None and new is not None and unquote(old).lower() != unquote(new).lower():
        yield unquote(new), unquote(old)
