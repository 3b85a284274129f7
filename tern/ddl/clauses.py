"""The clauses of an ALTER TABLE as values; each carries what it changes, old and new.

Rules about a change (verdict, lint, evidence) match on these types and never read SQL.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tern.ddl.table import Check, Column, ForeignKey, Index, Partition, Partitioning, Period


class Loss(StrEnum):
    """What a clause takes away for good."""

    COLUMN = "column"
    PRIMARY_KEY = "primary_key"
    INDEX = "index"
    CHECK = "check"
    FOREIGN_KEY = "foreign_key"
    PARTITION_ROWS = "partition_rows"
    ROW_HISTORY = "row_history"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a column goes: behind another one, or first where `after` is None."""

    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddColumn:
    """A new column; at the end where no place is given."""

    column: Column
    definition: str
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DropColumn:
    """A column goes; `is_replaced` if the same ALTER adds one of its name."""

    column: Column
    is_replaced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ModifyColumn:
    """A column gets another definition, another place, or both; `old` may equal `new`."""

    old: Column
    new: Column
    definition: str
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeColumn:
    """A column gets another name and more besides."""

    old: Column
    new: Column
    definition: str
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameColumn:
    """A column gets another name and nothing else."""

    old: Column
    new: Column


@dataclass(frozen=True, slots=True, kw_only=True)
class DropPrimaryKey:
    """The primary key goes."""

    index: Index


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPrimaryKey:
    """A new primary key."""

    index: Index


@dataclass(frozen=True, slots=True, kw_only=True)
class DropIndex:
    """An index goes; `is_replaced` if the same ALTER adds one of its name."""

    index: Index
    is_replaced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AddIndex:
    """A new index."""

    index: Index


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameIndex:
    """An index gets another name and nothing else."""

    old: Index
    new: Index


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterIndexVisibility:
    """An index is hidden from the optimiser or shown to it; `index` is as it will be."""

    index: Index


@dataclass(frozen=True, slots=True, kw_only=True)
class DropCheck:
    """A check goes; `is_replaced` if the same ALTER adds one of its name."""

    check: Check
    is_replaced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCheck:
    """A new check; the server names it where `is_named` is false."""

    check: Check
    is_named: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterCheckEnforcement:
    """A check begins or ceases to be enforced; `name` is its live name."""

    name: str
    check: Check


@dataclass(frozen=True, slots=True, kw_only=True)
class DropForeignKey:
    """A foreign key goes; `is_replaced` if a later statement adds it again."""

    foreign_key: ForeignKey
    is_replaced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AddForeignKey:
    """A new foreign key; the server names it where `is_named` is false."""

    foreign_key: ForeignKey
    is_named: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DropPeriod:
    """A period goes; its columns stay."""

    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPeriod:
    """A new period over columns that exist by then."""

    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class DropSystemVersioning:
    """The server stops to keep old rows, and those kept are removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddSystemVersioning:
    """The server keeps old rows from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOption:
    """A table option gets another value; values as printed, None where the text says none."""

    name: str
    old: str | None
    new: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionBy:
    """The table is cut anew; every row moves."""

    old: Partitioning | None
    new: Partitioning


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovePartitioning:
    """The table becomes one piece; every row moves."""

    old: Partitioning


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPartitions:
    """Partitions are appended."""

    partitions: tuple[Partition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DropPartitions:
    """Partitions go, with their rows."""

    partitions: tuple[Partition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReorganizePartitions:
    """The rows of some partitions are spread over others that hold the same values."""

    old: tuple[Partition, ...]
    new: tuple[Partition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPartitionCount:
    """Hash or key partitions are added; rows move."""

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoalescePartitions:
    """Hash or key partitions are merged into the others; rows move."""

    count: int


PartitionClause = (
    PartitionBy
    | RemovePartitioning
    | AddPartitions
    | DropPartitions
    | ReorganizePartitions
    | AddPartitionCount
    | CoalescePartitions
)
Clause = (
    AddColumn
    | DropColumn
    | ModifyColumn
    | ChangeColumn
    | RenameColumn
    | DropPrimaryKey
    | AddPrimaryKey
    | DropIndex
    | AddIndex
    | RenameIndex
    | AlterIndexVisibility
    | DropCheck
    | AddCheck
    | AlterCheckEnforcement
    | DropForeignKey
    | AddForeignKey
    | DropPeriod
    | AddPeriod
    | DropSystemVersioning
    | AddSystemVersioning
    | SetOption
    | PartitionClause
)
PARTITION_MANAGEMENT = (
    AddPartitions,
    DropPartitions,
    ReorganizePartitions,
    AddPartitionCount,
    CoalescePartitions,
)


def is_partition_management(clause: Clause) -> bool:
    """Whether the clause manages partitions and must be the only one of its ALTER."""
    return isinstance(clause, PARTITION_MANAGEMENT)


def losses(clauses: Iterable[Clause]) -> tuple[tuple[Loss, str], ...]:
    """What these clauses take away for good, with its name, in their order.

    What one of them drops and another puts back under its name is not lost. A column is, for the
    new one holds none of the old one's values unless both are generated; so is a primary key.
    """
    return tuple(loss for clause in clauses for loss in _losses_of(clause))


def _losses_of(clause: Clause) -> list[tuple[Loss, str]]:
    found: list[tuple[Loss, str]] = []
    match clause:
        case DropColumn(column=column):
            found.append((Loss.COLUMN, column.name))
        case DropPrimaryKey(index=index):
            found.append((Loss.PRIMARY_KEY, index.name))
        case DropIndex(index=index, is_replaced=False):
            found.append((Loss.INDEX, index.name))
        case DropCheck(check=check, is_replaced=False):
            found.append((Loss.CHECK, check.name))
        case DropForeignKey(foreign_key=foreign_key, is_replaced=False):
            found.append((Loss.FOREIGN_KEY, foreign_key.name))
        case DropPartitions(partitions=partitions):
            found.extend((Loss.PARTITION_ROWS, partition.name) for partition in partitions)
        case DropSystemVersioning():
            found.append((Loss.ROW_HISTORY, ""))
        case _:
            pass
    return found
