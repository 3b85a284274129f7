"""Which live tables must stand beside the changed ones, for foreign keys to be judged."""

from collections.abc import Iterator, Mapping, Sequence

from tern.ddl.identifiers import Names
from tern.local.planning.changes import NamespaceChanges
from tern.local.planning.live import LiveSchema, LiveTable
from tern.local.planning.namespaces import Namespace
from tern.mysql.catalogue import ForeignKeyEdge

Place = tuple[str, str]  # schema and table


def tables_to_copy(
    live: Mapping[str, LiveSchema],
    changes: Mapping[str, NamespaceChanges],
    *,
    edges: Sequence[ForeignKeyEdge],
    names: Names,
) -> list[tuple[Namespace, LiveTable]]:
    """Live tables that change or go, their parents and children, and all sequences.

    A neighbour in a schema outside the plan isn't there to be copied.
    """
    spaces = {names.table_key(schema.namespace.schema): name for name, schema in live.items()}
    wanted = {(name, key) for name, changed in changes.items() for key in changed.live}
    for name, schema in live.items():
        wanted.update((name, key) for key, table in schema.tables.items() if table.is_sequence)
    for schema_name, table in [*_parents(live, changes), *_children(edges)]:
        space = spaces.get(names.table_key(schema_name))
        if space is not None:
            wanted.add((space, names.table_key(table)))
    present = [(name, live[name].tables.get(key)) for name, key in sorted(wanted)]
    return [
        (live[name].namespace, found)
        for name, found in present
        if found is not None and found.unreadable is None
    ]


def _parents(
    live: Mapping[str, LiveSchema], changes: Mapping[str, NamespaceChanges]
) -> Iterator[Place]:
    for name, changed in changes.items():
        own = live[name].namespace.schema
        for table in (*changed.live.values(), *changed.desired.values()):
            for key in table.foreign_keys:
                yield key.parent_schema or own, key.parent_table


def _children(edges: Sequence[ForeignKeyEdge]) -> Iterator[Place]:
    for edge in edges:
        yield edge.child_schema, edge.child_table
