"""A driver connection that sends writes whose answers nobody needs along with what comes next.

A transaction of the queue is mostly writes that can only succeed: a row's columns, a line of the
log, an audit row. Each by itself is a journey to the server and back, and a thread that sleeps
meanwhile. Here they wait for the next statement, or for COMMIT, and go in its packet, in order. The
server stops at the first that fails: then neither that statement nor COMMIT has been executed.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from pymysql.connections import Connection
from pymysql.err import MySQLError

_PACKET = 1_000_000  # bytes of statements in one packet, well under the usual max_allowed_packet


class ServerConnection(Connection):
    """One session on MariaDB or MySQL; needs CLIENT.MULTI_STATEMENTS. One thread at a time."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - the driver's own
        self._later: list[bytes] = []
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
        self._later.clear()
        super().rollback()

    def _execute(self, last: bytes) -> int:
        """Matched or read rows of the last statement, whose result the cursor takes."""
        matched = 0
        waiting, self._later = [*self._later, last], []
        for packet in _packets(waiting):
            matched = super().query(b";\n".join(packet))
            for _ in packet[1:]:
                matched = self.next_result()
        return matched

    def _filled(self, text: str, parameters: Any) -> str:  # noqa: ANN401 - the driver's own
        filled: str = self.cursor().mogrify(text, parameters)
        return filled


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
