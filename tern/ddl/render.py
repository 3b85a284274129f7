"""Statements as SQL text; definitions come verbatim from the text that the server printed."""

from collections.abc import Sequence
from typing import assert_never

from tern.ddl.clauses import (
    AddCheck,
    AddColumn,
    AddForeignKey,
    AddIndex,
    AddPartitionCount,
    AddPartitions,
    AddPeriod,
    AddPrimaryKey,
    AddSystemVersioning,
    AlterCheckEnforcement,
    AlterIndexVisibility,
    ChangeColumn,
    Clause,
    CoalescePartitions,
    DropCheck,
    DropColumn,
    DropForeignKey,
    DropIndex,
    DropPartitions,
    DropPeriod,
    DropPrimaryKey,
    DropSystemVersioning,
    ModifyColumn,
    PartitionBy,
    PartitionClause,
    Place,
    RemovePartitioning,
    RenameColumn,
    RenameIndex,
    ReorganizePartitions,
    SetOption,
)
from tern.ddl.flavor import Flavor
from tern.ddl.identifiers import quote
from tern.ddl.table import Partition

_ColumnClause = AddColumn | DropColumn | ModifyColumn | ChangeColumn | RenameColumn
_IndexClause = (
    DropPrimaryKey | AddPrimaryKey | DropIndex | AddIndex | RenameIndex | AlterIndexVisibility
)
_TableWideClause = SetOption | DropPeriod | AddPeriod | DropSystemVersioning | AddSystemVersioning
_ConstraintClause = DropCheck | AddCheck | AlterCheckEnforcement | DropForeignKey | AddForeignKey


def alter_table(name: str, clauses: Sequence[Clause], flavor: Flavor) -> str:
    """One ALTER TABLE of these clauses, in this order; a partition clause must be the last."""
    listed = [clause_text(clause, flavor) for clause in clauses if not _is_cut(clause)]
    cuts = [clause_text(clause, flavor) for clause in clauses if _is_cut(clause)]
    body = ",\n  ".join(listed)
    separator = "\n  " if len(listed) + len(cuts) > 1 else " "
    pieces = [f"ALTER TABLE {quote(name)}", *([body] if listed else []), *cuts]
    return separator.join(pieces)


def drop_table(name: str) -> str:
    """DROP TABLE, which fails if the table is gone: a plan is proven, so that would be news."""
    return f"DROP TABLE {quote(name)}"


def rename_table(old: str, new: str) -> str:
    """RENAME TABLE within one schema."""
    return f"RENAME TABLE {quote(old)} TO {quote(new)}"


def clause_text(clause: Clause, flavor: Flavor) -> str:
    """One clause, as it stands in an ALTER TABLE."""
    match clause:
        case AddColumn() | DropColumn() | ModifyColumn() | ChangeColumn() | RenameColumn():
            return _column_text(clause)
        case (
            DropPrimaryKey() | AddPrimaryKey() | DropIndex() | AddIndex() | RenameIndex()
            | AlterIndexVisibility()
        ):  # fmt: skip
            return _index_text(clause, flavor)
        case (
            DropCheck() | AddCheck() | AlterCheckEnforcement() | DropForeignKey() | AddForeignKey()
        ):
            return _constraint_text(clause, flavor)
        case (
            SetOption()
            | DropPeriod()
            | AddPeriod()
            | DropSystemVersioning()
            | AddSystemVersioning()
        ):
            return _table_wide_text(clause)
        case _:
            return _partition_text(clause)


def _is_cut(clause: Clause) -> bool:
    return isinstance(clause, PartitionBy | RemovePartitioning)


def _column_text(clause: _ColumnClause) -> str:
    match clause:
        case AddColumn(column=column, definition=definition, place=place):
            return f"ADD COLUMN {quote(column.name)} {definition}{_place_text(place)}"
        case DropColumn(column=column):
            return f"DROP COLUMN {quote(column.name)}"
        case ModifyColumn(new=new, definition=definition, place=place):
            return f"MODIFY COLUMN {quote(new.name)} {definition}{_place_text(place)}"
        case ChangeColumn(old=old, new=new, definition=definition, place=place):
            names = f"{quote(old.name)} {quote(new.name)}"
            return f"CHANGE COLUMN {names} {definition}{_place_text(place)}"
        case RenameColumn(old=old, new=new):
            return f"RENAME COLUMN {quote(old.name)} TO {quote(new.name)}"
        case _:
            assert_never(clause)


def _place_text(place: Place | None) -> str:
    if place is None:
        return ""
    return " FIRST" if place.after is None else f" AFTER {quote(place.after)}"


def _index_text(clause: _IndexClause, flavor: Flavor) -> str:
    match clause:
        case DropPrimaryKey():
            return "DROP PRIMARY KEY"
        case AddPrimaryKey(index=index) | AddIndex(index=index):
            return f"ADD {index.text.rstrip()}"
        case DropIndex(index=index):
            return f"DROP INDEX {quote(index.name)}"
        case RenameIndex(old=old, new=new):
            return f"RENAME INDEX {quote(old.name)} TO {quote(new.name)}"
        case AlterIndexVisibility(index=index):
            shown, hidden = (
                ("NOT IGNORED", "IGNORED")
                if flavor.hides_index_with_ignored()
                else ("VISIBLE", "INVISIBLE")
            )
            return f"ALTER INDEX {quote(index.name)} {shown if index.is_visible else hidden}"
        case _:
            assert_never(clause)


def _constraint_text(clause: _ConstraintClause, flavor: Flavor) -> str:
    match clause:
        case DropCheck(check=check):
            word = "CONSTRAINT" if flavor.drops_check_with_constraint() else "CHECK"
            return f"DROP {word} {quote(check.name)}"
        case AddCheck(check=check, is_named=is_named):
            return f"ADD {check.text if is_named else _without_name(check.text, check.name)}"
        case AlterCheckEnforcement(name=name, check=check):
            return f"ALTER CHECK {quote(name)} {'' if check.is_enforced else 'NOT '}ENFORCED"
        case DropForeignKey(foreign_key=foreign_key):
            return f"DROP FOREIGN KEY {quote(foreign_key.name)}"
        case AddForeignKey(foreign_key=key, is_named=is_named):
            return f"ADD {key.text if is_named else _without_name(key.text, key.name)}"
        case _:
            assert_never(clause)


def _table_wide_text(clause: _TableWideClause) -> str:
    match clause:
        case DropPeriod(period=period):
            return f"DROP PERIOD FOR {_period_name(period.name)}"
        case AddPeriod(period=period):
            return f"ADD {period.text}"
        case DropSystemVersioning():
            return "DROP SYSTEM VERSIONING"
        case AddSystemVersioning():
            return "ADD SYSTEM VERSIONING"
        case SetOption(text=text):
            return text
        case _:
            assert_never(clause)


def _without_name(text: str, name: str) -> str:
    return text.removeprefix(f"CONSTRAINT {quote(name)} ")


def _period_name(name: str) -> str:
    return name if name.upper() == "SYSTEM_TIME" else quote(name)


def _partition_text(clause: PartitionClause) -> str:
    match clause:
        case PartitionBy(new=new):
            text = new.text
        case RemovePartitioning():
            text = "REMOVE PARTITIONING"
        case AddPartitions(partitions=partitions):
            text = f"ADD PARTITION ({_partition_list(partitions)})"
        case DropPartitions(partitions=partitions):
            text = f"DROP PARTITION {_partition_names(partitions)}"
        case ReorganizePartitions(old=old, new=new_ones):
            into = _partition_list(new_ones)
            text = f"REORGANIZE PARTITION {_partition_names(old)} INTO ({into})"
        case AddPartitionCount(count=count):
            text = f"ADD PARTITION PARTITIONS {count}"
        case CoalescePartitions(count=count):
            text = f"COALESCE PARTITION {count}"
        case _:
            assert_never(clause)
    return text


def _partition_list(partitions: Sequence[Partition]) -> str:
    return ", ".join(partition.text for partition in partitions)


def _partition_names(partitions: Sequence[Partition]) -> str:
    return ", ".join(quote(partition.name) for partition in partitions)
