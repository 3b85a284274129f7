"""A table as CREATE TABLE, in the form in which servers print it."""

from tern.ddl.identifiers import quote
from tern.ddl.lexer import Kind, tokens
from tern.ddl.table import Partitioning, Table


def table_text(table: Table) -> str:
    """The statement, definitions verbatim; for a table just read, the text that it came from."""
    parts = ",\n  ".join(part.text for part in table.parts)
    options = " ".join(option.text for option in table.options)
    text = f"CREATE TABLE {quote(table.name)} (\n  {parts}\n) {options}"
    return text.rstrip(" ") + _partitioning(table.partitioning)


def _partitioning(partitioning: Partitioning | None) -> str:
    if partitioning is None:
        return ""
    is_marked = next(tokens(partitioning.text)).kind is Kind.OPENING
    # MySQL puts it into an executable comment on a line of its own, MariaDB behind one space.
    return f"\n{partitioning.text}" if is_marked else f"\n {partitioning.text}"
