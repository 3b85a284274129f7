"""Rules about the columns of the table as it will be."""

import re
from collections.abc import Iterator, Sequence

from tern.ddl.clauses import AddColumn
from tern.ddl.elements import ElementKind
from tern.ddl.table import Column
from tern.lint.column_types import ColumnType
from tern.lint.rule import Complaint, Rule, Subject
from tern.values.schema_files import Severity

_DATES = ("date", "datetime", "timestamp")
_CHANGING = re.compile(
    r"\b(uuid|uuid_short|rand|random_bytes|sysdate|sys_guid)\s*\(", re.IGNORECASE
)
_ZERO_DATE = re.compile(r"'0000-00-00|'\d{4}-00-|'\d{4}-\d\d-00")


def _has_float(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    for column, type_ in _columns(subject):
        if type_.base in {"float", "double"}:
            yield _about(column, f"{type_.base} is inexact; use decimal where sums must be right")


def _has_enum(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    for column, type_ in _columns(subject):
        if type_.base in {"enum", "set"}:
            yield _about(column, f"{type_.base} ties its values to the schema")


def _has_time(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    for column, type_ in _columns(subject):
        if type_.base in (*_DATES, "time", "year"):
            yield _about(column, f"type {type_.base} is used")


def _has_timestamp(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    for column, type_ in _columns(subject):
        if type_.base == "timestamp":
            is_new = subject.base is None or subject.base.column(column.name) is None
            severity = Severity.ERROR if is_new else None
            complaint = "timestamp ends in January 2038; use datetime"
            yield _about(column, complaint, severity=severity)


def _nullable(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    for column, _type in _columns(subject):
        if column.is_nullable:
            yield _about(column, "it may be NULL")


def _display_width(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    """Asked of the file, for MariaDB prints a width for every integer."""
    if subject.source is None:
        return
    for element in subject.source.elements:
        text = " ".join(token.text for token in element.tokens).lower()
        found = re.search(r"\b(tinyint|smallint|mediumint|int|integer|bigint) \( (\d+) \)", text)
        is_column = element.kind is ElementKind.COLUMN and element.name is not None
        if found and is_column and (found[1], found[2]) != ("tinyint", "1"):
            message = f"the width in {found[1]}({found[2]}) says nothing about its range; leave it"
            yield Complaint(message=message, object=element.name, kind=ElementKind.COLUMN)


def _zero_date(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    for column, type_ in _columns(subject):
        if type_.base in _DATES and column.default and _ZERO_DATE.search(column.default):
            yield _about(column, f"default {column.default} is no date; strict servers refuse it")


def _temporal_default(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    for column, type_ in _columns(subject):
        has_none = column.default is None and not column.is_nullable and column.generated is None
        if type_.base in _DATES and has_none:
            yield _about(column, "it has no default, so old programs must name it to insert")


def _nondeterministic_default(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    for clause in subject.clauses:
        default = clause.column.default or "" if isinstance(clause, AddColumn) else ""
        is_literal = default.startswith("'")
        if isinstance(clause, AddColumn) and not is_literal and _CHANGING.search(default):
            message = "its default differs from row to row and from replica to replica"
            yield _about(clause.column, message)


def _columns(subject: Subject) -> Iterator[tuple[Column, ColumnType]]:
    for column in subject.desired.columns if subject.desired else ():
        yield column, ColumnType.parse(column.type)


def _about(column: Column, why: str, *, severity: Severity | None = None) -> Complaint:
    return Complaint(
        message=f"column `{column.name}`: {why}",
        object=column.name,
        kind=ElementKind.COLUMN,
        severity=severity,
    )


RULES = (
    Rule(name="has_float", severity=Severity.WARNING, check=_has_float),
    Rule(name="has_enum", severity=Severity.OFF, check=_has_enum),
    Rule(name="has_time", severity=Severity.OFF, check=_has_time),
    Rule(name="has_timestamp", severity=Severity.WARNING, check=_has_timestamp),
    Rule(name="nullable", severity=Severity.OFF, check=_nullable),
    Rule(name="display_width", severity=Severity.WARNING, check=_display_width),
    Rule(name="zero_date", severity=Severity.WARNING, check=_zero_date),
    Rule(name="temporal_default", severity=Severity.WARNING, check=_temporal_default),
    Rule(
        name="nondeterministic_default",
        severity=Severity.WARNING,
        check=_nondeterministic_default,
    ),
)
