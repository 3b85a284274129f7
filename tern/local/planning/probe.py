"""Whether a row stands there today that a change would not survive (P-40): asked, never guessed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tern.ddl.clauses import Clause
from tern.ddl.table import Table
from tern.errors import LockWaitTimeout, SchemaBotError
from tern.local.planning.probe_statements import Question, questions
from tern.mysql.catalogue import TableSize
from tern.mysql.connection import Connection
from tern.mysql.error_codes import is_connection_lost, is_time_limit

MAX_BYTES = 256 * 1024 * 1024
MAX_SECONDS = 2
_SHOWN_CHARACTERS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Prober:
    """Asks live tables, each question for at most two seconds; reads take no lock on rows."""

    connection: Connection
    is_on: bool

    def of_clauses(
        self, schema: str, table: Table, clauses: Sequence[Clause], *, size: TableSize | None
    ) -> Mapping[str, str]:
        """Rule and object -> what was found, for each clause that a row can stop."""
        return {
            f"{asked.rule} {asked.object}": self._answer(asked, size)
            for asked in questions(schema, table, clauses)
        }

    def _answer(self, asked: Question, size: TableSize | None) -> str:
        if not self.is_on:
            return "not probed: plan.probe is off"
        if size is None:
            return "not probed: the table's size is unknown"
        if size.total_bytes > MAX_BYTES:
            mebibytes = size.total_bytes // 2**20
            return f"not probed: the table holds {mebibytes} MiB, more than {MAX_BYTES // 2**20}"
        if asked.sql is None:
            return "not probed: no query tells which values the change keeps"
        return self._ask(asked, asked.sql)

    def _ask(self, asked: Question, sql: str) -> str:
        try:
            row = self.connection.first(self._limited(sql))
        except SchemaBotError as error:
            if is_time_limit(error) and not is_connection_lost(error):
                return f"not probed: the search was given up after {MAX_SECONDS} s"
            if is_connection_lost(error):
                raise
            reason = "the table is locked" if isinstance(error, LockWaitTimeout) else error.message
            return f"not probed: {reason}"
        if row is None:
            return "none today"
        found = ", ".join(
            f"{name}={_shown(value)}" for name, value in zip(asked.shown, row, strict=False)
        )
        return f"would fail: {found or 'a row of a table without a primary key'}"

    def _limited(self, sql: str) -> str:
        if self.connection.flavor.is_mariadb():
            return f"SET STATEMENT max_statement_time = {MAX_SECONDS} FOR {sql}"
        hint = f"/*+ MAX_EXECUTION_TIME({MAX_SECONDS * 1000}) */"
        return sql.replace("SELECT ", f"SELECT {hint} ", 1)


def _shown(value: object) -> str:
    text = value.hex() if isinstance(value, bytes) else f"{value}"
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}.."
