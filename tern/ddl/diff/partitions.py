"""Partitions to add, drop and reorganise, or the whole table to be cut anew.

Rows are kept wherever that is possible: a partition is only dropped when nothing new takes its
place. Each clause of partition management must be an ALTER of its own, in the order given.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations, takewhile
from typing import assert_never

from tern.ddl.clauses import (
    AddPartitionCount,
    AddPartitions,
    CoalescePartitions,
    DropPartitions,
    PartitionBy,
    PartitionClause,
    RemovePartitioning,
    ReorganizePartitions,
)
from tern.ddl.diff.policy import DiffPolicy, PartitionPolicy
from tern.ddl.identifiers import fold
from tern.ddl.table import Partition, Partitioning, PartitionKind

Identity = tuple[str, str, str]  # name, values, options


def diff_partitioning(
    live: Partitioning | None, desired: Partitioning | None, policy: DiffPolicy
) -> tuple[PartitionClause, ...]:
    """The clauses that cut the table as desired; none if it is."""
    if desired is None:
        return () if live is None else (RemovePartitioning(old=live),)
    anew = (PartitionBy(old=live, new=desired),)
    if live is None or not is_same_method(live, desired):
        return anew
    if policy.partitions is PartitionPolicy.LIST_IGNORED or is_same_list(live, desired):
        return ()
    managed = _manage(live, desired)
    return anew if managed is None else managed


def is_same_method(live: Partitioning, desired: Partitioning) -> bool:
    """Whether both cut by the same expressions."""
    return (live.method, live.subpartitioning) == (desired.method, desired.subpartitioning)


def is_same_list(live: Partitioning, desired: Partitioning) -> bool:
    """Whether both have the same partitions; those of a LIST have no order."""
    before = [_identity(partition) for partition in live.partitions]
    after = [_identity(partition) for partition in desired.partitions]
    if desired.kind is PartitionKind.LIST:
        before, after = sorted(before), sorted(after)
    return (before, _count(live)) == (after, _count(desired))


def _manage(live: Partitioning, desired: Partitioning) -> tuple[PartitionClause, ...] | None:
    """Clauses of partition management; None where only cutting anew helps."""
    match desired.kind:
        case PartitionKind.RANGE:
            return _manage_range(live.partitions, desired.partitions)
        case PartitionKind.LIST:
            return _manage_list(live.partitions, desired.partitions)
        case PartitionKind.HASH | PartitionKind.KEY:
            return _manage_hash(live, desired)
        case PartitionKind.SYSTEM_TIME:
            return None
        case unknown:
            assert_never(unknown)


def _identity(partition: Partition) -> Identity:
    return fold(partition.name), partition.values, partition.options


def _count(partitioning: Partitioning) -> int:
    listed = len(partitioning.partitions)
    return listed or partitioning.count or 1


def _manage_hash(live: Partitioning, desired: Partitioning) -> tuple[PartitionClause, ...] | None:
    if live.partitions or desired.partitions:
        return _manage_listed_hash(live.partitions, desired.partitions)
    difference = _count(desired) - _count(live)
    if difference > 0:
        return (AddPartitionCount(count=difference),)
    return (CoalescePartitions(count=-difference),)


def _manage_listed_hash(
    live: Sequence[Partition], desired: Sequence[Partition]
) -> tuple[PartitionClause, ...] | None:
    """Servers append to the list, and merge from its end."""
    before, after = [_identity(p) for p in live], [_identity(p) for p in desired]
    if live and after[: len(before)] == before:
        return (AddPartitions(partitions=tuple(desired[len(live) :])),)
    if desired and before[: len(after)] == after:
        return (CoalescePartitions(count=len(live) - len(desired)),)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gap:
    """What differs before a partition that stays, or at the end, where `following` is None."""

    old: tuple[Partition, ...]
    new: tuple[Partition, ...]
    following: Partition | None


def _manage_range(
    live: Sequence[Partition], desired: Sequence[Partition]
) -> tuple[PartitionClause, ...] | None:
    gaps = list(_gaps(live, desired, {_identity(p) for p in live}))
    if _exchange_names(gaps):
        gaps = list(_gaps(live, desired, _common_ends(live, desired)))
    clauses: list[PartitionClause] = []
    for gap in gaps:
        clause = _fill(gap)
        if clause is None:
            return None
        clauses.append(clause)
    return tuple(sorted(clauses, key=_rank))


def _gaps(
    live: Sequence[Partition], desired: Sequence[Partition], fixed: set[Identity]
) -> Iterator[_Gap]:
    """Differences between fixed partitions that both sides have; ranges have one order."""
    rest_old, rest_new = list(live), list(desired)
    for following in [*(p for p in desired if _identity(p) in fixed), None]:
        old = _take_until(rest_old, following)
        new = _take_until(rest_new, following)
        if old or new:
            yield _Gap(old=old, new=new, following=following)


def _exchange_names(gaps: Sequence[_Gap]) -> bool:
    """Whether a new partition is called like an old one that another clause has yet to replace."""
    return any(
        {fold(p.name) for p in one.new} & {fold(p.name) for p in other.old}
        for one, other in permutations(gaps, 2)
    )


def _common_ends(live: Sequence[Partition], desired: Sequence[Partition]) -> set[Identity]:
    """What both sides begin with and end with, so that only one gap is left."""
    before, after = [_identity(p) for p in live], [_identity(p) for p in desired]
    head = sum(1 for _ in takewhile(_are_same, zip(before, after, strict=False)))
    backwards = zip(reversed(before[head:]), reversed(after[head:]), strict=False)
    tail = sum(1 for _ in takewhile(_are_same, backwards))
    return set(after[:head] + after[len(after) - tail :])


def _are_same(pair: tuple[Identity, Identity]) -> bool:
    return pair[0] == pair[1]


def _take_until(rest: list[Partition], following: Partition | None) -> tuple[Partition, ...]:
    """Take partitions off the front, and then the one that follows, which is not returned."""
    names = [_identity(partition) for partition in rest]
    end = len(rest) if following is None else names.index(_identity(following))
    taken = tuple(rest[:end])
    del rest[: end + 1]
    return taken


def _fill(gap: _Gap) -> PartitionClause | None:
    if not gap.new:
        return DropPartitions(partitions=gap.old)
    following = () if gap.following is None else (gap.following,)
    if gap.old and _extends(gap.old[-1], gap.new[-1], at_end=gap.following is None):
        return ReorganizePartitions(old=gap.old, new=gap.new)
    if following:
        return ReorganizePartitions(old=(*gap.old, *following), new=(*gap.new, *following))
    return None if gap.old else AddPartitions(partitions=gap.new)


def _extends(old: Partition, new: Partition, *, at_end: bool) -> bool:
    """Whether a range that ends with `new` surely holds all rows of one that ends with `old`."""
    if old.values == new.values:
        return True
    if not at_end:
        return False
    if new.values.endswith(" MAXVALUE") or set(new.bounds) == {"MAXVALUE"}:
        return True
    limits = [_integer(old), _integer(new)]
    return None not in limits and limits == sorted(limits, key=lambda limit: limit or 0)


def _integer(partition: Partition) -> int | None:
    text = "".join(partition.bounds).replace(" ", "")
    return int(text) if text.removeprefix("-").isdecimal() else None


def _manage_list(
    live: Sequence[Partition], desired: Sequence[Partition]
) -> tuple[PartitionClause, ...] | None:
    common = {_identity(p) for p in live} & {_identity(p) for p in desired}
    old = [p for p in live if _identity(p) not in common]
    new = [p for p in desired if _identity(p) not in common]
    dropped = [p for p in old if not _is_taken_over(p, new)]
    added = [p for p in new if not _is_taken_over(p, old)]
    moved_from = tuple(p for p in old if p not in dropped)
    moved_to = tuple(p for p in new if p not in added)
    if len(dropped) == len(live):
        return None
    clauses: list[PartitionClause] = []
    if dropped:
        clauses.append(DropPartitions(partitions=tuple(dropped)))
    if moved_from:
        clauses.append(ReorganizePartitions(old=moved_from, new=moved_to))
    if added:
        clauses.append(AddPartitions(partitions=tuple(added)))
    return tuple(clauses)


def _is_taken_over(partition: Partition, others: Sequence[Partition]) -> bool:
    """Whether another of the same name, or with one of its values, stands on the other side."""
    values = set(partition.bounds) or {partition.values}
    return any(
        fold(other.name) == fold(partition.name) or values & (set(other.bounds) or {other.values})
        for other in others
    )


def _rank(clause: PartitionClause) -> int:
    """Room is made first, so that a name that is used again is free."""
    order = (DropPartitions, ReorganizePartitions, AddPartitions)
    return next(rank for rank, kind in enumerate(order) if isinstance(clause, kind))
