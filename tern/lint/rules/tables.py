"""Rules about a table as a whole: its options and its names."""

from collections.abc import Iterator, Sequence

from tern.ddl.elements import ElementKind
from tern.ddl.options import CHARSET
from tern.ddl.reserved_words import is_reserved
from tern.lint.column_types import stored
from tern.lint.rule import Complaint, Rule, Subject
from tern.values.schema_files import Severity

LONGEST_NAME = 56  # leaves room for what the copy engine appends


def _allow_charset(subject: Subject, allow: Sequence[str]) -> Iterator[Complaint]:
    table = subject.desired
    if table is None:
        return
    charset = table.option(CHARSET)
    if charset is not None and charset.lower() not in allow:
        yield Complaint(message=f"the table's charset is {charset}, not {' or '.join(allow)}")
    for column in table.columns:
        own = stored(column, table).charset
        if own is not None and own != charset and own.lower() not in allow:
            message = f"column `{column.name}`: charset {own}, not {' or '.join(allow)}"
            yield Complaint(message=message, object=column.name, kind=ElementKind.COLUMN)


def _implicit_charset(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    if subject.source is not None and CHARSET not in subject.source.named_options:
        yield Complaint(message="the file names no charset, so each server gives its own default")


def _allow_engine(subject: Subject, allow: Sequence[str]) -> Iterator[Complaint]:
    engine = subject.desired.option("engine") if subject.desired else None
    if engine is not None and engine.lower() not in {name.lower() for name in allow}:
        yield Complaint(message=f"the engine is {engine}, not {' or '.join(allow)}")


def _allow_compression(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    table = subject.desired
    if table is None:
        return
    row_format = table.option("row_format") or ""
    if row_format.lower() == "compressed" or table.option("compression"):
        yield Complaint(message="the table is compressed")


def _name_case(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    if subject.desired is None:
        return
    for kind, name in _names(subject):
        if name != name.lower():
            message = f"`{name}` has upper case, which servers compare differently"
            yield Complaint(message=message, object=None if kind is None else name, kind=kind)


def _long_name(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    if len(subject.name) > LONGEST_NAME and subject.desired is not None:
        message = f"the name has {len(subject.name)} characters, more than {LONGEST_NAME}"
        yield Complaint(message=message)


def _reserved_word(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    if subject.desired is None:
        return
    for kind, name in _names(subject):
        if is_reserved(name, subject.flavor):
            message = f"`{name}` is a reserved word: every query has to quote it; use another name"
            yield Complaint(message=message, object=None if kind is None else name, kind=kind)


def _names(subject: Subject) -> Iterator[tuple[ElementKind | None, str]]:
    yield None, subject.name
    for column in subject.desired.columns if subject.desired else ():
        yield ElementKind.COLUMN, column.name


RULES = (
    Rule(
        name="allow_charset",
        severity=Severity.WARNING,
        check=_allow_charset,
        allow=("utf8mb4", "binary"),
    ),
    Rule(name="implicit_charset", severity=Severity.WARNING, check=_implicit_charset),
    Rule(name="allow_engine", severity=Severity.WARNING, check=_allow_engine, allow=("InnoDB",)),
    Rule(name="allow_compression", severity=Severity.OFF, check=_allow_compression),
    Rule(name="name_case", severity=Severity.WARNING, check=_name_case),
    Rule(name="reserved_word", severity=Severity.WARNING, check=_reserved_word),
    Rule(name="long_name", severity=Severity.WARNING, check=_long_name),
)
