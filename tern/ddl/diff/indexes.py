"""Indexes to drop, rename, add, hide and show."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tern.ddl.clauses import (
    AddForeignKey,
    AddIndex,
    AddPrimaryKey,
    AlterIndexVisibility,
    DropIndex,
    DropPrimaryKey,
    RenameIndex,
)
from tern.ddl.diff.columns import ColumnPair
from tern.ddl.flavor import Flavor
from tern.ddl.identifiers import fold
from tern.ddl.table import ForeignKey, Index, IndexKind, Table

Shape = tuple[IndexKind, tuple[str, ...], str]
_Shapes = Mapping[tuple[str, bool], Shape]  # by key and visibility
_ROW_END = 1  # of a period's two columns
_SYSTEM_TIME = "system_time"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexClauses:
    """What to do with indexes, by the places that the clauses have in an ALTER."""

    dropped: tuple[DropPrimaryKey | DropIndex, ...]
    renamed: tuple[RenameIndex, ...]
    added: tuple[AddPrimaryKey | AddIndex, ...]
    shown_or_hidden: tuple[AlterIndexVisibility, ...]


def diff_indexes(
    live: Table,
    desired: Table,
    *,
    pair: ColumnPair,
    new_keys: Sequence[AddForeignKey],
    flavor: Flavor,
) -> IndexClauses:
    """Compare indexes by name, then those left over by what they are.

    Args:
        live: As it is, renamed columns under their new names.
        desired: As it shall be.
        pair: Its columns.
        new_keys: Foreign keys that the same change adds.
        flavor: The server that both come from.
    """
    dropped, unsettled = pair.dropped(), pair.unsettled(flavor)

    def can_stay(index: Index) -> bool:
        is_settled = not (dropped.intersection(index.columns) or unsettled & index.computed_from)
        return is_settled and not _may_be_renamed(index, live, new_keys)

    before = {fold(index.name): index for index in live.indexes}
    after = {fold(index.name): index for index in desired.indexes}
    shapes = {key: index_shape(index, live) for key, index in before.items() if can_stay(index)}
    wanted = {key: index_shape(index, desired) for key, index in after.items()}
    kept = {key for key, shape in wanted.items() if shapes.get(key) == shape}
    renamed: Mapping[str, str] = {}
    if flavor.has_rename_index():
        renamed = _renames(
            {(key, before[key].is_visible): shapes[key] for key in shapes if key not in after},
            {(key, after[key].is_visible): wanted[key] for key in wanted if key not in before},
        )
    settled = kept.union(renamed, renamed.values())
    lost = {key: index for key, index in before.items() if key not in settled}
    gained = {key: index for key, index in after.items() if key not in settled}
    return IndexClauses(
        dropped=tuple(_drops(lost, gained)),
        renamed=tuple(RenameIndex(old=before[old], new=after[new]) for new, old in renamed.items()),
        added=tuple(_adds(gained)),
        shown_or_hidden=tuple(
            AlterIndexVisibility(index=after[key])
            for key in after
            if key in kept and after[key].is_visible != before[key].is_visible
        ),
    )


def _may_be_renamed(index: Index, live: Table, new_keys: Sequence[AddForeignKey]) -> bool:
    """Whether the server may have made it for a foreign key, and would make another for a new one.

    Source: both vendors then put the new key's index in the place of the old key's, and no SHOW
    CREATE TABLE tells such an index from any other.
    """
    if index.kind is not IndexKind.PLAIN or index.columns not in map(_columns, live.foreign_keys):
        return False
    return any(
        index.columns == _columns(clause.foreign_key) and fold(index.name) != _own_index(clause)
        for clause in new_keys
    )


def _own_index(clause: AddForeignKey) -> str:
    """What the server calls an index that it makes for the key."""
    return fold(clause.foreign_key.name if clause.is_named else clause.foreign_key.columns[0])


def _columns(key: ForeignKey) -> tuple[str, ...]:
    return tuple(fold(column) for column in key.columns)


def index_shape(index: Index, table: Table) -> Shape:
    """What makes it the index that it is.

    Source: MariaDB ends every unique key of a versioned table with the column that closes its
    period, and prints it there; that part comes and goes with the versioning.
    """
    kind, parts, options = index.shape()
    ends = [fold(p.columns[_ROW_END]) for p in table.periods if fold(p.name) == _SYSTEM_TIME]
    is_closed = index.is_unique() and len(parts) > 1 and index.columns[-1:] == tuple(ends)
    return (kind, parts[:-1] if is_closed else parts, options)


def _renames(lost: _Shapes, gained: _Shapes) -> dict[str, str]:
    """New key to old key of indexes that differ in name only.

    Visibility must agree: a server finds the index of ALTER INDEX by its old name or its new one,
    whichever it pleases.
    """
    free = dict(lost)
    found: dict[str, str] = {}
    for (new, is_visible), shape in gained.items():
        old = next((key for key in free if free[key] == shape and key[1] == is_visible), None)
        if old is not None:
            del free[old]
            found[new] = old[0]
    return found


def _drops(
    lost: Mapping[str, Index], gained: Mapping[str, Index]
) -> Iterator[DropPrimaryKey | DropIndex]:
    for key in _primary_first(lost):
        if lost[key].kind is IndexKind.PRIMARY:
            yield DropPrimaryKey(index=lost[key])
        else:
            yield DropIndex(index=lost[key], is_replaced=key in gained)


def _adds(gained: Mapping[str, Index]) -> Iterator[AddPrimaryKey | AddIndex]:
    for key in _primary_first(gained):
        if gained[key].kind is IndexKind.PRIMARY:
            yield AddPrimaryKey(index=gained[key])
        else:
            yield AddIndex(index=gained[key])


def _primary_first(indexes: Mapping[str, Index]) -> list[str]:
    return sorted(indexes, key=lambda key: indexes[key].kind is not IndexKind.PRIMARY)
