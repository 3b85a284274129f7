"""Sequences as MariaDB prints them, and what changes one into another."""

from dataclasses import dataclass

from tern.ddl.cursor import Cursor, without_silent
from tern.ddl.errors import LexError, UnsupportedTable
from tern.ddl.identifiers import quote, unquote
from tern.ddl.lexer import tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """One sequence; `cache` 0 means none, `type_name` is empty where the server prints none.

    Its engine is not read: ALTER SEQUENCE can't change it.
    """

    name: str
    type_name: str
    start: int
    minvalue: int
    maxvalue: int
    increment: int
    cache: int
    is_cycling: bool
    text: str


def parse_create_sequence(text: str) -> Sequence:
    """The sequence that SHOW CREATE SEQUENCE describes.

    Raises:
        UnsupportedTable: the text is of no known form.
    """
    try:
        return _read(Cursor(without_silent(tuple(tokens(text)))), text)
    except (LexError, ValueError, IndexError) as error:
        name = text.partition("\n")[0][:80]
        raise UnsupportedTable(table=name, reason="no known form of a sequence") from error


def alter_sequence(live: Sequence, desired: Sequence) -> str | None:
    """The statement that makes one the other, never RESTART; None where nothing differs.

    Source: MariaDB's ALTER SEQUENCE keeps the next value unless RESTART is said.
    """
    clauses = [
        *([f"START WITH {desired.start}"] if live.start != desired.start else []),
        *([f"MINVALUE {desired.minvalue}"] if live.minvalue != desired.minvalue else []),
        *([f"MAXVALUE {desired.maxvalue}"] if live.maxvalue != desired.maxvalue else []),
        *([f"INCREMENT BY {desired.increment}"] if live.increment != desired.increment else []),
        *([_cache(desired)] if live.cache != desired.cache else []),
        *([_cycle(desired)] if live.is_cycling != desired.is_cycling else []),
    ]
    if live.type_name != desired.type_name:
        clauses.insert(0, f"AS {desired.type_name}")
    return f"ALTER SEQUENCE {quote(desired.name)} {' '.join(clauses)}" if clauses else None


def drop_sequence(name: str) -> str:
    """DROP SEQUENCE, which fails if it is gone."""
    return f"DROP SEQUENCE {quote(name)}"


def _read(cursor: Cursor, text: str) -> Sequence:
    _expect(cursor, "CREATE", "SEQUENCE")
    name = unquote(cursor.take().text)
    type_name = cursor.take().text if cursor.accept_words("AS") else ""
    if cursor.accept_words("UNSIGNED"):
        type_name += " unsigned"
    _expect(cursor, "START", "WITH")
    start = _integer(cursor)
    _expect(cursor, "MINVALUE")
    minvalue = _integer(cursor)
    _expect(cursor, "MAXVALUE")
    maxvalue = _integer(cursor)
    _expect(cursor, "INCREMENT", "BY")
    increment = _integer(cursor)
    cache = 0 if cursor.accept_words("NOCACHE") else _cache_size(cursor)
    is_cycling = cursor.accept_words("CYCLE")
    if not is_cycling:
        _expect(cursor, "NOCYCLE")
    return Sequence(
        name=name,
        type_name=type_name,
        start=start,
        minvalue=minvalue,
        maxvalue=maxvalue,
        increment=increment,
        cache=cache,
        is_cycling=is_cycling,
        text=text,
    )


def _expect(cursor: Cursor, *words: str) -> None:
    if not cursor.accept_words(*words):
        raise ValueError(" ".join(words))


def _cache_size(cursor: Cursor) -> int:
    _expect(cursor, "CACHE")
    return _integer(cursor)


def _integer(cursor: Cursor) -> int:
    sign = -1 if cursor.accept_symbol("-") else 1
    return sign * int(cursor.take().text)


def _cache(sequence: Sequence) -> str:
    return f"CACHE {sequence.cache}" if sequence.cache else "NOCACHE"


def _cycle(sequence: Sequence) -> str:
    return "CYCLE" if sequence.is_cycling else "NOCYCLE"
