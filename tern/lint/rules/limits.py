"""Rules about what can run out: a counter's type, the disk, instant row versions."""

from collections.abc import Iterator, Sequence

from tern.ddl.elements import ElementKind
from tern.ddl.table import Column
from tern.lint.column_types import ColumnType
from tern.lint.rule import Complaint, Rule, Subject
from tern.values.schema_files import Severity

_INTEGER_BITS = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "bigint": 64}
_FULL_PERCENT = 85
_MOST_OF = 0.75


def _auto_inc_capacity(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    counter = subject.circumstances.next_counter
    for column in subject.desired.columns if subject.desired else ():
        most = _most(column)
        if not column.is_auto_increment or counter is None or most is None:
            continue
        percent = 100 * (counter - 1) // most
        if percent > _FULL_PERCENT:
            message = (
                f"counter `{column.name}` has used {percent} % of {column.type}; when it is full "
                "every insert fails: give it a wider type now"
            )
            yield Complaint(message=message, object=column.name, kind=ElementKind.COLUMN)


def _most(column: Column) -> int | None:
    """The greatest value of an integer column."""
    type_ = ColumnType.parse(column.type)
    bits = _INTEGER_BITS.get(type_.base)
    return None if bits is None else 2 ** (bits - (not type_.is_unsigned)) - 1


def _disk_space(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    around = subject.circumstances
    needed, limit = around.disk_needed_bytes, around.disk_limit_bytes
    if around.copies and needed is not None and limit is not None and needed > limit:
        message = (
            f"the copy needs about {needed:,} bytes of disk and {limit:,} are left for it: make "
            "room on the target, then raise disk_limit in the server's configuration"
        )
        yield Complaint(message=message)


def _row_versions(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    spent = subject.circumstances.row_versions
    if spent is not None and spent[0] >= _MOST_OF * spent[1]:
        message = (
            f"{spent[0]} of {spent[1]} instant row versions are used; without one left the next "
            "added or dropped column copies the table: rebuild it when that suits you"
        )
        yield Complaint(message=message)


RULES = (
    Rule(name="auto_inc_capacity", severity=Severity.ERROR, check=_auto_inc_capacity),
    Rule(name="disk_space", severity=Severity.ERROR, check=_disk_space, guards_data=True),
    Rule(name="row_versions", severity=Severity.WARNING, check=_row_versions),
)
