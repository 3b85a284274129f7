"""What stands in a schema: its defaults, its objects, and how big its tables are said to be."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tern.ddl.identifiers import qualified, quote
from tern.errors import SchemaMissing
from tern.mysql.connection import Connection, Row

# Longer lists are asked for in pieces, so that a statement stays of a size that servers take.
_NAMES_AT_ONCE = 500


class ObjectKind(StrEnum):
    """What may stand in a schema, in the catalogues' words."""

    TABLE = "table"
    SEQUENCE = "sequence"
    VIEW = "view"
    TRIGGER = "trigger"
    PROCEDURE = "procedure"
    FUNCTION = "function"
    PACKAGE = "package"
    EVENT = "event"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveObject:
    """One object of a schema.

    Attributes:
        table: The table that a trigger belongs to.
    """

    kind: ObjectKind
    name: str
    table: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaDefaults:
    """What a new table in the schema gets when its definition says nothing."""

    charset: str
    collation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSize:
    """What the server's statistics say of a table; estimates, not counts.

    Attributes:
        rows: None where the engine keeps no statistics.
        updated: The last write the server knows of; servers forget it when they restart.
    """

    engine: str | None
    rows: int | None
    data_bytes: int
    index_bytes: int
    updated: datetime | None

    @property
    def total_bytes(self) -> int:
        """Data and indexes together."""
        return self.data_bytes + self.index_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnCharset:
    """The character set and collation that a text column really has."""

    charset: str
    collation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKeyEdge:
    """One foreign key between two tables, whichever schemas they stand in."""

    name: str
    child_schema: str
    child_table: str
    parent_schema: str
    parent_table: str


def schema_names(connection: Connection) -> tuple[str, ...]:
    """The schemas that the account can see, without the server's own."""
    own = {"information_schema", "mysql", "performance_schema", "sys"}
    rows = connection.query("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA ORDER BY 1")
    return tuple(str(row[0]) for row in rows if str(row[0]).lower() not in own)


def schema_defaults(connection: Connection, schema: str) -> SchemaDefaults:
    """The schema's default character set and collation.

    Raises:
        SchemaMissing: it does not exist, or the account can't see it.
    """
    row = connection.first(
        "SELECT DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME "
        "FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = %s",
        (schema,),
    )
    if row is None:
        raise SchemaMissing(place=connection.place, schema=schema)
    return SchemaDefaults(charset=row[0], collation=row[1])


def tables(connection: Connection, schema: str) -> tuple[LiveObject, ...]:
    """Tables, sequences and views, by name; a locked one is listed like any other.

    MariaDB's information_schema.TABLES would wait for each locked table; SHOW does not.
    """
    rows = connection.query(f"SHOW FULL TABLES FROM {quote(schema)}", table=_catalogue_of(schema))
    found = [LiveObject(kind=_table_kind(str(row[1])), name=str(row[0])) for row in rows]
    return tuple(sorted(found, key=lambda one: one.name))


def triggers(connection: Connection, schema: str) -> tuple[LiveObject, ...]:
    """Triggers with their tables, by name; without the TRIGGER privilege none is seen."""
    rows = connection.query(
        "SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE FROM information_schema.TRIGGERS "
        "WHERE TRIGGER_SCHEMA = %s ORDER BY TRIGGER_NAME",
        (schema,),
        table=_catalogue_of(schema),
    )
    return tuple(
        LiveObject(kind=ObjectKind.TRIGGER, name=str(row[0]), table=str(row[1])) for row in rows
    )


def routines_and_events(connection: Connection, schema: str) -> tuple[LiveObject, ...]:
    """Procedures, functions and events, as far as the account sees them."""
    rows = connection.query(
        "SELECT ROUTINE_TYPE, ROUTINE_NAME FROM information_schema.ROUTINES "
        "WHERE ROUTINE_SCHEMA = %s UNION ALL SELECT 'EVENT', EVENT_NAME "
        "FROM information_schema.EVENTS WHERE EVENT_SCHEMA = %s ORDER BY 1, 2",
        (schema, schema),
    )
    return tuple(LiveObject(kind=_routine_kind(str(row[0])), name=str(row[1])) for row in rows)


def column_charsets(
    connection: Connection, schema: str, names: Sequence[str]
) -> dict[str, dict[str, ColumnCharset]]:
    """Table -> column -> what it really has, for the text columns of these tables."""
    found: dict[str, dict[str, ColumnCharset]] = {name: {} for name in names}
    sql = (
        "SELECT TABLE_NAME, COLUMN_NAME, CHARACTER_SET_NAME, COLLATION_NAME "
        "FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = %s AND TABLE_NAME IN ({names}) "
        "AND COLLATION_NAME IS NOT NULL"
    )
    for table, column, charset, collation in _by_names(connection, sql, (schema, names)):
        of_table = found.setdefault(str(table), {})
        of_table[str(column)] = ColumnCharset(charset=charset, collation=collation)
    return found


def sizes(connection: Connection, schema: str, names: Sequence[str]) -> Mapping[str, TableSize]:
    """Table -> what its statistics say."""
    sql = (
        "SELECT TABLE_NAME, ENGINE, TABLE_ROWS, DATA_LENGTH, INDEX_LENGTH, UPDATE_TIME "
        "FROM information_schema.TABLES WHERE TABLE_SCHEMA = %s AND TABLE_NAME IN ({names})"
    )
    return {str(row[0]): _size(row) for row in _by_names(connection, sql, (schema, names))}


def has_rows(connection: Connection, schema: str, table: str) -> bool:
    """Whether the table holds at least one row."""
    name = qualified(schema, table)
    return connection.first(f"SELECT 1 FROM {name} LIMIT 1", table=f"{schema}.{table}") is not None


def foreign_keys_into(
    connection: Connection, schema: str, names: Sequence[str]
) -> tuple[ForeignKeyEdge, ...]:
    """Foreign keys, from any schema, whose parent is one of these tables."""
    sql = (
        "SELECT CONSTRAINT_NAME, CONSTRAINT_SCHEMA, TABLE_NAME, UNIQUE_CONSTRAINT_SCHEMA, "
        "REFERENCED_TABLE_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS "
        "WHERE UNIQUE_CONSTRAINT_SCHEMA = %s AND REFERENCED_TABLE_NAME IN ({names}) "
        "ORDER BY 2, 3, 1"
    )
    return tuple(
        ForeignKeyEdge(
            name=str(row[0]),
            child_schema=str(row[1]),
            child_table=str(row[2]),
            parent_schema=str(row[3]),
            parent_table=str(row[4]),
        )
        for row in _by_names(connection, sql, (schema, names))
    )


def _by_names(connection: Connection, sql: str, wanted: tuple[str, Sequence[str]]) -> Iterable[Row]:
    """The rows of a query over a schema and a list of names, however long the list is."""
    schema, names = wanted
    for start in range(0, len(names), _NAMES_AT_ONCE):
        piece = tuple(names[start : start + _NAMES_AT_ONCE])
        marks = ", ".join(["%s"] * len(piece))
        statement = sql.format(names=marks)
        yield from connection.query(statement, (schema, *piece), table=_catalogue_of(schema))


def _catalogue_of(schema: str) -> str:
    """What is locked when a catalogue can't be read: one of the schema's tables, not told which."""
    return f"a table of {schema}"


def _size(row: Row) -> TableSize:
    return TableSize(
        engine=row[1],
        rows=None if row[2] is None else int(row[2]),
        data_bytes=int(row[3] or 0),
        index_bytes=int(row[4] or 0),
        updated=row[5],
    )


def _table_kind(word: str) -> ObjectKind:
    if "VIEW" in word:
        return ObjectKind.VIEW
    return ObjectKind.SEQUENCE if word == "SEQUENCE" else ObjectKind.TABLE


def _routine_kind(word: str) -> ObjectKind:
    kinds = {
        "PROCEDURE": ObjectKind.PROCEDURE,
        "FUNCTION": ObjectKind.FUNCTION,
        "EVENT": ObjectKind.EVENT,
    }
    return kinds.get(word, ObjectKind.PACKAGE)
