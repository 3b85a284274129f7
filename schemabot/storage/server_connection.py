"""A driver connection that sends writes whose answers nobody needs along with what comes next.

A transaction of the queue is mostly writes that can only succeed: a row's columns, a line of the
log, an audit row. Each by itself is a journey to the server and back, and a thread that sleeps
meanwhile. Here they wait for the next statement, or for COMMIT, and go in its packet, in order. The
server stops at the first that fails: then neither that statement nor COMMIT has been executed.

A server takes as long to parse a statement of two kilobytes as to find its row. So a session keeps
those that come again and again, and is sent their names.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from pymysql.connections import Connection
from pymysql.err import MySQLError

Values = Mapping[str, Any]

_MOST_KEPT = 64  # statements that one session keeps parsed
_PACKET = 1_000_000  # bytes of statements in one packet, well under the usual max_allowed_packet


class ServerConnection(Connection):
    """One session on MariaDB or MySQL; needs CLIENT.MULTI_STATEMENTS. One thread at a time."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - the driver's own
        self._later: list[bytes] = []
        self._kept: dict[str, tuple[str, ...]] = {}
        super().__init__(*arguments, **options)

    def execute_later(self, text: str, parameters: Any) -> None:  # noqa: ANN401 - the driver's own
        """Execute a statement without an answer before whatever is executed next.

        Its error is raised there, and nothing of what follows it has happened then.
        """
        self._later.append(self._filled(text, parameters).encode(self.encoding))

    def insert_later(self, text: str, rows: Sequence[Any]) -> None:
        """The same for an INSERT of one row, with the parameters of several."""
        head, values, row = text.partition(" VALUES ")
        filled = [self._filled(row, each).encode(self.encoding) for each in rows]
        for some in _packets(filled):
            self._later.append((head + values).encode(self.encoding) + b", ".join(some))

    def kept(self, name: str, text: str, *, fixed: Values, given: Values) -> str | None:
        """What executes a statement that this session keeps; it is sent when it is new.

        Args:
            name: Of the statement in the session; always the same text.
            text: With `%(...)s` for each value.
            fixed: Values that are the same in each execution.
            given: Those of this one.

        Returns:
            None when the session keeps as many as it may.
        """
        if name not in self._kept:
            if len(self._kept) >= _MOST_KEPT:
                return None
            marks = _Marks({key: self.escape(value) for key, value in fixed.items()})
            self._later.append(f"PREPARE {name} FROM {self.escape(text % marks)}".encode())
            self._kept[name] = tuple(marks.names)
        names = self._kept[name]
        if not names:
            return f"EXECUTE {name}"
        places = [f"@{name}_{place}" for place in range(len(names))]
        values = [self.escape(given[each]) for each in names]
        pairs = ", ".join(f"{at} = {value}" for at, value in zip(places, values, strict=True))
        self._later.append(f"SET {pairs}".encode(self.encoding))
        return f"EXECUTE {name} USING {', '.join(places)}"

    def query(self, sql: str | bytes, unbuffered: bool = False) -> int:  # noqa: FBT001, FBT002
        """The driver's way to execute a statement; what waits goes first."""
        if not self._later:
            return super().query(sql, unbuffered)
        return self._execute(sql.encode(self.encoding) if isinstance(sql, str) else sql)

    def commit(self) -> None:
        """Commit, what waits included; if that fails, nothing stays open or locked."""
        if not self._later:
            return super().commit()
        try:
            self._execute(b"COMMIT")
        except MySQLError:
            with suppress(MySQLError):  # a lost session is rolled back by its server
                super().rollback()
            raise

    def rollback(self) -> None:
        """Undo; what waits is forgotten."""
        self._forget()
        super().rollback()

    def _execute(self, last: bytes) -> int:
        """Matched or read rows of the last statement, whose result the cursor takes."""
        matched = 0
        waiting, self._later = [*self._later, last], []
        try:
            for packet in _packets(waiting):
                matched = super().query(b";\n".join(packet))
                for _ in packet[1:]:
                    matched = self.next_result()
        except MySQLError:
            self._kept.clear()  # whichever were on their way
            raise
        return matched

    def _forget(self) -> None:
        if self._later:
            self._kept.clear()
        self._later.clear()

    def _filled(self, text: str, parameters: Any) -> str:  # noqa: ANN401 - the driver's own
        filled: str = self.cursor().mogrify(text, parameters)
        return filled


class _Marks(dict[str, str]):
    """What fills a text that is to be kept: a mark for each name without a value of its own."""

    def __init__(self, fixed: Mapping[str, str]) -> None:
        super().__init__(fixed)
        self.names: list[str] = []

    def __missing__(self, name: str) -> str:
        self.names.append(name)
        return "?"


def _packets(parts: Sequence[bytes]) -> Iterator[list[bytes]]:
    """The parts in order, as many together as make up a packet; one alone may be larger."""
    packet: list[bytes] = []
    size = 0
    for part in parts:
        if packet and size + len(part) > _PACKET:
            yield packet
            packet, size = [], 0
        packet.append(part)
        size += len(part)
    if packet:
        yield packet
