"""What a server says instead of the next event, as leaves of the error tree.

One error number, 1236, stands for every trouble of a dump; only its text tells them apart.
Texts: `rpl_binlog_sender.cc` of MySQL 8.0 and 9.x, `sql_repl.cc` of MariaDB 10.11.
"""

from tern.errors import (
    BinlogPurged,
    LogUnreadable,
    MissingPrivilege,
    SchemaBotError,
    ServerUnavailable,
)

_DUMP_FAILED = 1236
_PRIVILEGE = {1045, 1227}
_PURGED = (
    "purged",
    "could not find first log file",
    "missing the gtid",
    "could not find gtid state",
    "position > file size",
    "impossible position",
)
_SUPERSEDED = ("same server_uuid", "same server_id", "server_uuid/server_id")
_SQL_STATE_MARK = b"#"


def read_refusal(payload: bytes) -> tuple[int, str]:
    """Return number and text of an error packet's payload."""
    number = int.from_bytes(payload[1:3], "little")
    text = payload[9:] if payload[3:4] == _SQL_STATE_MARK else payload[3:]
    return number, text.decode("utf-8", "replace")


def refusal(number: int, text: str, *, place: str, account: str, position: str) -> SchemaBotError:
    """Return the leaf for an error with which a server ends or refuses a stream."""
    if number in _PRIVILEGE:
        grant = f"GRANT REPLICATION SLAVE ON *.* TO '{account}'"
        return MissingPrivilege(place=place, account=account, grants=[grant])
    if number != _DUMP_FAILED:
        return ServerUnavailable(place=place, reason=f"the stream ended ({number}): {text}")
    said = text.lower()
    if any(words in said for words in _PURGED):
        return BinlogPurged(place=place, position=position)
    if any(words in said for words in _SUPERSEDED):
        return ServerUnavailable(place=place, reason=text)
    return LogUnreadable(place=place, position=position, reason=text)
