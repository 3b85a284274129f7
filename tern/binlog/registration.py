"""What a stream says to a server before events flow: who it is, what it can read, where to begin.

*Source*: COM_REGISTER_SLAVE, COM_BINLOG_DUMP and COM_BINLOG_DUMP_GTID in the client protocol of
MySQL 8.0 and later; user variables that a MariaDB 10.11 replica sets (`slave.cc`).
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from struct import Struct
from uuid import uuid4

from tern.binlog.gtid import MariadbGtidSet, MysqlGtidSet
from tern.binlog.position import Position

HEARTBEAT = timedelta(seconds=5)

_REGISTER = 0x15
_DUMP = 0x12
_DUMP_GTID = 0x1E
_WITH_HEARTBEAT_V2 = 2
_FIRST_OFFSET = 4
_LOWEST_ID = 1 << 31
_REGISTRATION = Struct("<BI")
_REGISTRATION_END = Struct("<HII")
_DUMP_FROM = Struct("<BIHI")
_DUMP_BEYOND = Struct("<BHIIQI")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaIdentity:
    """As whom a stream comes: a server ends the older of two streams with one identity.

    So the same one is used to open a stream anew, and no two engines share one.
    """

    server_id: int
    uuid: str

    @classmethod
    def mint(cls) -> "ReplicaIdentity":
        """Return an identity that no server and no other engine has.

        Ids from the upper half, which people don't hand out; by chance alone two engines of a
        thousand get the same one once in 4,000 times, and then both notice at once.
        """
        return cls(server_id=_LOWEST_ID + secrets.randbelow(_LOWEST_ID - 1), uuid=str(uuid4()))


def session_statements(
    replica: ReplicaIdentity, start: Position, *, is_mariadb: bool
) -> list[tuple[str, tuple[object, ...]]]:
    """Return the statements, with parameters, that tell the server what its replica wants."""
    period = HEARTBEAT // timedelta(microseconds=1) * 1000
    statements: list[tuple[str, tuple[object, ...]]] = [
        ("SET @master_heartbeat_period = %s, @source_heartbeat_period = %s", (period, period)),
        ("SET @master_binlog_checksum = @@GLOBAL.binlog_checksum", ()),
        ("SET @source_binlog_checksum = @@GLOBAL.binlog_checksum", ()),
        ("SET @slave_uuid = %s, @replica_uuid = %s", (replica.uuid, replica.uuid)),
    ]
    if is_mariadb:
        statements.append(("SET @mariadb_slave_capability = 4", ()))
    if isinstance(start.gtids, MariadbGtidSet):
        point = start.gtids.to_text()
        statements.append((
            "SET @slave_gtid_strict_mode = 0, @slave_gtid_ignore_duplicates = 0",
            (),
        ))
        statements.append(("SET @slave_connect_state = %s", (point,)))
    return statements


def register_command(replica: ReplicaIdentity) -> bytes:
    """Return COM_REGISTER_SLAVE: makes the stream visible in SHOW REPLICAS."""
    name = b"schemabot"
    texts = bytes([len(name)]) + name + b"\0\0"  # host name; no user, no password
    return (
        _REGISTRATION.pack(_REGISTER, replica.server_id) + texts + _REGISTRATION_END.pack(0, 0, 0)
    )


def dump_command(replica: ReplicaIdentity, start: Position, *, is_mariadb: bool) -> bytes:
    """Return the command after which the server sends events, for as long as there are any.

    With GTIDs the server finds the file itself, and refuses if it no longer has what is missing.
    """
    flags = 0 if is_mariadb else _WITH_HEARTBEAT_V2
    match start.gtids:
        case MysqlGtidSet():
            known = start.gtids.encode()
            command = (_DUMP_GTID, flags, replica.server_id, 0, _FIRST_OFFSET, len(known))
            return _DUMP_BEYOND.pack(*command) + known
        case MariadbGtidSet():
            return _DUMP_FROM.pack(_DUMP, _FIRST_OFFSET, flags, replica.server_id)
        case None:
            begin = _DUMP_FROM.pack(_DUMP, start.offset, flags, replica.server_id)
            return begin + start.file.encode()
