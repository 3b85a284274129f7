"""Whole schemas against each other: every statement of a plan, in the order in which it can run.

Sequences come first and parents before children, also where a new child's parent is altered;
foreign keys that stand in the way are dropped before all ALTERs and added after them; what is
dropped goes children first, and sequences last.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from tern.ddl.clauses import Clause, DropForeignKey
from tern.ddl.diff.comparison import Comparison, compare
from tern.ddl.diff.constraints import add_foreign_key
from tern.ddl.diff.options import is_versioned
from tern.ddl.diff.pairing import Namespace, TablePair, pair_tables
from tern.ddl.diff.policy import DiffPolicy
from tern.ddl.diff.renames import TableRename
from tern.ddl.diff.sequences import diff_sequences, drop_sequences
from tern.ddl.diff.statement import StatementKind, TableStatement
from tern.ddl.flavor import Flavor
from tern.ddl.render import alter_table, drop_table, rename_table
from tern.ddl.table import ForeignKey, Table
from tern.ddl.table_text import table_text


def diff_tables(
    live: Mapping[str, Table],
    desired: Mapping[str, Table],
    *,
    flavor: Flavor,
    policy: DiffPolicy,
    renames: tuple[TableRename, ...] = (),
) -> tuple[TableStatement, ...]:
    """The statements that make the tables of one schema the desired ones, in order."""
    namespace = Namespace(
        name="", schema="", live=live, desired=desired, policy=policy, renames=renames
    )
    return diff_namespaces([namespace], flavor=flavor)


def diff_namespaces(
    namespaces: Sequence[Namespace], *, flavor: Flavor
) -> tuple[TableStatement, ...]:
    """The statements that make all namespaces of a plan the desired ones, in order."""
    comparison = compare(pair_tables(namespaces, flavor), flavor)
    return (
        *diff_sequences(namespaces, flavor),
        *_renames(comparison),
        *_creates(comparison, [p for p in comparison.created if p.key not in comparison.waiting]),
        *_key_drops(comparison, flavor),
        *_alters(comparison, flavor),
        *_creates(comparison, [p for p in comparison.created if p.key in comparison.waiting]),
        *_key_adds(comparison, flavor),
        *_drops(comparison),
        *drop_sequences(namespaces, flavor),
    )


def _renames(comparison: Comparison) -> Iterator[TableStatement]:
    for pair in comparison.pairs:
        if pair.old_name is not None:
            yield TableStatement(
                kind=StatementKind.RENAME,
                namespace=pair.namespace.name,
                table=pair.name,
                old_name=pair.old_name,
                sql=rename_table(pair.old_name, pair.name),
            )


def _creates(comparison: Comparison, pairs: Sequence[TablePair]) -> Iterator[TableStatement]:
    for pair in pairs:
        yield TableStatement(
            kind=StatementKind.CREATE,
            namespace=pair.namespace.name,
            table=pair.name,
            sql=_without_keys(pair.table, comparison.late_keys[pair.key]),
        )


def _without_keys(table: Table, keys: Sequence[ForeignKey]) -> str:
    parts = tuple(part for part in table.parts if part not in keys)
    return table_text(replace(table, parts=parts))


def _key_drops(comparison: Comparison, flavor: Flavor) -> Iterator[TableStatement]:
    for pair in comparison.pairs:
        of_dropped = [
            DropForeignKey(foreign_key=key) for key in comparison.early_keys.get(pair.key, ())
        ]
        yield from _alter(pair, [*comparison.splits[pair.key].early, *of_dropped], flavor)


def _alters(comparison: Comparison, flavor: Flavor) -> Iterator[TableStatement]:
    for pair in comparison.pairs:
        split = comparison.splits[pair.key]
        yield from _alter(pair, split.main, flavor)
        for clause in split.alone:
            yield from _alter(pair, [clause], flavor)


def _key_adds(comparison: Comparison, flavor: Flavor) -> Iterator[TableStatement]:
    for pair in comparison.pairs:
        of_created = [
            add_foreign_key(key, pair.name, flavor)
            for key in comparison.late_keys.get(pair.key, ())
        ]
        yield from _alter(pair, [*comparison.splits[pair.key].late, *of_created], flavor)


def _alter(pair: TablePair, clauses: Sequence[Clause], flavor: Flavor) -> Iterator[TableStatement]:
    if clauses:
        yield TableStatement(
            kind=StatementKind.ALTER,
            namespace=pair.namespace.name,
            table=pair.name,
            sql=alter_table(pair.name, clauses, flavor),
            clauses=tuple(clauses),
            keeps_history=pair.live is not None and is_versioned(pair.live),
        )


def _drops(comparison: Comparison) -> Iterator[TableStatement]:
    for pair in reversed(comparison.dropped):
        yield TableStatement(
            kind=StatementKind.DROP,
            namespace=pair.namespace.name,
            table=pair.name,
            sql=drop_table(pair.name),
        )
