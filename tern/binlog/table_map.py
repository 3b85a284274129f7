"""TABLE_MAP: which table the row events that follow belong to, and how its rows are laid out.

Source: `Table_map_event` of MySQL's binlog library; the same on MariaDB.
"""

from dataclasses import dataclass

from tern.binlog.column_types import Column, read_columns
from tern.binlog.cursor import Cursor
from tern.binlog.watched_table import TableName


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMap:
    """A table's layout in the log.

    Attributes:
        nullable: Bit i is set if column i may be NULL.
    """

    table: TableName
    columns: tuple[Column, ...]
    nullable: int


def read_table_name(body: bytes) -> TableName:
    """Return the table that a TABLE_MAP is of, without looking at its columns.

    Args:
        body: The event behind table id and flags, without checksum.
    """
    return _read_name(Cursor(body))


def read_table_map(body: bytes) -> TableMap:
    """Return the whole layout.

    Args:
        body: The event behind table id and flags, without checksum.

    Raises:
        ValueError: a column's type is unknown.
        IndexError: the event is too short.
    """
    cursor = Cursor(body)
    table = _read_name(cursor)
    count = cursor.packed()
    codes = cursor.take(count)
    metadata = cursor.take(cursor.packed())
    nullable = cursor.unsigned((count + 7) // 8)
    return TableMap(table=table, columns=read_columns(codes, metadata), nullable=nullable)


def _read_name(cursor: Cursor) -> TableName:
    schema = cursor.text(cursor.unsigned(1))
    cursor.take(1)  # a NUL ends each name
    name = cursor.text(cursor.unsigned(1))
    cursor.take(1)
    return TableName(schema, name)
