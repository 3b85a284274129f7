"""What an empty copy can't show, read from the live tables that a plan changes (P-35)."""

from collections.abc import Mapping, Sequence

from tern.ddl.create_table import parse_create_table
from tern.ddl.diff.statement import StatementKind, TableStatement
from tern.ddl.identifiers import Names
from tern.engine.obstacles import Surroundings
from tern.local.planning.changes import NamespaceChanges
from tern.local.planning.innodb_sight import InnodbSight
from tern.local.planning.live import LiveSchema
from tern.local.planning.outcome import LiveFacts
from tern.mysql.catalogue import ForeignKeyEdge, TableSize, foreign_keys_into, sizes
from tern.mysql.connection import Connection
from tern.mysql.innodb import InnodbTable, parts_of

Place = tuple[str, str]


def read_edges(
    connection: Connection,
    live: Mapping[str, LiveSchema],
    changes: Mapping[str, NamespaceChanges],
) -> tuple[ForeignKeyEdge, ...]:
    """Foreign keys, from whichever schema, into the live tables that change."""
    found: list[ForeignKeyEdge] = []
    for name, changed in changes.items():
        tables = [table.name for table in changed.live.values()]
        if tables:
            found += foreign_keys_into(connection, live[name].namespace.schema, tables)
    return tuple(found)


def read_live_facts(
    connection: Connection,
    live: Mapping[str, LiveSchema],
    changes: Mapping[str, NamespaceChanges],
    *,
    statements: Sequence[TableStatement],
    edges: Sequence[ForeignKeyEdge],
    innodb: InnodbSight,
) -> LiveFacts:
    """Sizes, triggers, foreign keys and instant row versions of the tables that change."""
    names = Names(connection.flavor)
    found: dict[Place, TableSize] = {}
    around: dict[Place, Surroundings] = {}
    versions: dict[Place, int] = {}
    created = _created_children(live, statements, names)
    for name, changed in changes.items():
        schema = live[name]
        tables = [table.name for table in changed.live.values()]
        if not tables:
            continue
        for table, size in sizes(connection, schema.namespace.schema, tables).items():
            found[name, names.table_key(table)] = size
        for table in tables:
            around[name, names.table_key(table)] = Surroundings(
                triggers=schema.triggers.get(table, ()),
                children=_children((schema.namespace.schema, table), edges, names),
                planned_children=created.get(
                    (names.table_key(schema.namespace.schema), names.table_key(table)), ()
                ),
            )
        limit = connection.flavor.instant_row_versions()
        if limit is not None:
            left = _versions_left(innodb.tables(schema.namespace.schema), tables, limit)
            versions |= {(name, names.table_key(table)): n for table, n in left.items()}
    return LiveFacts(sizes=found, around=around, versions_left=versions)


def _children(
    parent: Place, edges: Sequence[ForeignKeyEdge], names: Names
) -> tuple[ForeignKeyEdge, ...]:
    """Foreign keys into the table, but not its own."""
    own = names.table_key(parent[0]), names.table_key(parent[1])
    return tuple(
        edge
        for edge in edges
        if (names.table_key(edge.parent_schema), names.table_key(edge.parent_table)) == own
        and (names.table_key(edge.child_schema), names.table_key(edge.child_table)) != own
    )


def _created_children(
    live: Mapping[str, LiveSchema], statements: Sequence[TableStatement], names: Names
) -> dict[Place, tuple[str, ...]]:
    """Keys of schema and table -> new tables with a foreign key to it, before its last ALTER."""
    so_far: dict[Place, tuple[str, ...]] = {}
    found: dict[Place, tuple[str, ...]] = {}
    for statement in statements:
        own = live[statement.namespace].namespace.schema
        if statement.kind is StatementKind.CREATE:
            for key in parse_create_table(statement.sql).foreign_keys:
                parent = (
                    names.table_key(key.parent_schema or own),
                    names.table_key(key.parent_table),
                )
                child = f"{statement.namespace}.{statement.table}"
                so_far[parent] = tuple(dict.fromkeys((*so_far.get(parent, ()), child)))
        elif statement.kind is StatementKind.ALTER:
            place = names.table_key(own), names.table_key(statement.table)
            found[place] = so_far.get(place, ())
    return found


def _versions_left(
    catalogue: tuple[InnodbTable, ...], tables: Sequence[str], limit: int
) -> dict[str, int]:
    """How many instant changes each table still takes; a table that isn't found is unknown."""
    left: dict[str, int] = {}
    for table in tables:
        used = [part.row_versions or 0 for part in parts_of(catalogue, table)]
        if used:
            left[table] = max(0, limit - max(used))
    return left
