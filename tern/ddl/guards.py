"""What an untrusted CREATE statement may not hold, so that building it does nothing but build it.

A file can come with a pull request. A clause that reads other tables, reaches other servers or
writes to chosen paths is refused before a server sees it. Executable comments are held to forms
that every server reads alike: balanced, and free of anything that could hide where they end.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from tern.ddl.cursor import without_silent
from tern.ddl.flavor import Flavor
from tern.ddl.identifiers import unquote
from tern.ddl.lexer import Kind, Token
from tern.ddl.problems import Refusal

ALLOWED_ENGINES = ("InnoDB", "MyISAM", "Aria", "MEMORY", "ARCHIVE", "RocksDB")

TABLESPACE = "tablespace"
DATA_DIRECTORY = "data_directory"
CONNECTION = "connection"
UNION = "union"

Reading = Callable[[Sequence[Token]], tuple[Token, ...]]

_QUERY_STARTS = ("SELECT", "TABLE", "VALUES", "WITH", "LIKE")
_AFTER_BODY = ("AS", "LIKE", "TABLE", "IGNORE", "REPLACE", "SELECT", "VALUES", "START")


def find_refused(
    body: Sequence[Token], options: Sequence[Token], *, flavor: Flavor, allowed: frozenset[str]
) -> Iterator[Refusal]:
    """Everything that may not stand in a CREATE TABLE; a token may be found twice.

    Args:
        body: From the opening parenthesis to the closing one.
        options: What follows it.
        flavor: The server that will run it: executable comments are read as it reads them.
        allowed: Names of guarded clauses that the target's configuration admits.
    """
    yield from _find_obscure_comments([*body, *options])
    for read in _readings([*body, *options], flavor):
        yield from _find_queries(read(body), read(options))
        yield from _find_clauses(read(options), allowed)


def _readings(tokens: Sequence[Token], flavor: Flavor) -> Sequence[Reading]:
    """As all servers could read it, and as this one does; one way without executable comments."""
    if not any(token.kind is Kind.OPENING for token in tokens):
        return (without_silent,)
    return (without_silent, partial(executed, flavor=flavor))


def find_refused_options(
    options: Sequence[Token], *, flavor: Flavor, allowed: frozenset[str]
) -> Iterator[Refusal]:
    """Everything that may not follow the name in a CREATE SEQUENCE."""
    yield from _find_obscure_comments(options)
    for read in _readings(options, flavor):
        yield from _find_clauses(read(options), allowed)


def executed(tokens: Sequence[Token], flavor: Flavor) -> tuple[Token, ...]:
    """The tokens that this server acts on: executable comments count only where it runs them."""
    kept: list[Token] = []
    is_skipped = False
    for token in tokens:
        if token.kind is Kind.OPENING:
            is_skipped = not flavor.executes_comment(token.text)
        elif token.kind is Kind.CLOSING:
            is_skipped = False
        elif token.kind is not Kind.COMMENT and not is_skipped:
            kept.append(token)
    return tuple(kept)


def _find_obscure_comments(tokens: Sequence[Token]) -> Iterator[Refusal]:
    opening: Token | None = None
    depth = 0
    for token in tokens:
        if token.kind is Kind.OPENING:
            opening, depth = token, 0
        elif token.kind is Kind.CLOSING and opening is not None:
            if depth != 0:
                yield Refusal(token=opening, message="parentheses must balance in this comment")
            opening = None
        elif opening is not None:
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            if depth < 0 or "*/" in token.text:
                message = "this executable comment could end elsewhere on another server"
                yield Refusal(token=opening, message=message)
                opening = None


def _find_queries(body: Sequence[Token], options: Sequence[Token]) -> Iterator[Refusal]:
    message = "only columns, keys and options may stand in CREATE TABLE; found {}"
    for token in _inner_queries([*body, *options]):
        yield Refusal(token=token, message=message.format(token.text.upper()))
    depth = 0
    for token in options:
        if token.kind is Kind.SYMBOL:
            depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.is_word(*_AFTER_BODY):
            yield Refusal(token=token, message=message.format(token.text.upper()))


def _inner_queries(tokens: Sequence[Token]) -> Iterator[Token]:
    is_first = False
    for token in tokens:
        if token.kind is Kind.WORD:
            word = token.text.upper()
            if word == "SELECT" or (is_first and word in _QUERY_STARTS):
                yield token
        is_first = token.is_symbol("(")


def _find_clauses(options: Sequence[Token], allowed: frozenset[str]) -> Iterator[Refusal]:
    for index, token in enumerate(options):
        following = list(options[index + 1 : index + 3])
        if following and following[0].is_symbol("="):
            del following[0]
        value = following[0] if following else None
        if value is None:
            continue
        if token.is_word("ENGINE") and not _is_allowed_engine(value):
            yield _refuse_engine(value)
        name = _guarded_name(token, value)
        if name is not None and name not in allowed:
            yield _refuse_clause(token, value, name)


def _is_allowed_engine(value: Token) -> bool:
    if value.kind is Kind.SYMBOL:  # a column called engine, in a partitioning expression
        return True
    wanted = unquote(value.text).strip("'\"").lower()
    return wanted in {engine.lower() for engine in ALLOWED_ENGINES}


def _guarded_name(token: Token, value: Token) -> str | None:
    if token.is_word("CONNECTION") and value.kind is Kind.STRING:
        return CONNECTION
    if token.is_word("UNION") and value.is_symbol("("):
        return UNION
    if token.is_word("TABLESPACE") and value.kind in {Kind.WORD, Kind.NAME, Kind.STRING}:
        return TABLESPACE
    if token.is_word("DATA", "INDEX") and value.is_word("DIRECTORY"):
        return DATA_DIRECTORY
    return None


def _refuse_engine(value: Token) -> Refusal:
    engines = ", ".join(ALLOWED_ENGINES)
    return Refusal(token=value, message=f"engine {value.text} may not be used; allowed: {engines}")


def _refuse_clause(token: Token, value: Token, name: str) -> Refusal:
    words = f"{token.text} {value.text}" if value.is_word("DIRECTORY") else token.text
    message = (
        f"{words.upper()} may not be used; the server's configuration can allow it: "
        f"`allow_clauses: [{name}]`"
    )
    return Refusal(token=token, message=message)
