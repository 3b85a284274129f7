"""What the server itself says of a table: SHOW CREATE TABLE, read as bytes."""

import re
from collections.abc import Mapping

from tern.ddl.create_table import decode_show_create, parse_create_table
from tern.ddl.identifiers import qualified
from tern.ddl.table import Table, with_collations
from tern.errors import TableMissing
from tern.mysql.catalogue import column_charsets
from tern.mysql.connection import Connection

TABLE = "TABLE"
SEQUENCE = "SEQUENCE"

_COUNTER = re.compile(r"^(\) ENGINE=\w+) AUTO_INCREMENT=\d+")


def show_create(connection: Connection, *, schema: str, table: str, kind: str = TABLE) -> str:
    """The server's own text of a table (or a sequence), valid UTF-8 whatever its defaults hold.

    Raises:
        TableMissing: the server says that there is none.
    """
    name = qualified(schema, table)
    rows = connection.query_bytes(f"SHOW CREATE {kind} {name}", table=f"{schema}.{table}")
    text = rows[0][1] if rows else None
    if text is None:
        raise TableMissing(place=connection.place, table=f"{schema}.{table}")
    return _decoded(text)


def without_counter(text: str) -> str:
    """The server's text of a table less its AUTO_INCREMENT, which every insert moves."""
    end = text.rfind("\n) ") + 1
    return text[:end] + _COUNTER.sub(r"\1", text[end:])


def read_table(connection: Connection, *, schema: str, table: str) -> Table:
    """The live table with the character sets and collations that its columns really have.

    Raises:
        TableMissing: the server says that there is none.
        UnsupportedTable: its text can't be taken apart.
    """
    text = show_create(connection, schema=schema, table=table)
    return parsed(connection, schema=schema, texts={table: text})[table]


def parsed(connection: Connection, *, schema: str, texts: Mapping[str, str]) -> dict[str, Table]:
    """Tables from texts that `show_create` gave, with the charsets and collations of their columns.

    Raises:
        UnsupportedTable: a text can't be taken apart.
    """
    charsets = column_charsets(connection, schema, list(texts))
    found: dict[str, Table] = {}
    for name, text in texts.items():
        table = parse_create_table(text)
        pairs = {column: (c.charset, c.collation) for column, c in charsets[name].items()}
        found[name] = with_collations(table, pairs)
    return found


def _decoded(raw: bytes) -> str:
    """Valid UTF-8 is the text already; only a raw binary default makes the slow way necessary."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return decode_show_create(raw)
