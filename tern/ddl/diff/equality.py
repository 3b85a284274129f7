"""Whether two tables are the same, asked apart from what would change one into the other.

A plan is proven by this question, so it shares as little as possible with the differ: both sides
are put into one form, in which order and names count only where they mean something.
"""

from collections import Counter

from tern.ddl.diff.columns import is_same_column
from tern.ddl.diff.constraints import check_meaning, foreign_key_meaning, is_automatic_name
from tern.ddl.diff.indexes import index_shape
from tern.ddl.diff.options import is_compared, is_versioned, option_value
from tern.ddl.diff.partitions import is_same_list, is_same_method
from tern.ddl.diff.policy import ColumnOrder, DiffPolicy, PartitionPolicy
from tern.ddl.flavor import Flavor
from tern.ddl.identifiers import fold
from tern.ddl.table import Table


def equal(live: Table, desired: Table, *, flavor: Flavor, policy: DiffPolicy) -> bool:
    """Whether the live table is what is desired; table names aren't compared.

    Options that the policy leaves alone don't count, nor does the order of indexes and constraints.
    """
    return (
        _have_same_columns(live, desired, policy)
        and _indexes(live) == _indexes(desired)
        and _constraints(live, flavor) == _constraints(desired, flavor)
        and _periods(live) == _periods(desired)
        and is_versioned(live) == is_versioned(desired)
        and _have_same_options(live, desired, policy)
        and _are_cut_alike(live, desired, policy)
    )


def _have_same_columns(live: Table, desired: Table, policy: DiffPolicy) -> bool:
    before = {fold(column.name): column for column in live.columns}
    after = {fold(column.name): column for column in desired.columns}
    if policy.column_order is ColumnOrder.MANAGED and list(before) != list(after):
        return False
    return before.keys() == after.keys() and all(
        is_same_column(before[key], column) for key, column in after.items()
    )


def _indexes(table: Table) -> dict[str, object]:
    return {
        fold(index.name): (index_shape(index, table), index.is_visible) for index in table.indexes
    }


def _constraints(table: Table, flavor: Flavor) -> Counter[object]:
    def shown(name: str) -> str | None:
        return None if is_automatic_name(name, table.name, flavor) else fold(name)

    checks = ((shown(c.name), check_meaning(c), c.is_enforced) for c in table.checks)
    keys = ((shown(k.name), foreign_key_meaning(k, flavor)) for k in table.foreign_keys)
    return Counter([*checks, *keys])


def _periods(table: Table) -> dict[str, tuple[str, ...]]:
    return {
        fold(period.name): tuple(fold(column) for column in period.columns)
        for period in table.periods
    }


def _have_same_options(live: Table, desired: Table, policy: DiffPolicy) -> bool:
    names = {option.name for option in (*live.options, *desired.options)}
    return all(
        option_value(live, name) == option_value(desired, name)
        for name in names
        if is_compared(name, desired, policy)
    )


def _are_cut_alike(live: Table, desired: Table, policy: DiffPolicy) -> bool:
    before, after = live.partitioning, desired.partitioning
    if before is None or after is None:
        return before is after
    is_list_alike = policy.partitions is PartitionPolicy.LIST_IGNORED or is_same_list(before, after)
    return is_same_method(before, after) and is_list_alike
