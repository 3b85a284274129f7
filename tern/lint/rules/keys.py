"""Rules about keys and indexes of the table as it will be."""

from collections.abc import Iterator, Sequence

from tern.ddl.elements import ElementKind
from tern.ddl.table import Index, IndexKind, Table
from tern.lint.column_types import ColumnType
from tern.lint.rule import Complaint, Rule, Subject
from tern.values.schema_files import Severity

_DATES = frozenset({"date", "datetime", "timestamp", "time"})


def _primary_key(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    if subject.desired is not None and subject.desired.primary_key() is None:
        severity = Severity.ERROR if subject.base is None else None
        message = "there is no primary key: it can't be changed online, replicas search every row"
        yield Complaint(message=f"{message}; add one", severity=severity)


def _pk_type(subject: Subject, allow: Sequence[str]) -> Iterator[Complaint]:
    desired = subject.desired
    key = desired.primary_key() if desired else None
    for name in key.columns if key else ():
        column = desired.column(name) if desired else None
        if column is not None and ColumnType.parse(column.type).base not in allow:
            message = f"primary key column `{column.name}` is {column.type}, not {_or(allow)}"
            yield Complaint(message=message, object=column.name, kind=ElementKind.COLUMN)


def _auto_inc_type(subject: Subject, allow: Sequence[str]) -> Iterator[Complaint]:
    for column in subject.desired.columns if subject.desired else ():
        if column.is_auto_increment and ColumnType.parse(column.type).base not in allow:
            message = f"counter `{column.name}` is {column.type}, not {_or(allow)}: it can run out"
            yield Complaint(message=message, object=column.name, kind=ElementKind.COLUMN)


def _has_foreign_key(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    for key in subject.desired.foreign_keys if subject.desired else ():
        message = f"foreign key `{key.name}`: tables that have one can't be copied online"
        yield Complaint(message=message, object=key.name, kind=ElementKind.FOREIGN_KEY)


def _redundant_index(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    plain = [i for i in _indexes(subject.desired) if i.kind is IndexKind.PLAIN]
    for index in plain:
        other = next((o for o in _indexes(subject.desired) if _repeats(index, o)), None)
        if other is not None:
            message = f"index `{index.name}` repeats the beginning of `{other.name}`; drop it"
            yield Complaint(message=message, object=index.name, kind=ElementKind.INDEX)


def _temporal_index_position(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    table = subject.desired
    for index in _indexes(table):
        for name in index.columns[:-1]:
            column = table.column(name) if table else None
            if column is not None and ColumnType.parse(column.type).base in _DATES:
                message = (
                    f"index `{index.name}`: what follows `{column.name}` helps no range over it"
                )
                yield Complaint(message=message, object=index.name, kind=ElementKind.INDEX)


def _indexes(table: Table | None) -> tuple[Index, ...]:
    return table.indexes if table is not None else ()


def _repeats(index: Index, other: Index) -> bool:
    """Whether the other index serves all that this one does; of twins the later one repeats."""
    if index is other or other.kind not in {IndexKind.PLAIN, IndexKind.UNIQUE, IndexKind.PRIMARY}:
        return False
    is_beginning = other.parts[: len(index.parts)] == index.parts
    is_twin = other.parts == index.parts and other.kind is IndexKind.PLAIN
    return is_beginning and (not is_twin or other.name < index.name)


def _or(words: Sequence[str]) -> str:
    return " or ".join(words)


RULES = (
    Rule(name="primary_key", severity=Severity.WARNING, check=_primary_key),
    Rule(
        name="pk_type",
        severity=Severity.WARNING,
        check=_pk_type,
        allow=("bigint", "binary", "varbinary"),
    ),
    Rule(name="auto_inc_type", severity=Severity.WARNING, check=_auto_inc_type, allow=("bigint",)),
    Rule(name="has_foreign_key", severity=Severity.WARNING, check=_has_foreign_key),
    Rule(name="redundant_index", severity=Severity.WARNING, check=_redundant_index),
    Rule(
        name="temporal_index_position",
        severity=Severity.WARNING,
        check=_temporal_index_position,
    ),
)
