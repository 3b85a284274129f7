"""What must be done to each table of a plan, seen beside what is done to all the others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tern.ddl.clauses import Clause, DropForeignKey
from tern.ddl.diff.constraints import diff_foreign_keys
from tern.ddl.diff.creation import waiting_for_alters
from tern.ddl.diff.foreign_keys import (
    UNTOUCHED,
    Relation,
    SplitClauses,
    relation_of,
    split_clauses,
)
from tern.ddl.diff.pairing import TableKey, TablePair, parent_key
from tern.ddl.diff.table import diff_table
from tern.ddl.diff.topology import Ordered, parents_first
from tern.ddl.flavor import Flavor
from tern.ddl.identifiers import Names
from tern.ddl.table import ForeignKey

NOTHING = SplitClauses(early=(), main=(), alone=(), late=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Every table of a plan with what must be done to it.

    Attributes:
        pairs: By namespace and name.
        splits: Clauses of each table, by the statements that they go to.
        created: New tables, parents first; `dropped` those that go, parents first too.
        late_keys: Foreign keys of new tables that can't be created with them.
        waiting: New tables that come after all ALTERs; see `creation.py`.
        early_keys: Foreign keys of dropped tables that must be dropped before them.
    """

    pairs: tuple[TablePair, ...]
    splits: Mapping[TableKey, SplitClauses]
    created: tuple[TablePair, ...]
    late_keys: Mapping[TableKey, tuple[ForeignKey, ...]]
    waiting: frozenset[TableKey]
    dropped: tuple[TablePair, ...]
    early_keys: Mapping[TableKey, tuple[ForeignKey, ...]]


def compare(pairs: Sequence[TablePair], flavor: Flavor) -> Comparison:
    """Find what every table needs, and which foreign keys make tables wait for each other."""
    names = Names(flavor)
    clauses = {pair.key: _clauses(pair, flavor) for pair in pairs}
    relations = {
        pair.key: Relation(is_dropped=True)
        if pair.desired is None
        else relation_of(clauses[pair.key])
        for pair in pairs
    }
    created = _ordered([pair for pair in pairs if pair.live is None], names)
    dropped = _ordered([pair for pair in pairs if pair.desired is None], names)
    by_key = {pair.key: pair for pair in pairs}
    splits = {pair.key: _split(pair, clauses[pair.key], relations, flavor=flavor) for pair in pairs}
    new = tuple(by_key[key] for key in created.nodes)
    late = {pair.key: _late(pair, created, relations, names=names) for pair in new}
    return Comparison(
        pairs=tuple(pairs),
        splits=splits,
        created=new,
        late_keys=late,
        waiting=waiting_for_alters(new, pairs, splits=splits, late_keys=late, names=names),
        dropped=tuple(by_key[key] for key in dropped.nodes),
        early_keys={key: _broken(by_key[key], dropped, names) for key in dropped.nodes},
    )


def _clauses(pair: TablePair, flavor: Flavor) -> tuple[Clause, ...]:
    if pair.live is None or pair.desired is None:
        return ()
    return diff_table(
        pair.live,
        pair.desired,
        flavor=flavor,
        policy=pair.namespace.policy,
        old_names=pair.old_names,
    )


def _split(
    pair: TablePair,
    clauses: Sequence[Clause],
    relations: Mapping[TableKey, Relation],
    *,
    flavor: Flavor,
) -> SplitClauses:
    if pair.live is None or pair.desired is None:
        return NOTHING
    names = Names(flavor)

    def parent(key: ForeignKey) -> Relation:
        above = parent_key(key, pair.namespace, names)
        relation = relations.get(above, UNTOUCHED)
        return Relation(retyped=relation.retyped) if above == pair.key else relation

    unchanged = diff_foreign_keys(
        pair.live, pair.desired, dropped_columns=frozenset(), flavor=flavor
    ).kept
    dropped = [clause.foreign_key for clause in clauses if isinstance(clause, DropForeignKey)]
    return split_clauses(
        pair.desired.name,
        clauses,
        parent=parent,
        kept=[(old, new) for old, new in unchanged if old not in dropped],
        flavor=flavor,
    )


def _ordered(pairs: Sequence[TablePair], names: Names) -> Ordered[TableKey]:
    by_key = {pair.key: pair for pair in pairs}

    def parents(key: TableKey) -> Iterable[TableKey]:
        pair = by_key[key]
        return [parent_key(k, pair.namespace, names) for k in pair.table.foreign_keys]

    return parents_first(list(by_key), parents)


def _broken(pair: TablePair, ordered: Ordered[TableKey], names: Names) -> tuple[ForeignKey, ...]:
    """Keys that close a cycle."""
    return tuple(
        key
        for key in pair.table.foreign_keys
        if (pair.key, parent_key(key, pair.namespace, names)) in ordered.broken
    )


def _late(
    pair: TablePair,
    ordered: Ordered[TableKey],
    relations: Mapping[TableKey, Relation],
    *,
    names: Names,
) -> tuple[ForeignKey, ...]:
    """Keys of a new table that close a cycle, or end in a table that must be altered before."""
    broken = _broken(pair, ordered, names)
    return tuple(
        key
        for key in pair.table.foreign_keys
        if key in broken
        or relations.get(parent_key(key, pair.namespace, names), UNTOUCHED).is_in_the_way(key)
    )
