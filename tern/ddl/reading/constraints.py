"""Checks, foreign keys and periods taken apart."""

from collections.abc import Sequence

from tern.ddl.cursor import Cursor, joined, split_at_commas
from tern.ddl.elements import Element
from tern.ddl.identifiers import unquote
from tern.ddl.lexer import Token
from tern.ddl.reading.columns import names_in
from tern.ddl.table import Check, ForeignKey, Period


def read_check(element: Element, definition_text: str) -> Check:
    """The check that an element defines."""
    cursor = Cursor(element.body)
    group = cursor.accept_group()
    return Check(
        name=element.name or "",
        expression=joined(group),
        uses=frozenset(names_in(group)),
        is_enforced=not cursor.at_words("NOT", "ENFORCED"),
        text=definition_text,
    )


def read_foreign_key(element: Element, definition_text: str) -> ForeignKey:
    """The foreign key that an element defines."""
    cursor = Cursor(element.body)
    columns = _column_names(cursor.accept_group())
    cursor.accept_words("REFERENCES")
    parent: str = unquote(cursor.accept_name() or "")
    schema: str | None = None
    if cursor.accept_symbol("."):
        schema, parent = parent, unquote(cursor.accept_name() or "")
    return ForeignKey(
        name=element.name or "",
        columns=columns,
        parent_schema=schema,
        parent_table=parent,
        parent_columns=_column_names(cursor.accept_group()),
        actions=joined(cursor.rest),
        text=definition_text,
    )


def read_period(element: Element, definition_text: str) -> Period:
    """The period that an element defines."""
    columns = _column_names(Cursor(element.body).accept_group())
    return Period(name=element.name or "", columns=columns, text=definition_text)


def _column_names(group: Sequence[Token]) -> tuple[str, ...]:
    return tuple(unquote(run[0].text) for run in split_at_commas(group[1:-1]) if run)
