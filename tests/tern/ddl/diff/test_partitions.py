from collections.abc import Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

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
from tern.ddl.diff.partitions import diff_partitioning, is_same_list
from tern.ddl.diff.policy import DiffPolicy, PartitionPolicy
from tern.ddl.table import Partition, Partitioning
from tests.tern.ddl.texts import table

MANAGED = DiffPolicy()
LIST_IGNORED = DiffPolicy(partitions=PartitionPolicy.LIST_IGNORED)


def cut(text: str) -> Partitioning:
    read = table("`id` int", cut=f"\n PARTITION BY {text}").partitioning
    assert read is not None
    return read


def ranges(*limits: tuple[str, str]) -> Partitioning:
    listed = ",\n ".join(
        f"PARTITION `{name}` VALUES LESS THAN {limit} ENGINE = InnoDB" for name, limit in limits
    )
    return cut(f"RANGE (`id`)\n({listed})")


def lists(values: dict[str, set[int]]) -> Partitioning:
    listed = ",\n ".join(
        f"PARTITION `{name}` VALUES IN ({','.join(map(str, sorted(held)))}) ENGINE = InnoDB"
        for name, held in values.items()
    )
    return cut(f"LIST (`id`)\n({listed})")


def carried_out(
    partitions: Sequence[Partition], clauses: Sequence[PartitionClause]
) -> list[Partition]:
    """What a server makes of them; it refuses what it can't find."""
    row = list(partitions)
    for clause in clauses:
        match clause:
            case DropPartitions(partitions=dropped):
                for each in dropped:
                    row.remove(each)
                assert row
            case ReorganizePartitions(old=old, new=new):
                place = row.index(old[0])
                for each in old:
                    row.remove(each)
                row[place:place] = new
            case AddPartitions(partitions=added):
                row += added
            case PartitionBy(new=new_cut):
                row = list(new_cut.partitions)
            case _:
                raise AssertionError(clause)
        assert len({each.name for each in row}) == len(row)
    return row


LIMITS = st.lists(st.integers(-5, 20), unique=True, min_size=1, max_size=6).map(sorted)
NAMES = st.permutations(["a", "b", "c", "d", "e", "f", "g"])


@given(LIMITS, NAMES, LIMITS, NAMES, st.booleans(), st.booleans())
def test_ranges_reach_what_is_desired_and_keep_rows(  # noqa: PLR0917 - two of each
    before: list[int],
    names_before: list[str],
    after: list[int],
    names_after: list[str],
    had_rest: bool,  # noqa: FBT001 - drawn
    has_rest: bool,  # noqa: FBT001 - drawn
) -> None:
    live = ranges(*pairs(names_before, before, has_rest=had_rest))
    desired = ranges(*pairs(names_after, after, has_rest=has_rest))
    clauses = diff_partitioning(live, desired, MANAGED)
    assert carried_out(live.partitions, clauses) == list(desired.partitions)
    for clause in clauses:
        if isinstance(clause, ReorganizePartitions):
            assert ends_no_earlier(clause, live)


def pairs(names: list[str], limits: list[int], *, has_rest: bool) -> list[tuple[str, str]]:
    rest = [("rest", "MAXVALUE")] if has_rest else []
    return [*((name, f"({limit})") for name, limit in zip(names, limits, strict=False)), *rest]


def ends_no_earlier(clause: ReorganizePartitions, live: Partitioning) -> bool:
    """A server demands one range for both; only at the very end it may grow."""
    old, new = (upper(side[-1]) for side in (clause.old, clause.new))
    is_at_end = clause.old[-1].name == live.partitions[-1].name
    return new >= old if is_at_end else new == old


def upper(partition: Partition) -> float:
    return (
        float("inf")
        if partition.values.endswith("MAXVALUE")
        else int("".join(partition.bounds).replace(" ", ""))
    )


@st.composite
def value_sets(draw: st.DrawFn) -> dict[str, set[int]]:
    owners = draw(st.lists(st.sampled_from(["", "p", "q", "r", "s"]), min_size=8, max_size=8))
    held: dict[str, set[int]] = {}
    for value, owner in enumerate(owners):
        if owner:
            held.setdefault(owner, set()).add(value)
    assume(held)
    return held


@given(value_sets(), value_sets())
def test_lists_reach_what_is_desired_and_keep_rows_that_can_stay(
    before: dict[str, set[int]], after: dict[str, set[int]]
) -> None:
    live, desired = lists(before), lists(after)
    clauses = diff_partitioning(live, desired, MANAGED)
    reached = carried_out(live.partitions, clauses)
    assert sorted(p.name for p in reached) == sorted(after)
    assert all(p in desired.partitions for p in reached)
    still_held = set[int]().union(*after.values())
    for clause in clauses:
        if isinstance(clause, DropPartitions):
            dropped = {int(bound) for each in clause.partitions for bound in each.bounds}
            assert not dropped & still_held


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("HASH (`id`)\nPARTITIONS 3", "HASH (`id`)\nPARTITIONS 5", AddPartitionCount(count=2)),
        ("HASH (`id`)\nPARTITIONS 3", "HASH (`id`)", CoalescePartitions(count=2)),
        ("KEY (`id`)\nPARTITIONS 3", "KEY (`id`)\nPARTITIONS 4", AddPartitionCount(count=1)),
    ],
)
def test_hash_and_key_grow_and_shrink_by_count(
    before: str, after: str, expected: PartitionClause
) -> None:
    assert diff_partitioning(cut(before), cut(after), MANAGED) == (expected,)


def test_listed_hash_partitions_grow_and_shrink_at_the_end() -> None:
    two = cut("HASH (`id`)\n(PARTITION `a`,\n PARTITION `b`)")
    three = cut("HASH (`id`)\n(PARTITION `a`,\n PARTITION `b`,\n PARTITION `c`)")
    other = cut("HASH (`id`)\n(PARTITION `x`,\n PARTITION `y`)")
    counted = cut("HASH (`id`)\nPARTITIONS 2")
    assert diff_partitioning(two, three, MANAGED) == (
        AddPartitions(partitions=three.partitions[2:]),
    )
    assert diff_partitioning(three, two, MANAGED) == (CoalescePartitions(count=1),)
    assert diff_partitioning(two, other, MANAGED) == (PartitionBy(old=two, new=other),)
    assert diff_partitioning(counted, other, MANAGED) == (PartitionBy(old=counted, new=other),)
    assert diff_partitioning(other, counted, MANAGED) == (PartitionBy(old=other, new=counted),)


def test_another_method_or_expression_cuts_anew() -> None:
    one, other = cut("HASH (`id`)\nPARTITIONS 3"), cut("HASH (`id` + 1)\nPARTITIONS 3")
    for policy in (MANAGED, LIST_IGNORED):
        assert diff_partitioning(one, other, policy) == (PartitionBy(old=one, new=other),)
        assert diff_partitioning(None, one, policy) == (PartitionBy(old=None, new=one),)
        assert diff_partitioning(one, None, policy) == (RemovePartitioning(old=one),)
        assert diff_partitioning(None, None, policy) == ()


def test_ignored_list_is_left_to_others() -> None:
    one, two = ranges(("a", "(1)")), ranges(("a", "(1)"), ("b", "(2)"))
    assert diff_partitioning(one, two, LIST_IGNORED) == ()
    assert diff_partitioning(one, two, MANAGED) == (AddPartitions(partitions=two.partitions[1:]),)


def test_system_time_is_cut_anew_when_its_list_differs() -> None:
    one = cut("SYSTEM_TIME LIMIT 9\n(PARTITION `h` HISTORY,\n PARTITION `c` CURRENT)")
    two = cut("SYSTEM_TIME LIMIT 9\n(PARTITION `g` HISTORY,\n PARTITION `c` CURRENT)")
    assert diff_partitioning(one, two, MANAGED) == (PartitionBy(old=one, new=two),)


def test_ranges_of_dates_that_end_earlier_are_cut_anew() -> None:
    later = cut("RANGE COLUMNS(`d`)\n(PARTITION `a` VALUES LESS THAN ('2025-01-01'))")
    earlier = cut("RANGE COLUMNS(`d`)\n(PARTITION `a` VALUES LESS THAN ('2024-01-01'))")
    assert diff_partitioning(later, earlier, MANAGED) == (PartitionBy(old=later, new=earlier),)


def test_open_end_of_several_columns_holds_every_row() -> None:
    closed = cut("RANGE COLUMNS(`a`,`b`)\n(PARTITION `p` VALUES LESS THAN (1,2))")
    opened = cut("RANGE COLUMNS(`a`,`b`)\n(PARTITION `p` VALUES LESS THAN (MAXVALUE,MAXVALUE))")
    assert diff_partitioning(closed, opened, MANAGED) == (
        ReorganizePartitions(old=closed.partitions, new=opened.partitions),
    )


def test_a_new_comment_reorganises_its_partition_alone() -> None:
    plain = ranges(("a", "(1)"), ("b", "(2)"))
    spoken = cut(
        "RANGE (`id`)\n(PARTITION `a` VALUES LESS THAN (1) COMMENT = 'x' ENGINE = InnoDB,\n"
        " PARTITION `b` VALUES LESS THAN (2) ENGINE = InnoDB)"
    )
    assert diff_partitioning(plain, spoken, MANAGED) == (
        ReorganizePartitions(old=plain.partitions[:1], new=spoken.partitions[:1]),
    )


def test_lists_with_nothing_in_common_are_cut_anew() -> None:
    """A server drops no last partition."""
    one, other = lists({"p": {1}}), lists({"q": {2}})
    assert diff_partitioning(one, other, MANAGED) == (PartitionBy(old=one, new=other),)


def test_list_partition_spelled_otherwise_is_reorganised_not_doubled() -> None:
    one, other = lists({"p": {1}, "q": {2}}), lists({"P": {3}, "q": {2}})
    assert diff_partitioning(one, other, MANAGED) == (
        ReorganizePartitions(old=one.partitions[:1], new=other.partitions[:1]),
    )


def test_order_of_list_partitions_does_not_count() -> None:
    one, other = lists({"p": {1}, "q": {2}}), lists({"q": {2}, "p": {1}})
    assert is_same_list(one, other)
    assert diff_partitioning(one, other, MANAGED) == ()


def test_default_list_partition_is_taken_over_by_name_or_word() -> None:
    one = cut("LIST (`id`)\n(PARTITION `p` VALUES IN (1),\n PARTITION `d` DEFAULT)")
    other = cut("LIST (`id`)\n(PARTITION `p` VALUES IN (1),\n PARTITION `e` DEFAULT)")
    assert diff_partitioning(one, other, MANAGED) == (
        ReorganizePartitions(old=one.partitions[1:], new=other.partitions[1:]),
    )
