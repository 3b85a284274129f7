"""Which server this is, and what is set on it that a plan or an engine must know."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from tern.ddl.flavor import Flavor
from tern.mysql.connection import Connection, session_variables

# Read in one query; a name that a server does not know is simply absent.
_VARIABLES = (
    "version",
    "server_id",
    "server_uuid",
    "server_uid",
    "hostname",
    "port",
    "datadir",
    "read_only",
    "super_read_only",
    "innodb_read_only",
    "log_bin",
    "binlog_format",
    "binlog_row_image",
    "binlog_row_value_options",
    "log_replica_updates",
    "log_slave_updates",
    "gtid_mode",
    "innodb_autoinc_lock_mode",
    "innodb_default_row_format",
    "innodb_page_size",
    "innodb_strict_mode",
    "explicit_defaults_for_timestamp",
    "lower_case_table_names",
    "performance_schema",
    "userstat",
    "binlog_expire_logs_seconds",
    "expire_logs_days",
    "wsrep_on",
    "character_set_server",
    "collation_server",
)
_UTC = frozenset({"UTC", "ETC/UTC", "+00:00", "GMT"})
_DIGITS = 32
_START_TOLERANCE_SECONDS = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server as it was found.

    Attributes:
        uuid: Names this server and no other, and stays over restarts.
        started_at: Its start by its own clock, in Unix seconds; two readings of one start differ
            by up to 2 s, because servers count their uptime in whole seconds.
        variables: Those of interest that this server knows, as it prints them.
    """

    flavor: Flavor
    version: str
    uuid: str
    started_at: float
    place: str
    variables: Mapping[str, str]

    def is_on(self, variable: str) -> bool:
        """Whether a switch is on; one that the server does not know is off."""
        return self.variables.get(variable, "").upper() in {"ON", "1", "YES"}

    def is_same_start(self, started_at: float) -> bool:
        """Whether the server has not restarted since that reading of `started_at`."""
        return abs(self.started_at - started_at) <= _START_TOLERANCE_SECONDS

    @property
    def is_read_only(self) -> bool:
        """Whether it refuses ordinary writes."""
        return any(
            self.is_on(name) for name in ("read_only", "super_read_only", "innodb_read_only")
        )


def read_server(connection: Connection) -> Server:
    """The server at the other end of the connection."""
    variables = session_variables(connection, _VARIABLES)
    return Server(
        flavor=connection.flavor,
        version=variables.get("version", str(connection.flavor)),
        uuid=_identity(variables),
        started_at=_started_at(connection),
        place=connection.place,
        variables=variables,
    )


def _started_at(connection: Connection) -> float:
    uptime = connection.first("SHOW GLOBAL STATUS LIKE 'Uptime'")
    now = connection.value("SELECT UNIX_TIMESTAMP(SYSDATE(6))")
    return float(now) - float(uptime[1] if uptime else 0)


def _identity(variables: Mapping[str, str]) -> str:
    """The server's own unique id, or one made of what tells servers apart where it has none.

    Source: MySQL has `server_uuid`; MariaDB has `server_uid` since 10.6.17, 10.11.7. Before that
    server id, host name, port and data directory are together as good as unique.
    """
    own = variables.get("server_uuid") or variables.get("server_uid")
    if own:
        return own
    parts = [variables.get(name, "") for name in ("server_id", "hostname", "port", "datadir")]
    return sha256("\0".join(parts).encode()).hexdigest()[:_DIGITS]


def read_global_zone(connection: Connection) -> str:
    """The server's global time zone, as CONVERT_TZ knows it; empty where that is UTC."""
    row = connection.first("SELECT @@global.time_zone, @@system_time_zone") or ("SYSTEM", "")
    named = row[1] if row[0] == "SYSTEM" else row[0]
    return "" if str(named).upper() in _UTC else str(row[0])
