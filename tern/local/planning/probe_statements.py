"""Questions for one row that would not survive a change: pure, from clauses to SQL (P-40)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tern.ddl.clauses import AddIndex, AddPrimaryKey, ChangeColumn, Clause, ModifyColumn
from tern.ddl.identifiers import fold, qualified, quote
from tern.ddl.literals import string_literal
from tern.ddl.table import Column, Index, Table
from tern.lint.column_types import ColumnType, Stored, keeps_every_value

_INTEGER_BITS = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "bigint": 64}
_NUMERIC = frozenset({*_INTEGER_BITS, "decimal", "float", "double"})
_TEXT_BYTES = {"tinytext": 2**8 - 1, "text": 2**16 - 1, "mediumtext": 2**24 - 1}
_CHARACTERS = frozenset({"varchar", "char", *_TEXT_BYTES, "longtext"})
_BYTES = frozenset({"varbinary", "binary", "tinyblob", "blob", "mediumblob", "longblob"})
_TIMED = frozenset({"datetime", "timestamp", "time"})
_FRACTION = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question to a live table.

    Attributes:
        rule: The lint rule that it is about.
        object: The column or index.
        sql: Gives one row if there is an offending one; None where no question can tell.
        shown: The columns of that row, by name.
    """

    rule: str
    object: str
    sql: str | None
    shown: tuple[str, ...]


def questions(schema: str, table: Table, clauses: Sequence[Clause]) -> Iterator[Question]:
    """What to ask a live table before these clauses: for NULLs, duplicates, what would be lost."""
    for clause in clauses:
        match clause:
            case ModifyColumn(old=old, new=new) | ChangeColumn(old=old, new=new):
                yield from _of_column((schema, table), old, new)
            case AddIndex(index=index) | AddPrimaryKey(index=index) if index.is_unique():
                yield _of_key((schema, table), index)
            case _:
                pass


def _of_column(place: tuple[str, Table], old: Column, new: Column) -> Iterator[Question]:
    if old.generated is not None or new.generated is not None:
        return
    name = quote(old.name)
    if old.is_nullable and not new.is_nullable:
        yield _where(place, ("not_null", new.name), f"{name} IS NULL")
    before = Stored(type=ColumnType.parse(old.type), charset=old.charset)
    after = Stored(type=ColumnType.parse(new.type), charset=new.charset)
    if not keeps_every_value(before, after):
        yield _where(place, ("lossy_type", new.name), _offends(name, before, after))


def _where(place: tuple[str, Table], about: tuple[str, str], condition: str | None) -> Question:
    schema, table = place
    rule, name = about
    key = table.primary_key()
    names = tuple(
        column.name for column in table.columns if key and fold(column.name) in key.columns
    )
    sql = None
    if condition is not None:
        wanted = ", ".join(map(quote, names)) or "1"
        source = qualified(schema, table.name)
        sql = f"SELECT {wanted} FROM {source} WHERE {condition} LIMIT 1"  # noqa: S608  # builder
    return Question(rule=rule, object=name, sql=sql, shown=names)


def _of_key(place: tuple[str, Table], index: Index) -> Question:
    """Two rows of one key; a NULL is equal to nothing."""
    schema, table = place
    present = [table.column(name) for name in index.columns]
    names = tuple(column.name for column in present if column is not None)
    is_plain = len(names) == len(index.parts) and not any("(" in part for part in index.parts)
    sql = None
    if is_plain:
        wanted = ", ".join(map(quote, names))
        filled = " AND ".join(f"{quote(name)} IS NOT NULL" for name in names)
        source = qualified(schema, table.name)
        sql = (
            f"SELECT {wanted} FROM {source} WHERE {filled} "  # noqa: S608  # builder
            f"GROUP BY {wanted} HAVING COUNT(*) > 1 LIMIT 1"
        )
    return Question(rule="add_unique", object=index.name, sql=sql, shown=names)


def _offends(name: str, old: Stored, new: Stored) -> str | None:
    """When a value is not what it was; None where that can't be asked."""
    before, after = old.type.base, new.type.base
    if before in _NUMERIC and after in _NUMERIC:
        return _number(name, new.type)
    if before in _CHARACTERS and after in _CHARACTERS:
        return _text(name, old, new)
    if before in _BYTES and after in {"varbinary", "binary"}:
        return f"LENGTH({name}) > {new.type.size(1)}"
    if before in {"enum", *_CHARACTERS} and after == "enum":
        return f"{name} NOT IN ({', '.join(new.type.arguments)})"
    return _time(name, before, new.type)


def _time(name: str, before: str, new: ColumnType) -> str | None:
    after = new.base
    if before == after and before in _TIMED:
        unit = 10 ** (_FRACTION - new.size(0))
        return f"MICROSECOND({name}) % {unit} <> 0"
    if before == "datetime" and after == "date":
        return f"TIME({name}) <> {string_literal('00:00:00')}"
    return None


def _number(name: str, new: ColumnType) -> str | None:
    if new.base in _INTEGER_BITS:
        bits = _INTEGER_BITS[new.base]
        low = 0 if new.is_unsigned else -(2 ** (bits - 1))
        high = 2**bits - 1 if new.is_unsigned else 2 ** (bits - 1) - 1
        return f"{name} NOT BETWEEN {low} AND {high} OR {name} <> ROUND({name})"
    if new.base == "decimal":
        scale = int(new.arguments[1]) if len(new.arguments) > 1 else 0
        whole = new.size(10) - scale
        below = f" OR {name} < 0" if new.is_unsigned else ""
        return f"ABS({name}) >= 1e{whole} OR {name} <> ROUND({name}, {scale}){below}"
    return None


def _text(name: str, old: Stored, new: Stored) -> str | None:
    parts: list[str] = []
    value = name
    if old.charset != new.charset:
        if old.charset is None or new.charset is None:
            return None
        value = f"CONVERT({name} USING {new.charset})"
        parts.append(
            f"CAST(CONVERT({value} USING {old.charset}) AS BINARY) <> CAST({name} AS BINARY)"
        )
    if new.type.base in {"varchar", "char"}:
        parts.append(f"CHAR_LENGTH({value}) > {new.type.size(1)}")
    elif new.type.base in _TEXT_BYTES:
        parts.append(f"LENGTH({value}) > {_TEXT_BYTES[new.type.base]}")
    return " OR ".join(parts) or None
