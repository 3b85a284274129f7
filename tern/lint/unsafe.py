"""What a change can lose for good, told from a table's two definitions alone.

The plan shows it and asks for consent; the data plane asks again before it runs the statement, with
nothing but the texts that the plan proved. So both give the same answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from tern.ddl.clauses import ChangeColumn, Clause, RenameColumn
from tern.ddl.identifiers import fold
from tern.ddl.options import SYSTEM_VERSIONING
from tern.ddl.table import Column, Index, PartitionKind, Table
from tern.lint.column_types import keeps_every_value, stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsafe:
    """One thing that needs consent.

    Attributes:
        rule: The lint rule's name.
        object: The column, partition or index; None for the table itself.
    """

    rule: str
    object: str | None
    message: str


def unsafe_reasons(
    base: Table | None,
    desired: Table | None,
    clauses: Sequence[Clause] = (),
    *,
    lowered: AbstractSet[str] = frozenset(),
) -> tuple[str, ...]:
    """Why a change from `base` to `desired` needs consent; empty when nothing can be lost.

    Without `clauses` a renamed column is one that is removed. Rules that are `lowered` ask for no
    consent.
    """
    changes = unsafe_changes(base, desired, clauses)
    return tuple(found.message for found in changes if found.rule not in lowered)


def unsafe_changes(
    base: Table | None, desired: Table | None, clauses: Sequence[Clause] = ()
) -> tuple[Unsafe, ...]:
    """Everything that a change from `base` to `desired` can lose; no base means a new table."""
    if base is None:
        return ()
    if desired is None:
        return (Unsafe(rule="drop_table", object=None, message=f"table `{base.name}` is removed"),)
    return tuple(_changes(base, desired, _renames(clauses)))


def _renames(clauses: Sequence[Clause]) -> Mapping[str, str]:
    """Folded old name -> new name."""
    return {
        fold(clause.old.name): clause.new.name
        for clause in clauses
        if isinstance(clause, ChangeColumn | RenameColumn)
    }


def _changes(base: Table, desired: Table, renames: Mapping[str, str]) -> Iterator[Unsafe]:
    if fold(base.name) != fold(desired.name):
        yield Unsafe(
            rule="rename_table",
            object=None,
            message=f"table `{base.name}` is renamed; running programs still use the old name",
        )
    for old in base.columns:
        new = desired.column(renames.get(fold(old.name), old.name))
        yield from _column((old, base), (new, desired))
    yield from _primary_key(base, desired, renames)
    yield from _partitions(base, desired)
    yield from _versioning(base, desired)
    yield from _engine(base, desired)


def _column(before: tuple[Column, Table], after: tuple[Column | None, Table]) -> Iterator[Unsafe]:
    old, new = before[0], after[0]
    if new is None:
        if old.generated is None:
            message = f"column `{old.name}` and its data are removed"
            yield Unsafe(rule="drop_column", object=old.name, message=message)
        else:
            message = f"generated column `{old.name}` is removed"
            yield Unsafe(rule="drop_column", object=old.name, message=message)
        return
    if fold(new.name) != fold(old.name):
        message = f"column `{old.name}` is renamed; running programs still use the old name"
        yield Unsafe(rule="rename_column", object=new.name, message=message)
    if (old.generated is None) != (new.generated is None):
        yield _converted(old, new)
    elif old.generated is None and not keeps_every_value(
        stored(old, before[1]), stored(new, after[1])
    ):
        yield Unsafe(rule="lossy_type", object=new.name, message=_lossy(before, (new, after[1])))


def _converted(old: Column, new: Column) -> Unsafe:
    ways = ("an expression", "stored data") if old.generated else ("data", "an expression")
    message = f"column `{new.name}` turns from {ways[0]} to {ways[1]}; its values give way"
    return Unsafe(rule="convert_generated", object=new.name, message=message)


def _lossy(before: tuple[Column, Table], after: tuple[Column, Table]) -> str:
    old, new = _described(*before), _described(*after)
    return f"column `{after[0].name}`: {old} to {new} can lose values"


def _described(column: Column, table: Table) -> str:
    charset = stored(column, table).charset
    return f"{column.type} ({charset})" if charset else column.type


def _primary_key(base: Table, desired: Table, renames: Mapping[str, str]) -> Iterator[Unsafe]:
    old, new = base.primary_key(), desired.primary_key()
    if old is None:
        return
    if new is None:
        yield Unsafe(rule="drop_primary_key", object=None, message="the primary key is dropped")
    elif _renamed(old, renames) != new.columns:
        message = (
            f"the primary key changes from ({', '.join(old.columns)}) to ({', '.join(new.columns)})"
        )
        yield Unsafe(rule="drop_primary_key", object=None, message=message)


def _renamed(index: Index, renames: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(fold(renames.get(column, column)) for column in index.columns)


def _partitions(base: Table, desired: Table) -> Iterator[Unsafe]:
    """A partition of RANGE or LIST that goes takes rows along, unless another holds its values."""
    old, new = base.partitioning, desired.partitioning
    if old is None or new is None or old.method != new.method:
        return
    if old.kind not in {PartitionKind.RANGE, PartitionKind.LIST}:
        return
    kept = {fold(partition.name) for partition in new.partitions}
    values = {partition.values for partition in new.partitions}
    for partition in old.partitions:
        if fold(partition.name) not in kept and partition.values not in values:
            message = f"partition `{partition.name}` goes with its rows, if no other takes them"
            yield Unsafe(rule="drop_partition", object=partition.name, message=message)


def _versioning(base: Table, desired: Table) -> Iterator[Unsafe]:
    if _is_versioned(base) and not _is_versioned(desired):
        message = "system versioning ends and the row history is removed"
        yield Unsafe(rule="drop_versioning", object=None, message=message)


def _is_versioned(table: Table) -> bool:
    return table.option(SYSTEM_VERSIONING) is not None


def _engine(base: Table, desired: Table) -> Iterator[Unsafe]:
    old, new = base.option("engine"), desired.option("engine")
    if old and new and old.lower() != new.lower():
        message = f"engine {old} to {new}"
        yield Unsafe(rule="engine_change", object=None, message=message)
