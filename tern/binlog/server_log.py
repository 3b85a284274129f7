"""Where a server's own log stands now, and what it no longer has."""

from dataclasses import dataclass

from tern.binlog.gtid import GtidSet, MariadbGtidSet, MysqlGtidSet
from tern.binlog.position import Position
from tern.errors import LogUnsupported
from tern.mysql.connection import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerLog:
    """A server's log at one moment.

    Attributes:
        position: Its end. GTIDs are there if every transaction has one.
        clock_seconds: The server's clock just after that, in seconds since 1970.
        purged: The GTIDs whose transactions are gone from the log; None where the server does not
            tell, which is MariaDB and MySQL without GTIDs.
    """

    position: Position
    clock_seconds: float
    purged: MysqlGtidSet | None

    def is_within(self, gtids: GtidSet) -> bool:
        """Tell whether the server has executed all of these transactions."""
        match self.position.gtids, gtids:
            case (MysqlGtidSet() as executed, MysqlGtidSet() as saved):
                return executed.contains(saved)
            case (MariadbGtidSet() as executed, MariadbGtidSet() as saved):
                return executed.contains(saved)
            case _:
                return False

    def still_has(self, gtids: GtidSet) -> bool | None:
        """Tell whether what follows these transactions is still in the log; None if it can't say.

        Where it can't say, the server refuses the stream with `BinlogPurged`.
        """
        if self.purged is None or not isinstance(gtids, MysqlGtidSet):
            return None
        return gtids.contains(self.purged)


def read_server_log(connection: Connection, *, server: str) -> ServerLog:
    """Return the present end of the log of the server at the other end.

    The GTIDs are read after the place in the file, so they may be ahead of it by what was committed
    in between; each is right by itself.

    Args:
        connection: To the server itself.
        server: The server's uuid, as `tern.mysql.server.read_server` tells it.

    Raises:
        LogUnsupported: the server writes no binary log.
        MissingPrivilege: REPLICATION CLIENT or BINLOG MONITOR is missing.
    """
    word = "BINARY LOG" if connection.flavor.shows_binary_log_status() else "MASTER"
    row = connection.first(f"SHOW {word} STATUS")
    if row is None:
        raise LogUnsupported(
            place=connection.place,
            position="its end",
            reason="binary logging is off",
            next_action="start the server with log_bin",
        )
    gtids, purged = _read_gtids(connection)
    place = Position(server=server, file=str(row[0]), offset=int(row[1]), gtids=gtids)
    clock = float(connection.value("SELECT UNIX_TIMESTAMP(NOW(6))"))
    return ServerLog(position=place, clock_seconds=clock, purged=purged)


def _read_gtids(connection: Connection) -> tuple[GtidSet | None, MysqlGtidSet | None]:
    if connection.flavor.is_mariadb():
        return MariadbGtidSet.from_text(connection.value("SELECT @@GLOBAL.gtid_binlog_pos")), None
    row = connection.first(
        "SELECT @@GLOBAL.gtid_mode, @@GLOBAL.gtid_executed, @@GLOBAL.gtid_purged"
    )
    # In the permissive modes some transactions have no GTID, so a set does not tell a place.
    if row is None or row[0] != "ON":
        return None, None
    return MysqlGtidSet.from_text(row[1]), MysqlGtidSet.from_text(row[2])
