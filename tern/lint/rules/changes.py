"""Rules about what a change takes away or may stumble over."""

from collections.abc import Iterator, Sequence

from tern.ddl.clauses import (
    AddForeignKey,
    AddIndex,
    AddPrimaryKey,
    AlterIndexVisibility,
    ChangeColumn,
    Clause,
    DropCheck,
    DropForeignKey,
    DropIndex,
    ModifyColumn,
    PartitionBy,
    RemovePartitioning,
)
from tern.ddl.identifiers import fold
from tern.ddl.table import Column
from tern.lint.rule import Complaint, Rule, Subject
from tern.values.schema_files import Severity


def _not_null(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    for old, new in _altered(subject.clauses):
        if old.is_nullable and not new.is_nullable:
            message = f"column `{new.name}` becomes NOT NULL: the change stops at the first NULL"
            yield Complaint(message=f"{message}; fill them beforehand", object=new.name)


def _collation_unique(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    desired = subject.desired
    for old, new in _altered(subject.clauses):
        if desired is None or (old.charset, old.collation) == (new.charset, new.collation):
            continue
        unique = [i.name for i in desired.indexes if i.is_unique() and fold(new.name) in i.columns]
        if unique:
            message = (
                f"column `{new.name}` is compared by {new.collation} from now on: values may turn "
                f"equal and stop the change at unique key {', '.join(unique)}"
            )
            yield Complaint(message=message, object=new.name)


def _add_unique(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    for clause in subject.clauses:
        if isinstance(clause, AddIndex | AddPrimaryKey) and clause.index.is_unique():
            name = clause.index.name
            message = f"unique key `{name}`: the change stops at the first duplicate"
            yield Complaint(message=f"{message}; remove duplicates beforehand", object=name)


def _drop_unique(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    for clause in subject.clauses:
        if isinstance(clause, DropIndex) and clause.index.is_unique() and not clause.is_replaced:
            name = clause.index.name
            message = f"unique key `{name}` no longer keeps duplicates out of `{subject.name}`"
            yield Complaint(message=message, object=name)


def _drop_check(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    for clause in subject.clauses:
        if isinstance(clause, DropCheck) and not clause.is_replaced:
            message = f"check `{clause.check.name}` no longer guards `{subject.name}`"
            yield Complaint(message=message, object=clause.check.name)


def _drop_foreign_key(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    for clause in subject.clauses:
        if isinstance(clause, DropForeignKey) and not clause.is_replaced:
            name = clause.foreign_key.name
            message = f"foreign key `{name}` no longer guards `{subject.name}`"
            yield Complaint(message=message, object=name)


def _drop_visible_index(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    for clause in subject.clauses:
        is_plain_drop = isinstance(clause, DropIndex) and not clause.is_replaced
        if isinstance(clause, DropIndex) and is_plain_drop and clause.index.is_visible:
            name = clause.index.name
            message = f"index `{name}` goes while queries may use it; hide it first and watch"
            yield Complaint(message=message, object=name)


def _fk_gap(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    added = {c.foreign_key.name for c in subject.clauses if isinstance(c, AddForeignKey)}
    for clause in subject.clauses:
        if isinstance(clause, DropForeignKey) and clause.foreign_key.name in added:
            name = clause.foreign_key.name
            message = f"foreign key `{name}` is dropped and added again; meanwhile nobody checks it"
            yield Complaint(message=message, object=name)


def _reorder_copies(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    moves = [c for c in subject.clauses if isinstance(c, ModifyColumn) and c.old == c.new]
    if subject.circumstances.copies and moves and len(moves) == len(subject.clauses):
        message = "only the order of columns changes, and that copies the table"
        yield Complaint(message=f"{message}; set `column_order: ignored` to leave it as it is")


def _partition_rebuild(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    if subject.circumstances.copies and any(
        isinstance(c, PartitionBy | RemovePartitioning) for c in subject.clauses
    ):
        yield Complaint(message="partitioning changes, and that copies the table")


def _index_visibility_mixed(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    hidden = [c for c in subject.clauses if isinstance(c, AlterIndexVisibility)]
    if subject.circumstances.copies and hidden and len(hidden) < len(subject.clauses):
        name = hidden[0].index.name
        message = (
            f"the visibility of index `{name}` changes together with what copies the table; by "
            "itself it is done at once: make it a change of its own"
        )
        yield Complaint(message=message, object=name)


def _altered(clauses: Sequence[Clause]) -> Iterator[tuple[Column, Column]]:
    for clause in clauses:
        if isinstance(clause, ModifyColumn | ChangeColumn):
            yield clause.old, clause.new


RULES = (
    Rule(name="not_null", severity=Severity.WARNING, check=_not_null),
    Rule(name="add_unique", severity=Severity.WARNING, check=_add_unique),
    Rule(name="collation_unique", severity=Severity.WARNING, check=_collation_unique),
    Rule(name="drop_unique", severity=Severity.WARNING, check=_drop_unique),
    Rule(name="drop_check", severity=Severity.WARNING, check=_drop_check),
    Rule(name="drop_foreign_key", severity=Severity.WARNING, check=_drop_foreign_key),
    Rule(name="drop_visible_index", severity=Severity.WARNING, check=_drop_visible_index),
    Rule(name="fk_gap", severity=Severity.WARNING, check=_fk_gap),
    Rule(name="reorder_copies", severity=Severity.WARNING, check=_reorder_copies),
    Rule(name="partition_rebuild", severity=Severity.WARNING, check=_partition_rebuild),
    Rule(
        name="index_visibility_mixed",
        severity=Severity.WARNING,
        check=_index_visibility_mixed,
    ),
)
