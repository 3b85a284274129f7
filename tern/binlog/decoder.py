"""Packets of a replication stream to batches of changed keys. No socket, no clock.

Speed is won in three places. `Framing.walk` takes packet and event header apart in one call and
copies nothing. Row events of other tables end at a look-up of their table id (`TableRouter`). Rows
of watched tables go through generated code (`row_keys`).
"""

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from tern.binlog.batch import Batch, Statement
from tern.binlog.compression import ZstandardMissing, inflate, unpack_transaction
from tern.binlog.events import (
    HEADER_BYTES,
    IGNORABLE,
    PASSED_OVER,
    EventType,
    decode_text,
    find_query_text,
    read_gtid,
    read_has_checksum,
    read_heartbeat_v2,
    read_log_offset,
    read_mariadb_gtid,
    read_query,
    read_rotate,
    read_server_id,
    read_tagged_gtid,
)
from tern.binlog.framing import Checksum, EventHandler, Framing, StreamRefused
from tern.binlog.log_progress import LogProgress
from tern.binlog.position import Position
from tern.binlog.refusals import read_refusal, refusal
from tern.binlog.table_router import PartialRows, TableRouter
from tern.binlog.watched_table import WatchedTable
from tern.errors import (
    LogIncident,
    LogUnreadable,
    LogUnsupported,
    SchemaBotError,
    ServerUnavailable,
)

_ENDINGS = frozenset({b"COMMIT", b"ROLLBACK"})
_XA_ENDINGS = (b"XA COMMIT", b"XA ROLLBACK")
_XA_BEGIN = b"XA START"
_INSIDE = (b"SAVEPOINT ", b"ROLLBACK TO ", b"RELEASE SAVEPOINT ", b"XA END")
_LOAD_FIELDS_BYTES = 13
_EVENT_KINDS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a stream comes from, and from where on.

    Attributes:
        place: The server, in messages.
        account: Who reads there, in messages.
        start: The first transaction wanted begins here; its server is the one streaming.
        has_checksum: Whether the server adds checksums to what it sends before the first file.
    """

    place: str
    account: str
    start: Position
    has_checksum: bool


class FeedDecoder:
    """Turns one stream's packets into batches; a broken or reopened stream needs a new one."""

    def __init__(self, source: Source, watched: Iterable[WatchedTable]) -> None:
        self._place = source.place
        self._account = source.account
        self._checksum = Checksum(is_on=source.has_checksum)
        self._router = TableRouter(watched, self._checksum, place=source.place)
        self._progress = LogProgress(source.start)
        self._handlers: list[EventHandler] = [self._refuse_unknown] * _EVENT_KINDS
        self._framing = Framing(self._handlers, self._checksum)
        self._statements: list[Statement] = []
        self._before = source.start
        self._open_bytes = 0
        self._payload_offset = 0
        self._register_handlers()

    def decode(self, data: bytes, at: int = 0) -> int:
        """Take all whole packets, up to and with the first statement; return where it stopped.

        Raises:
            ServerUnavailable: the server ended the stream.
            BinlogPurged, MissingPrivilege: the server says so.
            LogUnreadable, LogUnsupported, LogIncident: at the position of the last batch.
            TableLayoutChanged, RowImageIncomplete: a watched table can't be followed.
        """
        self._framing.is_held = False
        try:
            stopped = self._framing.walk(data, at)
        except StreamRefused as refused:
            raise self._refusal(refused) from refused
        except PartialRows as partial:
            raise self._unsupported(
                f"{partial.table} has JSON logged as differences",
                "set binlog_row_value_options='' there, for sessions too, and start again",
            ) from partial
        except ZstandardMissing as missing:
            raise self._unsupported(
                "transactions are compressed with zstd",
                "install zstandard beside SchemaBot, or set binlog_transaction_compression=OFF",
            ) from missing
        except (LookupError, struct.error, ValueError, zlib.error) as error:
            raise LogUnreadable(
                place=self._place, position=self._where(), reason=str(error)
            ) from error
        self._open_bytes = self._open_bytes + stopped - at if self._progress.is_open else 0
        return stopped

    def take_batch(self) -> Batch:
        """Return what was decoded since the last call."""
        before, self._before = self._before, self._progress.position()
        statements, self._statements = self._statements, []
        transactions, self._progress.transactions = self._progress.transactions, 0
        return Batch(
            keys=self._router.take_keys(),
            statements=statements,
            before=before,
            received=self._before,
            transactions=transactions,
            newest_event=self._framing.newest_event,
        )

    def _register_handlers(self) -> None:
        handlers: tuple[tuple[EventType, EventHandler], ...] = (
            (EventType.FORMAT_DESCRIPTION, self._take_format),
            (EventType.ROTATE, self._take_rotate),
            (EventType.HEARTBEAT, self._take_heartbeat),
            (EventType.HEARTBEAT_V2, self._take_heartbeat_v2),
            (EventType.GTID, self._take_gtid),
            (EventType.ANONYMOUS_GTID, self._take_anonymous),
            (EventType.GTID_TAGGED, self._take_tagged_gtid),
            (EventType.MARIADB_GTID, self._take_mariadb_gtid),
            (EventType.QUERY, self._take_query),
            (EventType.MARIADB_QUERY_COMPRESSED, self._take_compressed_query),
            (EventType.EXECUTE_LOAD_QUERY, self._take_load),
            (EventType.XID, self._end_transaction),
            (EventType.XA_PREPARE, self._end_transaction),
            (EventType.TRANSACTION_PAYLOAD, self._take_payload),
            (EventType.INCIDENT, self._refuse_incident),
        )
        for event, handler in (*handlers, *self._router.handlers()):
            self._handlers[event] = handler
        for event in PASSED_OVER:
            self._handlers[event] = self._pass_over

    def _pass_over(self, data: bytes, start: int, _end: int) -> None:
        self._progress.pass_event(self._offset(data, start))

    def _take_format(self, data: bytes, start: int, _end: int) -> None:
        length = int.from_bytes(data[start + 9 : start + 13], "little")
        # This event always has room for a checksum, and says whether the others do.
        is_on = read_has_checksum(data[start : start + length])
        self._checksum.width = Checksum(is_on=is_on).width
        self._router.begin_file()
        self._progress.pass_event(self._offset(data, start))

    def _take_rotate(self, data: bytes, start: int, end: int) -> None:
        self._checksum.verify(data, start, end)
        self._progress.rotate(*read_rotate(data, start, end))

    def _take_heartbeat(self, data: bytes, start: int, end: int) -> None:
        self._progress.heard(data[start + HEADER_BYTES : end].decode(), self._offset(data, start))

    def _take_heartbeat_v2(self, data: bytes, start: int, end: int) -> None:
        self._progress.heard(*read_heartbeat_v2(data, start, end))

    def _take_gtid(self, data: bytes, start: int, _end: int) -> None:
        self._progress.begin_mysql(*read_gtid(data, start))

    def _take_tagged_gtid(self, data: bytes, start: int, end: int) -> None:
        source, tag, number = read_tagged_gtid(data, start, end)
        self._progress.begin_mysql(f"{UUID(bytes=source)}:{tag}", number)

    def _take_anonymous(self, _data: bytes, _start: int, _end: int) -> None:
        self._progress.begin()

    def _take_mariadb_gtid(self, data: bytes, start: int, _end: int) -> None:
        domain, sequence, is_alone = read_mariadb_gtid(data, start)
        self._progress.begin_mariadb(domain, read_server_id(data, start), sequence)
        self._progress.is_explicit = not is_alone

    def _end_transaction(self, data: bytes, start: int, _end: int) -> None:
        self._progress.end(self._offset(data, start), self._open_bytes)

    def _take_query(self, data: bytes, start: int, end: int) -> None:
        text = data[find_query_text(data, start) : end]
        if text == b"BEGIN":
            self._progress.is_open = self._progress.is_explicit = True
        else:
            self._take_text(text, data, start)

    def _take_compressed_query(self, data: bytes, start: int, end: int) -> None:
        text = inflate(data[find_query_text(data, start) : end])
        self._take_text(text, data, start)

    def _take_load(self, data: bytes, start: int, end: int) -> None:
        text = data[find_query_text(data, start, extra=_LOAD_FIELDS_BYTES) : end]
        extra = _LOAD_FIELDS_BYTES
        self._take_text(text, data, start, extra=extra)

    def _take_text(self, text: bytes, data: bytes, start: int, *, extra: int = 0) -> None:
        if text.startswith(_XA_BEGIN):
            self._progress.is_open = self._progress.is_explicit = True
        elif text in _ENDINGS or text.startswith(_XA_ENDINGS):
            self._progress.end(self._offset(data, start), self._open_bytes)
        elif not text.startswith(_INSIDE):
            query = read_query(data, start, extra=extra)
            self._note_statement(
                Statement(
                    schema=query.schema,
                    text=decode_text(text, query.client_charset),
                    connection_id=query.connection_id,
                    server_id=read_server_id(data, start),
                )
            )
            if not self._progress.is_explicit:
                self._progress.end(self._offset(data, start), self._open_bytes)

    def _note_statement(self, statement: Statement) -> None:
        self._statements.append(statement)
        self._framing.is_held = True

    def _take_payload(self, data: bytes, start: int, end: int) -> None:
        """Handle the events of a compressed transaction; their offsets are all this event's."""
        self._checksum.verify(data, start, end)
        events = unpack_transaction(data[start + HEADER_BYTES : end])
        outside, self._checksum.width = self._checksum.width, 0
        at, self._payload_offset = 0, self._offset(data, start)
        while at < len(events):
            following = at + int.from_bytes(events[at + 9 : at + 13], "little")
            if not at + HEADER_BYTES <= following <= len(events):
                message = "an event in a compressed transaction has a wrong length"
                raise ValueError(message)
            self._handlers[events[at + 4]](events, at, following)
            at = following
        self._checksum.width, self._payload_offset = outside, 0

    def _refuse_incident(self, data: bytes, start: int, end: int) -> None:
        reason = data[start + HEADER_BYTES + 3 : end].decode("utf-8", "replace")
        raise LogIncident(place=self._place, position=self._where(), reason=reason)

    def _refuse_unknown(self, data: bytes, start: int, _end: int) -> None:
        flags = int.from_bytes(data[start + 17 : start + 19], "little")
        if not flags & IGNORABLE:
            message = f"event type {data[start + 4]} is unknown"
            raise ValueError(message)
        self._progress.pass_event(self._offset(data, start))

    def _refusal(self, refused: StreamRefused) -> SchemaBotError:
        if refused.is_end:
            return ServerUnavailable(place=self._place, reason="the server ended the stream")
        number, text = read_refusal(refused.payload)
        return refusal(
            number, text, place=self._place, account=self._account, position=self._where()
        )

    def _unsupported(self, reason: str, next_action: str) -> LogUnsupported:
        return LogUnsupported(
            place=self._place, position=self._where(), reason=reason, next_action=next_action
        )

    def _offset(self, data: bytes, start: int) -> int:
        """Where in the log file the event ends; what is compressed has no place of its own."""
        return self._payload_offset or read_log_offset(data, start)

    def _where(self) -> str:
        return self._progress.position().describe()
