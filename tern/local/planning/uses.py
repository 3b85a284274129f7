"""How much tables and indexes were used, as one server has counted since it started."""

from collections.abc import Mapping
from dataclasses import dataclass

from tern.errors import MissingPrivilege, StatementRejected, TableMissing
from tern.mysql.connection import Connection
from tern.mysql.server import Server

USE = "use"
INDEX = "index "
OF_COLUMNS = "columns are not counted by themselves"
_WINDOW = "window"

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
class Uses:
    """Asks one server for its counts."""

    connection: Connection
    server: Server

    def since(self, schema: str, table: str, known: Mapping[str, str]) -> Mapping[str, str]:
        """What is used otherwise than a plan's evidence said: its words -> those of now (P-39)."""
        now = {key: self._again(schema, table, key) for key in known}
        return {
            key: f"{said.removesuffix(f'; {OF_COLUMNS}')} -> {now[key]}"
            for key, said in known.items()
            if now[key] is not None and not said.startswith(str(now[key]))
        }

    def _again(self, schema: str, table: str, key: str) -> str | None:
        if key == USE:
            return self.of_table(schema, table)
        if key.startswith(INDEX):
            return self.of_index(schema, table, key.removeprefix(INDEX))
        return None

    def of_table(self, schema: str, table: str) -> str | None:
        """Rows of the table that were read and written; None when it can't be known."""
        row = self._first(self._source(_TABLE_USE, _TABLE_USERSTAT), (schema, table))
        if row is None:
            return None
        reads, writes = row or (0, 0)
        return f"{reads} reads, {writes} writes of rows"

    def of_index(self, schema: str, table: str, index: str) -> str | None:
        """Rows that were read through the index; None when it can't be known."""
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

    def window(self) -> Mapping[str, str]:
        """How long the counting has gone on."""
        row = self.connection.first("SHOW GLOBAL STATUS LIKE 'Uptime'")
        hours = int(row[1]) / 3600 if row else 0
        return {_WINDOW: f"{hours:.1f} h since the server's start; replicas are not seen"}

    def unknown(self) -> Mapping[str, str]:
        """Why nothing can be told."""
        if self.server.is_on("performance_schema"):
            return {USE: "unknown: the account can't read performance_schema"}
        return {USE: "unknown: performance_schema is off"}
