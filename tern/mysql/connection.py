"""One session on a target: statements in, rows out, and every error as a leaf of our tree."""

import socket
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from types import TracebackType
from typing import Any, Self

import pymysql
import pymysql.err
from pymysql.cursors import Cursor

from tern.ddl.flavor import Flavor
from tern.ddl.identifiers import quote
from tern.errors import ServerUnavailable
from tern.mysql.error_codes import Circumstances, translate
from tern.mysql.session import Session

Row = tuple[Any, ...]
Parameters = Sequence[object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerWarning:
    """One line of SHOW WARNINGS."""

    level: str
    number: int
    text: str


class Connection:
    """A session on the target; belongs to one thread, but `abort` may be called from any.

    Attributes:
        flavor: Vendor, version and name comparison of the server, read when it was made.
        id: The server's number of this session, for KILL and lock look-ups.
        warning_count: Of the last statement.
        columns: Names of the last statement's columns, as the server says them.
        commit_seconds: How long the last commit of `transaction` took.
    """

    def __init__(self, driver: "pymysql.Connection[Cursor]", *, place: str, account: str) -> None:
        self._driver = driver
        self.place = place
        self.account = account
        self.warning_count = 0
        self.columns: tuple[str, ...] = ()
        self.commit_seconds = 0.0
        self._schema: str | None = None
        self.id = int(driver.thread_id())  # type: ignore[no-untyped-call]
        self.flavor = self._read_flavor()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def is_open(self) -> bool:
        """Whether no loss of the session was noticed yet."""
        return bool(self._driver.open)

    def execute(self, sql: str, parameters: Parameters = (), *, table: str | None = None) -> int:
        """Run one statement; the number of rows it matched.

        `table` is named in errors. Without parameters a `%` in the text stands for itself.

        Raises:
            SchemaBotError: the leaf for what the server said, see `error_codes`.
        """
        with self._cursor(table) as cursor:
            return int(cursor.execute(sql, tuple(parameters) or None))

    def query(
        self, sql: str, parameters: Parameters = (), *, table: str | None = None
    ) -> list[Row]:
        """Run one statement; all rows of its result. Raises as `execute`."""
        with self._cursor(table) as cursor:
            cursor.execute(sql, tuple(parameters) or None)
            return list(cursor.fetchall())

    def first(
        self, sql: str, parameters: Parameters = (), *, table: str | None = None
    ) -> Row | None:
        """Run one statement; the first row of its result. Raises as `execute`."""
        rows = self.query(sql, parameters, table=table)
        return rows[0] if rows else None

    def value(self, sql: str, parameters: Parameters = (), *, table: str | None = None) -> Any:  # noqa: ANN401  # a cell
        """Run one statement; the first cell of its result, None without a row."""
        row = self.first(sql, parameters, table=table)
        return row[0] if row else None

    def query_bytes(
        self, sql: str, parameters: Parameters = (), *, table: str | None = None
    ) -> list[tuple[bytes | None, ...]]:
        """Run one statement; every cell as the bytes that the server sent.

        For text that need not be valid in any character set: a failed decode in the driver would
        leave the connection out of step. Raises as `execute`.
        """
        with self._undecoded():
            return self.query(sql, parameters, table=table)

    def warnings(self) -> list[ServerWarning]:
        """What the server notes about the last statement; must be asked at once."""
        rows = self.query("SHOW WARNINGS")
        return [ServerWarning(level=row[0], number=row[1], text=row[2]) for row in rows]

    @contextmanager
    def transaction(self) -> Generator[None]:
        """START TRANSACTION, then COMMIT; ROLLBACK when the block raises."""
        self.execute("START TRANSACTION")
        try:
            yield
        except BaseException:
            with suppress(ServerUnavailable):
                self.execute("ROLLBACK")
            raise
        begun = monotonic()
        self.execute("COMMIT")
        self.commit_seconds = monotonic() - begun

    def enter(self, schema: str) -> None:
        """Make it the schema that unqualified names mean; nothing is sent if it is already."""
        if self._schema != schema:
            self.execute(f"USE {quote(schema)}")
            self._schema = schema

    def use(self, session: Session) -> None:
        """Set the session's variables."""
        names = ", ".join(f"SESSION {name} = %s" for name in session.variables)
        self.execute(f"SET {names}", tuple(session.variables.values()))
        for name, value in session.if_different.items():
            self._set_if_different(name, value)
        known = session_variables(self, list(session.at_least)) if session.at_least else {}
        for name, current in known.items():
            if int(current) < session.at_least[name]:
                self.execute(f"SET SESSION {name} = %s", (session.at_least[name],))

    def close(self) -> None:
        """End the session; harmless when it is lost or closed already."""
        with suppress(pymysql.err.Error):
            self._driver.close()

    def abort(self) -> None:
        """Cut the connection at once: a call that is blocked in it fails as lost. Any thread."""
        sock = self._driver._sock  # type: ignore[attr-defined]  # noqa: SLF001  # no public way
        if sock is not None:
            # The plain socket's method: an SSLSocket's own would take the cipher from a reader.
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def _read_flavor(self) -> Flavor:
        row = self.first("SELECT @@version, @@version_comment, @@lower_case_table_names")
        version, comment, case_rule = row or ("", "", 0)
        return Flavor.parse(str(version), str(comment), int(case_rule))

    def _set_if_different(self, name: str, value: str | int) -> None:
        current = session_variables(self, [name]).get(name)
        if current is None or current == str(value) or _SWITCH.get(current) == value:
            return
        self.execute(f"SET SESSION {name} = %s", (value,))

    @contextmanager
    def _cursor(self, table: str | None) -> Iterator[Cursor]:
        started = monotonic()
        try:
            with self._driver.cursor() as cursor:
                yield cursor
                self.warning_count = cursor.warning_count
                self.columns = tuple(str(column[0]) for column in cursor.description or ())
        except pymysql.err.Error as error:
            waited = timedelta(seconds=round(monotonic() - started, 1))
            raise translate(error, self._circumstances(table, waited)) from error

    @contextmanager
    def _undecoded(self) -> Iterator[None]:
        decoders = self._driver.decoders
        self._driver.use_unicode, self._driver.decoders = False, {}
        try:
            yield
        finally:
            self._driver.use_unicode, self._driver.decoders = True, decoders

    def _circumstances(self, table: str | None, waited: timedelta) -> Circumstances:
        return Circumstances(place=self.place, account=self.account, table=table, waited=waited)


# SHOW VARIABLES prints switches as words, plans of other servers record them as numbers.
_SWITCH = {"ON": 1, "OFF": 0}


def session_variables(connection: Connection, names: Sequence[str]) -> dict[str, str]:
    """Those of the session's variables that this server knows, by name, as it prints them."""
    marks = ", ".join(["%s"] * len(names))
    sql = f"SHOW SESSION VARIABLES WHERE Variable_name IN ({marks})"
    return {str(row[0]).lower(): str(row[1]) for row in connection.query(sql, tuple(names))}
