"""What is known of the use of things that a plan drops: counted by one server since it started.

An answer that can't be had is "unknown" with its reason, never none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tern.ddl.clauses import Clause, DropColumn, DropIndex
from tern.ddl.table import Table
from tern.errors import MissingPrivilege, StatementRejected, TableMissing
from tern.local.planning.probe import Prober
from tern.mysql.catalogue import TableSize
from tern.mysql.connection import Connection
from tern.mysql.server import Server

_TABLE_USE = (
    "SELECT COUNT_READ, COUNT_WRITE FROM performance_schema.table_io_waits_summary_by_table "
    "WHERE OBJECT_SCHEMA = %s AND OBJECT_NAME = %s"
)
_INDEX_USE = (
    "SELECT COUNT_READ FROM performance_schema.table_io_waits_summary_by_index_usage "
    "WHERE OBJECT_SCHEMA = %s AND OBJECT_NAME = %s AND INDEX_NAME = %s"
)
_TABLE_USERSTAT = (
    "SELECT ROWS_READ, ROWS_CHANGED FROM information_schema.TABLE_STATISTICS "
    "WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s"
)
_INDEX_USERSTAT = (
    "SELECT ROWS_READ FROM information_schema.INDEX_STATISTICS "
    "WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s AND INDEX_NAME = %s"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """Asks one server for the use of its tables and indexes, and for rows in a change's way."""

    connection: Connection
    server: Server
    prober: Prober

    def of_drop(self, schema: str, table: str) -> Mapping[str, str]:
        """Use of a table that is dropped whole."""
        use = self._table_use(schema, table)
        return {"use": use, **self._window()} if use is not None else self._unknown()

    def of_alter(
        self, schema: str, table: Table, clauses: Sequence[Clause], *, size: TableSize | None
    ) -> Mapping[str, str]:
        """Use of what an ALTER drops, and whether a row stands in its way today."""
        found = self.prober.of_clauses(schema, table, clauses, size=size)
        return {**self.of_clauses(schema, table.name, clauses), **found}

    def of_clauses(self, schema: str, table: str, clauses: Sequence[Clause]) -> Mapping[str, str]:
        """Use of what an ALTER drops: columns by their table, indexes by themselves."""
        found: dict[str, str] = {}
        columns = [c for c in clauses if isinstance(c, DropColumn) and not c.is_replaced]
        indexes = [c for c in clauses if isinstance(c, DropIndex) and not c.is_replaced]
        if not columns and not indexes:
            return {}
        if columns:
            use = self._table_use(schema, table)
            if use is None:
                return self._unknown()
            found["use"] = f"{use}; columns are not counted by themselves"
        for clause in indexes:
            use = self._index_use(schema, table, clause.index.name)
            if use is None:
                return self._unknown()
            found[f"index {clause.index.name}"] = use
        return {**found, **self._window()}

    def _table_use(self, schema: str, table: str) -> str | None:
        row = self._first(self._source(_TABLE_USE, _TABLE_USERSTAT), (schema, table))
        if row is None:
            return None
        reads, writes = row or (0, 0)
        return f"{reads} reads, {writes} writes of rows"

    def _index_use(self, schema: str, table: str, index: str) -> str | None:
        row = self._first(self._source(_INDEX_USE, _INDEX_USERSTAT), (schema, table, index))
        return None if row is None else f"{row[0] if row else 0} reads of rows"

    def _source(self, by_schema: str, by_userstat: str) -> str | None:
        if self.server.is_on("performance_schema"):
            return by_schema
        return by_userstat if self.server.is_on("userstat") else None

    def _first(self, sql: str | None, parameters: tuple[str, ...]) -> tuple[object, ...] | None:
        """The row; an empty one where the server counted nothing, None where it can't be known."""
        if sql is None:
            return None
        try:
            return self.connection.first(sql, parameters) or ()
        except (MissingPrivilege, StatementRejected, TableMissing):
            return None

    def _window(self) -> Mapping[str, str]:
        row = self.connection.first("SHOW GLOBAL STATUS LIKE 'Uptime'")
        hours = int(row[1]) / 3600 if row else 0
        return {"window": f"{hours:.1f} h since the server's start; replicas are not seen"}

    def _unknown(self) -> Mapping[str, str]:
        if self.server.is_on("performance_schema"):
            return {"use": "unknown: the account can't read performance_schema"}
        return {"use": "unknown: performance_schema is off"}
