"""Rules about one table and others: references, and columns that name another table's rows."""

from collections.abc import Iterator, Sequence

from tern.ddl.elements import ElementKind
from tern.ddl.identifiers import fold
from tern.ddl.table import Column, ForeignKey, Table
from tern.lint.column_types import ColumnType
from tern.lint.rule import Complaint, Rule, Subject
from tern.values.schema_files import Severity

_SIZED = frozenset({"varchar", "char", "varbinary", "binary"})
_KEY_TYPES = _SIZED | {"tinyint", "smallint", "mediumint", "int", "bigint"}
_REFERENCE = "_id"


def _fk_copy(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    around = subject.circumstances
    base = subject.base
    if base is None or not (around.copies or around.builds_blocked):
        return
    if base.foreign_keys:
        names = ", ".join(key.name for key in base.foreign_keys)
        message = f"the change copies a table that has foreign keys ({names})"
        yield Complaint(message=f"{message}: the online copy refuses it; drop the keys first")
    if around.children:
        names = ", ".join(around.children)
        message = f"the change copies a table that foreign keys of {names} point at"
        yield Complaint(message=f"{message}: the online copy refuses it; drop the keys first")


def _fk_parent(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    for key in subject.desired.foreign_keys if subject.desired else ():
        if subject.neighbours is None:
            continue
        if not subject.neighbours.knows(subject.namespace, key.parent_schema):
            continue
        parent = subject.neighbours.table(
            subject.namespace, key.parent_table, schema=key.parent_schema
        )
        problem = _parent_problem(key, parent)
        if problem is not None:
            yield Complaint(message=problem, object=key.name, kind=ElementKind.FOREIGN_KEY)


def _parent_problem(key: ForeignKey, parent: Table | None) -> str | None:
    if parent is None:
        return f"foreign key `{key.name}`: there is no table `{key.parent_table}`"
    wanted = tuple(fold(name) for name in key.parent_columns)
    if any(index.is_unique() and set(index.columns) == set(wanted) for index in parent.indexes):
        return None
    columns = ", ".join(key.parent_columns)
    return (
        f"foreign key `{key.name}`: `{key.parent_table}` has no unique key over ({columns}), so it "
        "can point at several rows, and MySQL 8.4 refuses it; add one there"
    )


def _inline_references(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    """Asked of file and result: a server that heeds the clause has a foreign key in its place."""
    for element in subject.source.elements if subject.source else ():
        is_column = element.kind is ElementKind.COLUMN and element.name is not None
        if not is_column or not any(token.is_word("REFERENCES") for token in element.tokens):
            continue
        keys = subject.desired.foreign_keys if subject.desired else ()
        if not any(tuple(map(fold, key.columns)) == (fold(element.name or ""),) for key in keys):
            message = (
                f"column `{element.name}`: this server ignores REFERENCES beside a column; write "
                "FOREIGN KEY as a definition of its own"
            )
            yield Complaint(message=message, object=element.name, kind=ElementKind.COLUMN)


def _type_mismatch(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    desired = subject.desired
    for column in desired.columns if desired else ():
        if not fold(column.name).endswith(_REFERENCE):
            continue
        other = next((o for o in _alike(subject, column) if _differ(column, o[1])), None)
        if other is not None:
            message = (
                f"column `{column.name}` is {column.type} here and {other[1].type} as "
                f"`{other[1].name}` of `{other[0]}`: joins convert, and the narrower one runs out"
            )
            yield Complaint(message=message, object=column.name, kind=ElementKind.COLUMN)


def _alike(subject: Subject, column: Column) -> Iterator[tuple[str, Column]]:
    """Columns of other tables that mean the same: of its name, and `id` of the table it names."""
    near = subject.neighbours
    if near is None:
        return
    for noun in _nouns(fold(column.name).removesuffix(_REFERENCE)):
        parent = near.table(subject.namespace, noun)
        found = parent.column("id") if parent is not None else None
        if parent is not None and found is not None:
            yield parent.name, found
    for table in near.with_column(subject.namespace, column.name, unlike=column.type):
        found = table.column(column.name)
        if found is not None and fold(table.name) != fold(subject.name):
            yield table.name, found


def _nouns(noun: str) -> Iterator[str]:
    yield noun
    yield f"{noun}s"
    yield f"{noun}es"
    if noun.endswith("y"):
        yield f"{noun[:-1]}ies"


def _differ(column: Column, other: Column) -> bool:
    own, its = ColumnType.parse(column.type), ColumnType.parse(other.type)
    if not {own.base, its.base} <= _KEY_TYPES:
        return False
    if own.base != its.base or own.is_unsigned != its.is_unsigned:
        return True
    return own.base in _SIZED and own.arguments != its.arguments


RULES = (
    Rule(name="fk_copy", severity=Severity.WARNING, check=_fk_copy),
    Rule(name="fk_parent", severity=Severity.WARNING, check=_fk_parent),
    Rule(name="inline_references", severity=Severity.WARNING, check=_inline_references),
    Rule(name="type_mismatch", severity=Severity.WARNING, check=_type_mismatch),
)
