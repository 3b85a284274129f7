"""A schema per test on a shared server, and the look at what a test left behind."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pymysql
from pymysql.connections import Connection

from integration.servers.throwaway import Server

SYSTEM_SCHEMAS = frozenset({"information_schema", "mysql", "performance_schema", "sys"})
ENGINE_TABLE = "_sb[a-z2-7]{5}_[nopc]$"
"""How the names of the copy engine's own tables end (E-4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """One schema on a server; root's."""

    server: Server
    name: str

    @property
    def dsn(self) -> str:
        """The schema's address as configuration has it."""
        return f"{self.server.flavor}://{self.server.user}@{self.server.host}:{self.server.port}/{self.name}"

    def connect(self, **options: Any) -> Connection:  # noqa: ANN401 - the driver's own keywords
        """A new session in this schema, autocommit on; the caller closes it."""
        return connect(self.server, database=self.name, **options)

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """All rows of one statement, run in a session of its own and committed."""
        return query(self.server, sql, *values, database=self.name)


def connect(server: Server, **options: Any) -> Connection:  # noqa: ANN401 - the driver's own keywords
    """A new session of root, autocommit on unless told otherwise; the caller closes it."""
    address = {"host": server.host, "port": server.port, "user": server.user}
    plain = {"autocommit": True, "charset": "utf8mb4", "ssl_disabled": True}
    return pymysql.connect(**{**address, **plain, **options})


def query(server: Server, sql: str, *values: object, **options: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 - the driver's own keywords
    """All rows of one statement, run in a session of its own and committed."""
    with closing(connect(server, **options)) as session, session.cursor() as cursor:
        cursor.execute(sql, values or None)
        return list(cursor.fetchall())


@contextmanager
def fresh_database(server: Server) -> Iterator[Database]:
    """An empty schema with a name of its own; dropped afterwards, its leftover tables named.

    Raises:
        AssertionError: a table of the copy engine was still in it.
    """
    database = Database(server=server, name=f"t_{uuid4().hex[:12]}")
    query(server, f"CREATE DATABASE `{database.name}` CHARACTER SET utf8mb4")
    try:
        yield database
        leftover = leftover_tables(database)
    finally:
        query(server, f"DROP DATABASE IF EXISTS `{database.name}`")
    assert not leftover, f"tables of the copy engine stayed behind: {leftover}"


def leftover_tables(database: Database) -> list[str]:
    """Names of the copy engine's own tables that are in this schema now."""
    sql = (
        "SELECT table_name FROM information_schema.tables "
        "WHERE table_schema = %s AND table_name REGEXP %s ORDER BY table_name"
    )
    return [name for (name,) in query(database.server, sql, database.name, ENGINE_TABLE)]


def schemas(server: Server) -> frozenset[str]:
    """Names of all schemas but the server's own."""
    names = {name for (name,) in query(server, "SHOW DATABASES")}
    return frozenset(names - SYSTEM_SCHEMAS)


def drop_schemas(server: Server, names: frozenset[str]) -> None:
    """Remove what a test forgot, so that the next test isn't blamed for it."""
    for name in sorted(names):
        query(server, f"DROP DATABASE IF EXISTS `{name.replace('`', '``')}`")
