"""Live and desired tables brought together by name, the live ones as they are after renames."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tern.ddl.diff.policy import DiffPolicy
from tern.ddl.diff.renames import TableRename, renamed_table
from tern.ddl.flavor import Flavor
from tern.ddl.identifiers import Names, fold
from tern.ddl.sequence import Sequence as TableSequence
from tern.ddl.table import Column, ForeignKey, Table

TableKey = tuple[str, str]  # schema and table, each as a key of the server's comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class Namespace:
    """One namespace of a plan, both sides of it.

    Attributes:
        schema: The name of its schema on the server, as foreign keys say it.
        live: Tables as they are, `desired` as they shall be; the keys of the mappings don't count.
        renames: What the files' hints come to.
    """

    name: str
    schema: str
    live: Mapping[str, Table]
    desired: Mapping[str, Table]
    live_sequences: Mapping[str, TableSequence] = field(default_factory=dict)
    desired_sequences: Mapping[str, TableSequence] = field(default_factory=dict)
    policy: DiffPolicy = field(default_factory=DiffPolicy)
    renames: tuple[TableRename, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePair:
    """One table on at least one of two sides.

    Attributes:
        live: As it is called after all renames.
        old_name: What it is called now, where that differs.
        old_names: Folded new name of each renamed column, to the column as it is live.
    """

    namespace: Namespace
    key: TableKey
    live: Table | None
    desired: Table | None
    old_name: str | None = None
    old_names: Mapping[str, Column] = field(default_factory=dict)

    @property
    def table(self) -> Table:
        """The live table, or the desired one where none is live."""
        table = self.live or self.desired
        if table is None:
            raise AssertionError(self.key)
        return table

    @property
    def name(self) -> str:
        """The name that a statement must use."""
        return self.table.name


def pair_tables(namespaces: Sequence[Namespace], flavor: Flavor) -> tuple[TablePair, ...]:
    """Every table of every namespace, by namespace and name."""
    names = Names(flavor)
    renames = {
        (names.table_key(namespace.schema), names.table_key(rename.old_name)): rename
        for namespace in namespaces
        for rename in namespace.renames
    }
    pairs = [pair for namespace in namespaces for pair in _pairs(namespace, renames, names)]
    return tuple(sorted(pairs, key=lambda pair: (pair.namespace.name, pair.name)))


def parent_key(key: ForeignKey, namespace: Namespace, names: Names) -> TableKey:
    """The table that a foreign key refers to."""
    schema = namespace.schema if key.parent_schema is None else key.parent_schema
    return names.table_key(schema), names.table_key(key.parent_table)


def _pairs(
    namespace: Namespace, renames: Mapping[TableKey, TableRename], names: Names
) -> Iterator[TablePair]:
    schema = names.table_key(namespace.schema)

    def parent(parent_schema: str | None, table: str) -> TableRename | None:
        key = schema if parent_schema is None else names.table_key(parent_schema)
        return renames.get((key, names.table_key(table)))

    desired = {names.table_key(table.name): table for table in namespace.desired.values()}
    for table in namespace.live.values():
        rename = renames.get((schema, names.table_key(table.name)))
        renamed = renamed_table(table, rename, parent=parent)
        key = names.table_key(renamed.name)
        yield TablePair(
            namespace=namespace,
            key=(schema, key),
            live=renamed,
            desired=desired.pop(key, None),
            old_name=table.name if renamed.name != table.name else None,
            old_names=_old_names(table, rename),
        )
    for key, table in desired.items():
        yield TablePair(namespace=namespace, key=(schema, key), live=None, desired=table)


def _old_names(table: Table, rename: TableRename | None) -> Mapping[str, Column]:
    columns = {} if rename is None else rename.columns
    return {
        fold(columns[fold(column.name)]): column
        for column in table.columns
        if fold(column.name) in columns
    }
