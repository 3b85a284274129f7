"""Why a table can't be copied online, as far as its definition and surroundings tell (P-35)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tern.ddl.clauses import AddForeignKey, Clause
from tern.ddl.table import Column, Index, Table
from tern.mysql.catalogue import ForeignKeyEdge


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What stands around a live table that its definition doesn't show.

    Attributes:
        planned_children: Tables that get a foreign key to it earlier in the same plan.
    """

    triggers: tuple[str, ...] = ()
    children: tuple[ForeignKeyEdge, ...] = ()
    planned_children: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """What keeps the copy engine from a table, with what would help.

    Attributes:
        code: The preflight's word for its kind.
    """

    code: str
    what: str


def obstacles(table: Table, clauses: Sequence[Clause], around: Surroundings) -> tuple[str, ...]:
    """What keeps the copy engine from this table, each with what would help; empty if nothing."""
    return tuple(each.what for each in find_obstacles(table, clauses, around))


def find_obstacles(
    table: Table, clauses: Sequence[Clause], around: Surroundings
) -> Iterator[Obstacle]:
    """The same, each with its code."""
    engine = table.option("engine") or "unknown"
    if engine.lower() != "innodb":
        what = f"its engine is {engine}; only InnoDB tables are copied online"
        yield Obstacle(code="table", what=what)
    if around.triggers:
        yield Obstacle(code="trigger", what=f"it has triggers ({', '.join(around.triggers)})")
    yield from (
        Obstacle(code="foreign_key", what=what) for what in _foreign_keys(table, clauses, around)
    )
    if not any(_ties_rows(index, table) for index in table.indexes):
        what = "it has no primary key and no unique key of NOT NULL columns"
        yield Obstacle(code="key", what=what)


def _foreign_keys(table: Table, clauses: Sequence[Clause], around: Surroundings) -> Iterator[str]:
    if table.foreign_keys:
        yield f"it has foreign keys ({', '.join(key.name for key in table.foreign_keys)})"
    if around.children:
        yield f"foreign keys of other tables point at it ({_children(around.children)})"
    if around.planned_children:
        tables = ", ".join(around.planned_children)
        yield f"{tables} gets a foreign key to it in the same plan; apply this change before that"
    if any(isinstance(clause, AddForeignKey) for clause in clauses):
        yield "the change adds a foreign key"


def _children(edges: Sequence[ForeignKeyEdge]) -> str:
    return ", ".join(f"{edge.child_schema}.{edge.child_table}" for edge in edges)


def _ties_rows(index: Index, table: Table) -> bool:
    """Whether the index names each row: unique, of whole columns that are never NULL."""
    columns = [table.column(name) for name in index.columns]
    whole = len(columns) == len(index.parts) and not any("(" in part for part in index.parts)
    return index.is_unique() and whole and all(_is_filled(column) for column in columns)


def _is_filled(column: Column | None) -> bool:
    return column is not None and not column.is_nullable
