"""Steps of a revision, each of which may be taken again after an upgrade that died.

On MariaDB and MySQL every DDL statement commits by itself, and the revision's number is written
after its last one: what died in between is run again from its first step. So a step looks whether
it was taken already. One statement is whole or not at all on every server that storage can be on.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.sql.schema import SchemaItem


def create_table(name: str, *parts: SchemaItem, **options: Any) -> None:  # noqa: ANN401 (of dialects)
    """The table, without indexes of its own, unless it is there."""
    if not _found().has_table(name):
        op.create_table(name, *parts, **options)


def create_index(name: str, table: str, columns: list[str]) -> None:
    """The index, unless the table has one of this name."""
    if name not in {index["name"] for index in _found().get_indexes(table)}:
        op.create_index(name, table, columns, unique=False)


def add_column(table: str, column: sa.Column[Any]) -> None:
    """The column, unless the table has one of this name."""
    if column.name not in {found["name"] for found in _found().get_columns(table)}:
        op.add_column(table, column)


def _found() -> sa.Inspector:
    """What is there now: an inspector remembers, so each look takes a new one."""
    return sa.inspect(op.get_bind())
