"""Columns to drop, add, change and move, and which of them can't keep their values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tern.ddl.clauses import (
    AddColumn,
    ChangeColumn,
    DropColumn,
    ModifyColumn,
    Place,
    RenameColumn,
)
from tern.ddl.diff.options import option_value
from tern.ddl.diff.order import places
from tern.ddl.diff.policy import ColumnOrder, DiffPolicy
from tern.ddl.flavor import Flavor
from tern.ddl.identifiers import fold
from tern.ddl.options import CHARSET
from tern.ddl.table import Column, Table

ColumnClause = AddColumn | ChangeColumn | ModifyColumn | RenameColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnPair:
    """What a table's columns were and shall be, by folded name.

    Attributes:
        live: With the new names of renamed columns.
        replaced: Columns on both sides that one ALTER must drop and add, for no server turns
            one kind of them into the other.
        old_names: New name to the column as it is live, for renamed columns.
    """

    live: Mapping[str, Column]
    desired: Mapping[str, Column]
    replaced: frozenset[str]
    old_names: Mapping[str, Column]
    is_default_charset_changed: bool

    def dropped(self) -> frozenset[str]:
        """Columns that stop to exist, if only for the length of the ALTER."""
        return frozenset(self.live.keys() - self.desired.keys()) | self.replaced

    def unsettled(self, flavor: Flavor) -> frozenset[str]:
        """Columns because of which an expression that mentions them must be given anew.

        Source: MySQL refuses to rename a column that an expression mentions, unless the same
        statement gives that expression; MariaDB rewrites it.
        """
        unsettled = self.dropped()
        if not flavor.renames_columns_in_expressions():
            unsettled |= self.old_names.keys()
        if flavor.recasts_literals_in_expressions():
            unsettled |= {key for key, old in self.live.items() if self._is_recast(key, old)}
        return unsettled

    def _is_recast(self, key: str, old: Column) -> bool:
        new = self.desired.get(key)
        return new is not None and _domain(old) != _domain(new)


def pair_columns(live: Table, desired: Table, old_names: Mapping[str, Column]) -> ColumnPair:
    """Pair the columns of two tables whose renamed columns carry their new names on both sides."""
    before = {fold(column.name): column for column in live.columns}
    after = {fold(column.name): column for column in desired.columns}
    return ColumnPair(
        live=before,
        desired=after,
        replaced=_replaced(before, after),
        old_names=old_names,
        is_default_charset_changed=option_value(live, CHARSET) != option_value(desired, CHARSET),
    )


def is_same_column(live: Column, desired: Column) -> bool:
    """Whether the server would store the same for both, names apart."""
    is_charset_known = live.collation is not None and desired.collation is not None
    if not is_charset_known:
        return (live.shape, _spelled(live)) == (desired.shape, _spelled(desired))
    return (live.shape, live.charset, live.collation) == (
        desired.shape,
        desired.charset,
        desired.collation,
    )


def diff_dropped(pair: ColumnPair) -> Iterator[DropColumn]:
    """Columns to drop, in live order."""
    for key, column in pair.live.items():
        if key not in pair.desired or key in pair.replaced:
            yield DropColumn(column=column, is_replaced=key in pair.replaced)


def diff_columns(pair: ColumnPair, *, flavor: Flavor, policy: DiffPolicy) -> Iterator[ColumnClause]:
    """Columns to add, change and move, in desired order."""
    moves = _moves(pair, policy)
    for key, column in pair.desired.items():
        place = moves.get(key)
        old = pair.live.get(key)
        if old is None or key in pair.replaced:
            definition = _definition(column, old=None, pair=pair)
            yield AddColumn(column=column, definition=definition, place=place)
            continue
        clause = _changed(old, column, pair=pair, place=place, flavor=flavor)
        if clause is not None:
            yield clause


def _moves(pair: ColumnPair, policy: DiffPolicy) -> Mapping[str, Place]:
    if policy.column_order is ColumnOrder.IGNORED:
        return {}
    dropped = pair.dropped()
    return places(
        [key for key in pair.live if key not in dropped],
        list(pair.desired),
        spelled={key: column.name for key, column in pair.desired.items()},
    )


def _changed(
    old: Column, new: Column, *, pair: ColumnPair, place: Place | None, flavor: Flavor
) -> ColumnClause | None:
    key = fold(new.name)
    renamed_from = pair.old_names.get(key)
    is_unsettled = bool((new.uses - {key}) & pair.unsettled(flavor))
    is_same = is_same_column(old, new) and place is None and not is_unsettled
    if renamed_from is not None:
        if is_same and flavor.has_rename_column():
            return RenameColumn(old=renamed_from, new=new)
        definition = _definition(new, old=old, pair=pair)
        return ChangeColumn(old=renamed_from, new=new, definition=definition, place=place)
    if is_same:
        return None
    definition = _definition(new, old=old, pair=pair)
    return ModifyColumn(old=old, new=new, definition=definition, place=place)


def _definition(new: Column, *, old: Column | None, pair: ColumnPair) -> str:
    """The desired text; charset and collation written out where leaving them out could mislead."""
    is_recoded = old is not None and (old.charset, old.collation) != (new.charset, new.collation)
    if is_recoded or pair.is_default_charset_changed:
        return new.with_charset_spelled()
    return new.definition


def _spelled(column: Column) -> str:
    """The charset clause as printed, where the catalogue's answer is not at hand."""
    surplus = len(column.definition) - len(column.plain_definition)
    return column.definition[column.charset_at : column.charset_at + surplus]


def _replaced(live: Mapping[str, Column], desired: Mapping[str, Column]) -> frozenset[str]:
    """Columns whose kind changes, and generated ones that are computed from such."""
    both = [key for key in desired if key in live]
    replaced = frozenset(key for key in both if _nature(live[key]) != _nature(desired[key]))
    computed = [key for key in both if desired[key].generated is not None]
    while True:
        more = frozenset(key for key in computed if desired[key].uses & replaced)
        if more <= replaced:
            return replaced
        replaced |= more


def _domain(column: Column) -> tuple[str, str | None, str | None]:
    """What literals are compared as: the type without its length, and the collation."""
    return column.type.partition("(")[0], column.charset, column.collation


def _nature(column: Column) -> str:
    if column.is_row_bound:
        return "row bound"
    return "plain" if column.generated is None else column.generated.storage.value
