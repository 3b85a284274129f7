"""Which foreign keys can't be dropped or added in the ALTER of their own table.

A key ties two tables. While a column under it changes its type on either side the key must be
gone, and a parent that is altered in the same plan may only then have what the key needs. Such keys
are dropped by statements that run before all ALTERs, and added by statements that run after them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tern.ddl.clauses import (
    PARTITION_MANAGEMENT,
    AddColumn,
    AddForeignKey,
    AddIndex,
    AddPrimaryKey,
    ChangeColumn,
    Clause,
    DropColumn,
    DropForeignKey,
    DropIndex,
    DropPrimaryKey,
    ModifyColumn,
    PartitionBy,
    RemovePartitioning,
    RenameColumn,
)
from tern.ddl.diff.constraints import add_foreign_key
from tern.ddl.flavor import Flavor
from tern.ddl.identifiers import fold
from tern.ddl.table import Column, ForeignKey


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitClauses:
    """The clauses of one table, by the statements that they go to."""

    early: tuple[DropForeignKey, ...]
    main: tuple[Clause, ...]
    alone: tuple[Clause, ...]  # partition management, each in an ALTER of its own
    late: tuple[AddForeignKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """What a plan does to a table, as a foreign key that ends there sees it.

    Attributes:
        touched: Folded names of columns that are added, changed or dropped, or are in an index
            that is.
        retyped: Those whose values are stored otherwise afterwards.
    """

    touched: frozenset[str] = frozenset()
    retyped: frozenset[str] = frozenset()
    is_dropped: bool = False

    def is_in_the_way(self, key: ForeignKey) -> bool:
        """Whether the key can't come or go in a statement that may run before this table's own."""
        return self.is_dropped or bool(self.touched & _parent_columns(key))


UNTOUCHED = Relation()


def relation_of(clauses: Iterable[Clause]) -> Relation:
    """What these clauses do to their table."""
    touched: set[str] = set()
    retyped: set[str] = set()
    for clause in clauses:
        touched.update(_touched(clause))
        retyped.update(_retyped(clause))
    return Relation(touched=frozenset(touched), retyped=frozenset(retyped))


def split_clauses(
    table: str,
    clauses: Sequence[Clause],
    *,
    parent: Callable[[ForeignKey], Relation],
    kept: Iterable[tuple[ForeignKey, ForeignKey]],
    flavor: Flavor,
) -> SplitClauses:
    """Part the clauses of one table into those that run early, in its ALTER, alone, and late.

    Args:
        table: Its name as desired.
        clauses: All that it needs, in order.
        parent: What the plan does to the table that a key refers to; for a reference of the table
            to itself that it is untouched.
        kept: Keys that need no change for their own sake, live and desired.
        flavor: The server that runs them.
    """
    retyped = relation_of(clauses).retyped
    is_cut = _is_cut(clauses, flavor)

    def is_retyped(key: ForeignKey) -> bool:
        own = retyped.intersection(fold(column) for column in key.columns)
        return bool(own or parent(key).retyped & _parent_columns(key))

    lifted = [(old, new) for old, new in kept if is_retyped(new)]
    drops = [clause for clause in clauses if isinstance(clause, DropForeignKey)]
    adds = [clause for clause in clauses if isinstance(clause, AddForeignKey)]
    dropped_names = {fold(clause.foreign_key.name) for clause in drops}
    early = [drop for drop in drops if is_cut or _must_go_early(drop, parent, is_retyped)]
    late = [
        add
        for add in adds
        if is_cut
        or fold(add.foreign_key.name) in dropped_names
        or parent(add.foreign_key).is_in_the_way(add.foreign_key)
    ]
    apart = (*PARTITION_MANAGEMENT, DropForeignKey, AddForeignKey)
    return SplitClauses(
        early=(*early, *(DropForeignKey(foreign_key=old, is_replaced=True) for old, _ in lifted)),
        main=tuple(
            clause
            for clause in clauses
            if not isinstance(clause, apart)
            or (clause in drops and clause not in early)
            or (clause in adds and clause not in late)
        ),
        alone=tuple(clause for clause in clauses if isinstance(clause, PARTITION_MANAGEMENT)),
        late=(*late, *(add_foreign_key(new, table, flavor) for _, new in lifted)),
    )


def _is_cut(clauses: Sequence[Clause], flavor: Flavor) -> bool:
    """Whether keys must keep away from the ALTER because it begins or ends partitions."""
    return not flavor.drops_partitions_beside_foreign_keys() and any(
        isinstance(clause, PartitionBy | RemovePartitioning) for clause in clauses
    )


def _must_go_early(
    drop: DropForeignKey,
    parent: Callable[[ForeignKey], Relation],
    is_retyped: Callable[[ForeignKey], bool],
) -> bool:
    key = drop.foreign_key
    return drop.is_replaced or parent(key).is_in_the_way(key) or is_retyped(key)


def _parent_columns(key: ForeignKey) -> frozenset[str]:
    return frozenset(fold(column) for column in key.parent_columns)


def _touched(clause: Clause) -> Iterable[str]:
    match clause:
        case AddColumn(column=column) | DropColumn(column=column):
            return (fold(column.name),)
        case (
            ModifyColumn(old=old, new=new)
            | ChangeColumn(old=old, new=new)
            | RenameColumn(old=old, new=new)
        ):
            return fold(old.name), fold(new.name)
        case (
            AddPrimaryKey(index=index)
            | DropPrimaryKey(index=index)
            | AddIndex(index=index)
            | DropIndex(index=index)
        ):
            return index.columns
        case _:
            return ()


def _retyped(clause: Clause) -> Iterable[str]:
    match clause:
        case ModifyColumn(old=old, new=new) | ChangeColumn(old=old, new=new):
            return (fold(new.name),) if _stored(old) != _stored(new) else ()
        case DropColumn(column=column, is_replaced=True):
            return (fold(column.name),)
        case _:
            return ()


def _stored(column: Column) -> tuple[str, str | None, str | None]:
    return column.type, column.charset, column.collation
