"""Shops on a server that was there before: whose demonstration runs, and which were left behind.

A demonstration holds a named lock with its schema's name, which ends with its session, however
that ends. A schema whose lock is free was kept on purpose, or its demonstration was killed: only a
person can tell, so it is named and not touched.
"""

from tern.ddl.identifiers import quote
from tern.mysql.connection import Connection
from tern.mysql.named_lock import take

PREFIX = "schemabot_demo_"
_FREE = (
    "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME REGEXP %s "
    "AND IS_FREE_LOCK(SCHEMA_NAME) ORDER BY SCHEMA_NAME"
)


def claim(connection: Connection, schema: str) -> None:
    """From now on, and for as long as the session lives, the shop is somebody's."""
    take(connection, schema)


def leftover_words(connection: Connection) -> list[str]:
    """A line for each shop that nobody's demonstration uses, with the statement that removes it."""
    rows = connection.query(_FREE, (f"^{PREFIX}[0-9a-f]{{8}}$",))
    return [
        f"Left by an earlier demonstration: schema {name}; remove it: DROP DATABASE {quote(name)}"
        for (name,) in rows
    ]
