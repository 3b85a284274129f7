"""Log events: their types, their header, and the few kinds that are read beyond it.

An event is a header of 19 bytes, a body, and, if the log's FORMAT_DESCRIPTION says so, a CRC32 of
both. Functions here take bytes and a place in them, so that nothing is copied on the way.

*Source*: MySQL's binlog library (`binlog_event.h`, `control_events.h`, `statement_events.h`);
MariaDB knowledge base, replication protocol; `log_event.h` of MariaDB 10.11.
"""

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct

import pymysql.charset

from tern.binlog.cursor import Cursor

HEADER_BYTES = 19
CHECKSUM_BYTES = 4
IGNORABLE = 0x80
"""Header flag: a reader that does not know the event may pass over it."""

_LOG_VERSION = 4
_GTID_SOURCE = slice(HEADER_BYTES + 1, HEADER_BYTES + 17)
_GTID_NUMBER = Struct("<q")
_MARIADB_GTID = Struct("<QIB")
_FOUR_BYTES = Struct("<I")
_QUERY = Struct("<IIBHH")
_STANDALONE = 1


class EventType(IntEnum):
    """Every event that MySQL 8.0 to 9.x and MariaDB 10.6 to 11.x write, rows of old servers not."""

    QUERY = 2
    STOP = 3
    ROTATE = 4
    INTVAR = 5
    RAND = 13
    USER_VAR = 14
    FORMAT_DESCRIPTION = 15
    XID = 16
    BEGIN_LOAD_QUERY = 17
    EXECUTE_LOAD_QUERY = 18
    TABLE_MAP = 19
    WRITE_ROWS_V1 = 23
    UPDATE_ROWS_V1 = 24
    DELETE_ROWS_V1 = 25
    INCIDENT = 26
    HEARTBEAT = 27
    IGNORABLE = 28
    ROWS_QUERY = 29
    WRITE_ROWS = 30
    UPDATE_ROWS = 31
    DELETE_ROWS = 32
    GTID = 33
    ANONYMOUS_GTID = 34
    PREVIOUS_GTIDS = 35
    TRANSACTION_CONTEXT = 36
    VIEW_CHANGE = 37
    XA_PREPARE = 38
    PARTIAL_UPDATE_ROWS = 39
    TRANSACTION_PAYLOAD = 40
    HEARTBEAT_V2 = 41
    GTID_TAGGED = 42
    MARIADB_ANNOTATE_ROWS = 160
    MARIADB_BINLOG_CHECKPOINT = 161
    MARIADB_GTID = 162
    MARIADB_GTID_LIST = 163
    MARIADB_START_ENCRYPTION = 164
    MARIADB_QUERY_COMPRESSED = 165
    MARIADB_WRITE_ROWS_COMPRESSED_V1 = 166
    MARIADB_UPDATE_ROWS_COMPRESSED_V1 = 167
    MARIADB_DELETE_ROWS_COMPRESSED_V1 = 168
    MARIADB_WRITE_ROWS_COMPRESSED = 169
    MARIADB_UPDATE_ROWS_COMPRESSED = 170
    MARIADB_DELETE_ROWS_COMPRESSED = 171


PASSED_OVER = (
    EventType.STOP,
    EventType.INTVAR,
    EventType.RAND,
    EventType.USER_VAR,
    EventType.BEGIN_LOAD_QUERY,
    EventType.IGNORABLE,
    EventType.ROWS_QUERY,
    EventType.PREVIOUS_GTIDS,
    EventType.TRANSACTION_CONTEXT,
    EventType.VIEW_CHANGE,
    EventType.MARIADB_ANNOTATE_ROWS,
    EventType.MARIADB_BINLOG_CHECKPOINT,
    EventType.MARIADB_GTID_LIST,
    EventType.MARIADB_START_ENCRYPTION,
)
"""Events that change nothing for a reader of row events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A QUERY event: who ran it, and where in the bytes its parts are."""

    connection_id: int
    schema: str
    client_charset: int
    text_at: int


def read_has_checksum(event: bytes) -> bool:
    """Tell from a FORMAT_DESCRIPTION, given with its last four bytes, whether events carry CRC32.

    Raises:
        ValueError: the log's version or its checksum is none that is known.
    """
    version = int.from_bytes(event[HEADER_BYTES : HEADER_BYTES + 2], "little")
    algorithm = event[-CHECKSUM_BYTES - 1]
    if version != _LOG_VERSION or algorithm not in {0, 1}:
        message = f"log version {version} with checksum algorithm {algorithm}"
        raise ValueError(message)
    return algorithm == 1


def read_rotate(data: bytes, start: int, end: int) -> tuple[str, int]:
    """Return the file and offset at which the log goes on."""
    cursor = Cursor(data[start + HEADER_BYTES : end])
    offset = cursor.unsigned(8)
    return cursor.rest().decode(), offset


def read_heartbeat_v2(data: bytes, start: int, end: int) -> tuple[str, int]:
    """Return the file and offset that the server has read up to; fields unknown are passed over."""
    cursor = Cursor(data[start + HEADER_BYTES : end])
    fields = {}
    while cursor.remaining and (kind := cursor.packed()):
        fields[kind] = cursor.take(cursor.packed())
    return fields[1].decode(), Cursor(fields[2]).packed()


def read_gtid(data: bytes, start: int) -> tuple[bytes, int]:
    """Return the source's UUID as bytes, and the transaction's number."""
    source = data[start + _GTID_SOURCE.start : start + _GTID_SOURCE.stop]
    return source, _GTID_NUMBER.unpack_from(data, start + _GTID_SOURCE.stop)[0]


def read_tagged_gtid(data: bytes, start: int, end: int) -> tuple[bytes, str, int]:
    """Return UUID, tag and number of a GTID_TAGGED event.

    The body is a message of `mysql::serialization`: version, size, last field that must be known,
    then fields, each behind its number, in order. Bytes of the UUID are variable-length too.
    """
    cursor = Cursor(data[start + HEADER_BYTES : end])
    for _ in range(3):
        cursor.varlen()
    _expect_field(cursor, 0)
    cursor.varlen()
    _expect_field(cursor, 1)
    source = bytes(cursor.varlen() for _ in range(16))
    _expect_field(cursor, 2)
    number = cursor.varlen() >> 1  # the lowest bit is the sign
    _expect_field(cursor, 3)
    return source, cursor.text(cursor.varlen()), number


def read_mariadb_gtid(data: bytes, start: int) -> tuple[int, int, bool]:
    """Return domain, sequence number, and whether the group ends by itself, without COMMIT.

    The GTID's third part is the event's server id.
    """
    sequence, domain, flags = _MARIADB_GTID.unpack_from(data, start + HEADER_BYTES)
    return domain, sequence, bool(flags & _STANDALONE)


def read_server_id(data: bytes, start: int) -> int:
    """Return the server at which an event was made first."""
    return int(_FOUR_BYTES.unpack_from(data, start + 5)[0])


def read_log_offset(data: bytes, start: int) -> int:
    """Return where in its log file an event ends; 0 if it is in no file."""
    return int(_FOUR_BYTES.unpack_from(data, start + 13)[0])


def find_query_text(data: bytes, start: int, *, extra: int = 0) -> int:
    """Return where the text of a QUERY begins; `extra` bytes of fixed fields follow its own."""
    _, _, schema, _, variables = _QUERY.unpack_from(data, start + HEADER_BYTES)
    return int(start + HEADER_BYTES + _QUERY.size + extra + variables + schema + 1)


def read_query(data: bytes, start: int, *, extra: int = 0) -> Query:
    """Return what a QUERY says besides its text."""
    fields = _QUERY.unpack_from(data, start + HEADER_BYTES)
    connection_id, _, schema_length, _, variables_length = fields
    cursor = Cursor(data, start + HEADER_BYTES + _QUERY.size + extra)
    variables = cursor.take(variables_length)
    return Query(
        connection_id=connection_id,
        schema=cursor.text(schema_length),
        client_charset=_client_charset(Cursor(variables)),
        text_at=find_query_text(data, start, extra=extra),
    )


def decode_text(text: bytes, charset: int) -> str:
    """Return a statement's text; bytes that its character set does not have are escaped."""
    try:
        encoding = pymysql.charset.charset_by_id(charset).encoding
    except KeyError:
        encoding = "utf-8"  # collations newer than the driver are of Unicode
    return text.decode(encoding, "backslashreplace")


def _expect_field(cursor: Cursor, number: int) -> None:
    found = cursor.varlen()
    if found != number:
        message = f"field {found} of a tagged GTID where {number} belongs"
        raise ValueError(message)


def _client_charset(variables: Cursor) -> int:
    """The id in status variable 4, which only those below it and 6, the catalog, precede."""
    widths = {0: 4, 1: 8, 3: 4}
    while variables.remaining:
        code = variables.unsigned(1)
        if code == 4:  # noqa: PLR2004 Q_CHARSET_CODE
            return variables.unsigned(2)
        if code in widths:
            variables.take(widths[code])
        elif code == 6:  # noqa: PLR2004 Q_CATALOG_NZ_CODE
            variables.take(variables.unsigned(1))
        else:
            break
    return 0
