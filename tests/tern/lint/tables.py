"""Tables for lint tests, from a few words."""

from tern.ddl.create_table import parse_create_table
from tern.ddl.table import Table

OPTIONS = "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin"


def table(*definitions: str, name: str = "t", options: str = OPTIONS) -> Table:
    """The table that a server would print with these definitions."""
    body = ",\n  ".join(definitions)
    return parse_create_table(f"CREATE TABLE `{name}` (\n  {body}\n) {options}")


def column(definition: str) -> Table:
    """A table of one column, `c`."""
    return table(f"`c` {definition}")
