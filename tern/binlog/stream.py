"""The only socket: a replication stream opened, read with a time limit, stopped from any thread."""

import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from ssl import SSLSocket
from time import monotonic
from types import TracebackType
from typing import Self

from tern.binlog.batch import Batch
from tern.binlog.decoder import FeedDecoder, Source
from tern.binlog.framing import bytes_wanted
from tern.binlog.gtid import MariadbGtidSet, MysqlGtidSet
from tern.binlog.position import Position
from tern.binlog.refusals import read_refusal, refusal
from tern.binlog.registration import (
    HEARTBEAT,
    ReplicaIdentity,
    dump_command,
    register_command,
    session_statements,
)
from tern.binlog.watched_table import WatchedTable
from tern.ddl.flavor import Flavor
from tern.errors import InvalidLogPosition, ServerUnavailable
from tern.mysql.connect import ConnectParams, connect
from tern.mysql.connection import Connection
from tern.mysql.server import read_server
from tern.mysql.session import Session

MISSED_HEARTBEATS = 3
# Before its first event the server may have to read through a whole log file for the GTIDs.
FIRST_EVENT_PATIENCE = timedelta(seconds=60)
WRITE_PATIENCE = timedelta(hours=1)
_READ_BYTES = 1 << 20
_PACKET_HEADER_BYTES = 4


class Stream:
    """One connection on which a server sends its log; belongs to one thread, but for `stop`.

    While nobody reads, the server waits, for up to an hour: that is how a reader holds it back.

    Attributes:
        connection_id: The server's number of this session, for KILL.
        bytes_read: How many bytes the last batch was decoded from.
    """

    def __init__(self, connection: Connection, decoder: FeedDecoder) -> None:
        self._connection = connection
        self._decoder = decoder
        self._place = connection.place
        self._socket: socket.socket = connection._driver._sock  # type: ignore[attr-defined]  # noqa: SLF001 no public way
        # A number of its own, so that `stop` can't hit a number that was closed and given away.
        self._stopper = socket.socket(fileno=os.dup(self._socket.fileno()))
        self._is_stopped = False
        self._chunks: list[bytes] = []
        self._data = b""
        self._at = 0
        self._silence = timedelta(0)
        self._patience = FIRST_EVENT_PATIENCE
        self.connection_id = connection.id
        self.bytes_read = 0

    @classmethod
    def open(
        cls,
        params: ConnectParams,
        *,
        start: Position,
        watched: Sequence[WatchedTable],
        replica: ReplicaIdentity,
    ) -> Self:
        """Return a stream of everything that follows a position.

        By GTIDs if the position has them, which also works on another server than it was noted on;
        else by file and offset, on the same server only.

        Raises:
            InvalidLogPosition: the position is another server's and has no GTIDs, or of the other
                vendor.
            ServerUnavailable, AccessDenied: no connection.
            MissingPrivilege: REPLICATION SLAVE is missing.
        """
        connection = connect(params, session=_feed_session)
        try:
            return cls(connection, _begin(connection, start, watched=watched, replica=replica))
        except BaseException:
            connection.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def read(self, *, wait: timedelta) -> Batch | None:
        """Return what the server has sent, as soon as there is something; None once stopped.

        After `wait` the batch is what it is, perhaps empty. Between two batches the log's order is
        kept. Any error ends the stream: open another at the last batch's `received`.

        Raises:
            ServerUnavailable: the connection is lost, or the server missed three heartbeats.
            BinlogPurged: the log no longer reaches back to the start.
            LogUnreadable, LogUnsupported, LogIncident: the log can't be followed.
            TableLayoutChanged, RowImageIncomplete: a watched table can't be followed.
        """
        deadline = monotonic() + wait.total_seconds()
        is_late = False
        while not self._is_stopped:
            held_from = self._at
            self._at = self._decoder.decode(self._data, held_from)
            if self._at > held_from or is_late:
                self.bytes_read = self._at - held_from
                return self._decoder.take_batch()
            self._receive(deadline)
            is_late = monotonic() >= deadline
        return None

    def stop(self) -> None:
        """End a `read` at once, also one to come; from any thread, any number of times."""
        self._is_stopped = True
        with suppress(OSError):
            self._stopper.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End the stream and give its sockets back; after that nothing else may be called."""
        self.stop()
        self._connection.close()
        self._stopper.close()

    def _receive(self, deadline: float) -> None:
        """Add to the bytes not decoded until they hold a whole packet, or time is up."""
        if self._at < len(self._data):
            self._chunks.append(self._data[self._at :])
        self._data, self._at = b"", 0
        while not self._is_stopped:
            if self._chunks and len(self._chunks[0]) < _PACKET_HEADER_BYTES:
                self._chunks = [b"".join(self._chunks)]
            held = sum(map(len, self._chunks))
            if self._chunks and held >= bytes_wanted(self._chunks[0]):
                self._data, self._chunks = b"".join(self._chunks), []
                return
            chunk = self._receive_some(deadline - monotonic())
            if not chunk:
                return
            self._chunks.append(chunk)

    def _receive_some(self, seconds: float) -> bytes:
        """Return the next bytes; none after the given time, or when stopped."""
        began = monotonic()
        patience = (self._patience - self._silence).total_seconds()
        self._socket.settimeout(max(min(seconds, patience), 0.001))
        try:
            received = self._socket.recv(_READ_BYTES)
        except TimeoutError:
            self._silence += timedelta(seconds=monotonic() - began)
            if self._silence >= self._patience:
                reason = f"nothing was heard for {self._silence.total_seconds():.0f} s"
                raise ServerUnavailable(place=self._place, reason=reason) from None
            return b""
        except OSError as error:
            if self._is_stopped:
                return b""
            raise ServerUnavailable(place=self._place, reason=str(error)) from error
        if not received and not self._is_stopped:
            raise ServerUnavailable(place=self._place, reason="the server closed the stream")
        self._silence = timedelta(0)
        self._patience = MISSED_HEARTBEATS * HEARTBEAT
        return received + self._receive_rest(len(received))

    def _receive_rest(self, held: int) -> bytes:
        """Return what else is there already: a ciphered socket gives 16 KiB at a time."""
        chunks: list[bytes] = []
        if not isinstance(self._socket, SSLSocket):
            return b""
        self._socket.settimeout(0)
        with suppress(OSError):
            # What is wrong with the socket shows at its next read.
            while held < _READ_BYTES and (chunk := self._socket.recv(_READ_BYTES)):
                chunks.append(chunk)
                held += len(chunk)
        return b"".join(chunks)


def _feed_session(_: Flavor) -> Session:
    """A reader that holds back is waited for; the session itself says nothing for hours."""
    seconds = int(WRITE_PATIENCE.total_seconds())
    return Session(variables={"net_write_timeout": seconds, "time_zone": "+00:00"})


def _begin(
    connection: Connection,
    start: Position,
    *,
    watched: Sequence[WatchedTable],
    replica: ReplicaIdentity,
) -> FeedDecoder:
    """Register on the connection and ask for the log; what comes next is the log's events."""
    is_mariadb = connection.flavor.is_mariadb()
    here = _place_here(start, read_server(connection).uuid, is_mariadb=is_mariadb)
    for statement, parameters in session_statements(replica, start, is_mariadb=is_mariadb):
        connection.execute(statement, parameters)
    checksum = connection.value("SELECT @@GLOBAL.binlog_checksum")
    sock: socket.socket = connection._driver._sock  # type: ignore[attr-defined]  # noqa: SLF001 no public way
    try:
        _send(sock, register_command(replica))
        answer = _receive_packet(sock)
        _send(sock, dump_command(replica, start, is_mariadb=is_mariadb))
    except OSError as error:
        raise ServerUnavailable(place=connection.place, reason=str(error)) from error
    if answer[:1] != b"\0":
        number, text = read_refusal(answer)
        place, account = connection.place, connection.account
        raise refusal(number, text, place=place, account=account, position=start.describe())
    has_checksum = str(checksum).upper() == "CRC32"
    source = Source(
        place=connection.place, account=connection.account, start=here, has_checksum=has_checksum
    )
    return FeedDecoder(source, watched)


def _place_here(start: Position, server: str, *, is_mariadb: bool) -> Position:
    """The start as a position of this server; its file means nothing on another."""
    known = MysqlGtidSet if is_mariadb else MariadbGtidSet
    if isinstance(start.gtids, known):
        raise InvalidLogPosition(text=start.describe(), reason="it is of the other vendor's server")
    if start.server == server:
        return start
    if start.gtids is None:
        raise InvalidLogPosition(
            text=start.describe(), reason="it is another server's, and has no GTIDs"
        )
    return Position(server=server, file="", offset=0, gtids=start.gtids)


def _send(sock: socket.socket, command: bytes) -> None:
    sock.sendall(len(command).to_bytes(3, "little") + b"\0" + command)


def _receive_packet(sock: socket.socket) -> bytes:
    """Return the payload of an answer, which is short and alone."""
    received = b""
    while len(received) < bytes_wanted(received):
        some = sock.recv(_READ_BYTES)
        if not some:
            message = "the server closed the connection"
            raise ConnectionError(message)
        received += some
    return received[_PACKET_HEADER_BYTES:]
