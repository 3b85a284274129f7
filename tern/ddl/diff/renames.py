"""Renamed tables and columns: which hints act, and what the live tables look like once they have.

A server follows a rename into keys, indexes and expressions. So the live side is rewritten first,
and from then on both sides speak of everything by its new name.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tern.ddl.create_table import Layout, parse_create_table, read_layout
from tern.ddl.cursor import Cursor
from tern.ddl.elements import Element, ElementKind
from tern.ddl.identifiers import fold, unquote
from tern.ddl.lexer import Kind, Token
from tern.ddl.reading.partitions import quoted_columns
from tern.ddl.substitution import Renamed, substitute, unqualified_names
from tern.ddl.table import Collations, Table, with_collations, with_named_options


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRename:
    """What is renamed in one table.

    Attributes:
        columns: Folded old name to new name.
    """

    old_name: str
    new_name: str
    columns: Mapping[str, str] = field(default_factory=dict)


ParentRename = Callable[[str | None, str], TableRename | None]


def no_parent(_schema: str | None, _table: str) -> TableRename | None:
    """No other table is renamed."""
    return None


def renamed_table(
    table: Table, own: TableRename | None, *, parent: ParentRename = no_parent
) -> Table:
    """The live table as it will be called: names, keys, expressions and partitions follow.

    Args:
        table: As it is live.
        own: What is renamed in it; None where nothing is.
        parent: What is renamed in a table that a foreign key names by schema (None for the
            table's own) and name.
    """
    layout = read_layout(table.text)
    changed = list(_substitutions(layout, own, parent))
    if not changed:
        return table
    renamed = parse_create_table(substitute(table.text, changed))
    columns = {} if own is None else own.columns
    collations: Collations = {
        columns.get(fold(column.name), column.name): (column.charset, column.collation)
        for column in table.columns
    }
    renamed = with_collations(renamed, collations)
    if table.named_options is None:
        return renamed
    return with_named_options(renamed, table.named_options)


def _substitutions(
    layout: Layout, own: TableRename | None, parent: ParentRename
) -> Iterator[Renamed]:
    if own is not None and own.new_name != unquote(layout.name.text):
        yield layout.name, own.new_name
        yield from _automatic_names(layout.elements, own)
    columns = {} if own is None else own.columns
    for element in layout.elements:
        yield from _columns_of(_own_columns(element), columns)
        if element.kind is ElementKind.FOREIGN_KEY:
            yield from _parents(element, parent)
    yield from _columns_of(_cut_columns(layout.partitioning), columns)


def _automatic_names(elements: Sequence[Element], own: TableRename) -> Iterator[Renamed]:
    """Constraint names that servers made from the table's name, and make anew when it changes."""
    for element in elements:
        for prefix in ("_ibfk_", "_chk_"):
            old = f"{own.old_name}{prefix}"
            if element.name is not None and fold(element.name).startswith(fold(old)):
                named = next(t for t in element.tokens if t.kind is Kind.NAME)
                yield named, f"{own.new_name}{prefix}{element.name[len(old) :]}"


def _columns_of(names: Sequence[Token], columns: Mapping[str, str]) -> Iterator[Renamed]:
    for token in names:
        new = columns.get(fold(unquote(token.text)))
        if new is not None:
            yield token, new


def _own_columns(element: Element) -> Sequence[Token]:
    """The names in a definition that are the table's own columns."""
    if element.kind is ElementKind.COLUMN:
        named = next(token for token in element.tokens if token.kind is Kind.NAME)
        return [named, *unqualified_names(element.body)]
    return unqualified_names(_first_group(element.body))


def _first_group(body: Sequence[Token]) -> Sequence[Token]:
    cursor = Cursor(body)
    while cursor.current is not None and not cursor.at_symbol("("):
        cursor.take()
    return cursor.accept_group()


def _parents(element: Element, parent: ParentRename) -> Iterator[Renamed]:
    cursor = Cursor(element.body)
    cursor.accept_group()
    cursor.accept_words("REFERENCES")
    named = cursor.take()
    schema: str | None = None
    if cursor.accept_symbol("."):
        schema, named = unquote(named.text), cursor.take()
    rename = parent(schema, unquote(named.text))
    if rename is None:
        return
    if rename.new_name != unquote(named.text):
        yield named, rename.new_name
    yield from _columns_of(unqualified_names(cursor.accept_group()), rename.columns)


def _cut_columns(partitioning: Sequence[Token]) -> Sequence[Token]:
    """The columns that a table is cut by; the names of its partitions are none."""
    places = {token.offset: token for token in partitioning}
    names = unqualified_names(quoted_columns(partitioning))
    named_after = ("PARTITION", "SUBPARTITION")
    partitions = {
        token.offset for before, token in pairwise(partitioning) if before.is_word(*named_after)
    }
    return [places[token.offset] for token in names if token.offset not in partitions]
