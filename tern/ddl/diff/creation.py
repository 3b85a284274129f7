"""Which new tables come after the ALTERs, because of the tables that their foreign keys end in.

A table that foreign keys point at can't be copied online. So what refers to an altered table is
created only when that ALTER is done, unless another ALTER adds a key to the new table itself.
"""

from collections.abc import Iterator, Mapping, Sequence

from tern.ddl.clauses import AddForeignKey
from tern.ddl.diff.foreign_keys import SplitClauses
from tern.ddl.diff.pairing import TableKey, TablePair, parent_key
from tern.ddl.identifiers import Names
from tern.ddl.table import ForeignKey


def waiting_for_alters(
    created: Sequence[TablePair],
    pairs: Sequence[TablePair],
    *,
    splits: Mapping[TableKey, SplitClauses],
    late_keys: Mapping[TableKey, Sequence[ForeignKey]],
    names: Names,
) -> frozenset[TableKey]:
    """The new tables that wait until every ALTER has run.

    Args:
        created: New tables, parents first.
        pairs: All tables of the plan.
        splits: The clauses of each table.
        late_keys: Foreign keys of new tables that are added after them: nothing waits for those.
        names: How the server compares names.
    """
    parents = {
        pair.key: {
            parent_key(key, pair.namespace, names)
            for key in pair.table.foreign_keys
            if key not in late_keys[pair.key]
        }
        for pair in created
    }
    needed = {key for pair in pairs for key in _referred_to(pair, splits[pair.key], names)}
    for pair in reversed(created):
        if pair.key in needed:
            needed |= parents[pair.key]
    altered = {key for key, split in splits.items() if split.main or split.alone}
    waiting: set[TableKey] = set()
    for pair in created:
        if pair.key not in needed and parents[pair.key] & (altered | waiting):
            waiting.add(pair.key)
    return frozenset(waiting)


def _referred_to(pair: TablePair, split: SplitClauses, names: Names) -> Iterator[TableKey]:
    """Tables that the ALTER adds foreign keys to."""
    for clause in split.main:
        if isinstance(clause, AddForeignKey):
            yield parent_key(clause.foreign_key, pair.namespace, names)
