"""One table against another: every clause that is needed, in the order that an ALTER takes them."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from tern.ddl.clauses import (
    AddPeriod,
    AddSystemVersioning,
    Clause,
    DropPeriod,
    DropSystemVersioning,
)
from tern.ddl.diff.columns import diff_columns, diff_dropped, pair_columns
from tern.ddl.diff.constraints import diff_checks, diff_foreign_keys
from tern.ddl.diff.indexes import diff_indexes
from tern.ddl.diff.options import diff_options, diff_versioning
from tern.ddl.diff.partitions import diff_partitioning
from tern.ddl.diff.policy import DiffPolicy
from tern.ddl.flavor import Flavor
from tern.ddl.identifiers import fold
from tern.ddl.table import Column, Period, Table

NO_OLD_NAMES: Mapping[str, Column] = MappingProxyType({})


def diff_table(
    live: Table,
    desired: Table,
    *,
    flavor: Flavor,
    policy: DiffPolicy,
    old_names: Mapping[str, Column] = NO_OLD_NAMES,
) -> tuple[Clause, ...]:
    """What makes the live table the desired one; nothing if it is.

    The clauses may be too many for one statement: a foreign key that is dropped and added under
    its name, and partition management, each need an ALTER of their own.

    Args:
        live: As it is, renamed columns under their new names.
        desired: As it shall be.
        flavor: The server that both come from.
        policy: What is left to others.
        old_names: Folded new name of each renamed column, to the column as it is live.
    """
    pair = pair_columns(live, desired, old_names)
    checks = diff_checks(live, desired, unsettled=pair.unsettled(flavor), flavor=flavor)
    keys = diff_foreign_keys(live, desired, dropped_columns=pair.dropped(), flavor=flavor)
    indexes = diff_indexes(live, desired, pair=pair, new_keys=keys.added, flavor=flavor)
    versioning = diff_versioning(live, desired)
    return (
        *keys.dropped,
        *checks.dropped,
        *([versioning] if isinstance(versioning, DropSystemVersioning) else []),
        *_dropped_periods(live, desired),
        *indexes.dropped,
        *indexes.renamed,
        *diff_dropped(pair),
        *diff_columns(pair, flavor=flavor, policy=policy),
        *_added_periods(live, desired),
        *indexes.added,
        *indexes.shown_or_hidden,
        *checks.added,
        *checks.toggled,
        *keys.added,
        *([versioning] if isinstance(versioning, AddSystemVersioning) else []),
        *diff_options(live, desired, policy),
        *diff_partitioning(live.partitioning, desired.partitioning, policy),
    )


def _dropped_periods(live: Table, desired: Table) -> Iterator[DropPeriod]:
    wanted = [_meaning(period) for period in desired.periods]
    for period in live.periods:
        if _meaning(period) not in wanted:
            yield DropPeriod(period=period)


def _added_periods(live: Table, desired: Table) -> Iterator[AddPeriod]:
    present = [_meaning(period) for period in live.periods]
    for period in desired.periods:
        if _meaning(period) not in present:
            yield AddPeriod(period=period)


def _meaning(period: Period) -> tuple[str, ...]:
    return (fold(period.name), *(fold(column) for column in period.columns))
