"""Engines whose every connection is as the queue needs it, or is refused (Q-31).

MariaDB and MySQL: UTC, READ COMMITTED (under REPEATABLE READ claims deadlock by the thousand, T4),
no autocommit, matched rows counted (T2), no statement-based binary log (Q-18). SQLite: a file in
WAL mode, durable commits, foreign keys.
"""

from datetime import timedelta
from time import monotonic
from typing import Any

from pymysql.constants import CLIENT
from sqlalchemy import URL, Connection, Dialect, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from schemabot.domain.errors import StorageMisconfigured
from schemabot.storage.server_connection import ServerConnection

IMMEDIATE = "schemabot_immediate"
"""Execution option: on SQLite the transaction takes the write lock when it begins."""

_SERVERS = frozenset({"mysql", "mariadb", "mysql+pymysql", "mariadb+pymysql"})
_TRUSTED_IDLE_SECONDS = 1.0  # a connection used within this time is not asked whether it lives
LAST_USED = "last_used"
"""Where a pooled connection keeps when it was used last, by the monotonic clock."""

_SET_UP = (
    "SET time_zone = '+00:00', innodb_lock_wait_timeout = %d, group_concat_max_len = 4294967295, "
    "sql_mode = "
    "'STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
    "NO_ENGINE_SUBSTITUTION'"
)
_ISOLATE = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"
_ASK = (
    "SHOW SESSION VARIABLES WHERE Variable_name IN ('time_zone', 'autocommit', 'log_bin', "
    "'binlog_format', 'tx_isolation', 'transaction_isolation')"
)


def connect_lazily(
    url: str,
    *,
    pool_size: int,
    connect_timeout: timedelta,
    lock_wait: timedelta,
    answer_within: timedelta,
) -> Engine:
    """An engine for the URL; nothing is connected yet.

    Args:
        url: Of the database.
        pool_size: Connections at most.
        connect_timeout: For a connection, or for a free one.
        lock_wait: For a locked row.
        answer_within: For any answer of a server; later the connection is given up as half-open.

    Raises:
        StorageMisconfigured: the URL is none, or names a database that storage can't be on.
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed, pool_size=pool_size, lock_wait=lock_wait)
    arguments = {
        "connect_timeout": max(1, round(connect_timeout.total_seconds())),
        "read_timeout": answer_within.total_seconds(),
        "write_timeout": answer_within.total_seconds(),
        "charset": "utf8mb4",
        "autocommit": False,
        "client_flag": CLIENT.FOUND_ROWS | CLIENT.MULTI_STATEMENTS,
    }
    engine = create_engine(
        parsed.set(drivername="mysql+pymysql"),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=connect_timeout.total_seconds(),
        pool_reset_on_return=None,  # a transaction is always ended before: one round trip less
        connect_args=arguments,
    )
    _prepare_server_connections(engine, lock_wait=lock_wait)
    return engine


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StorageMisconfigured(reason="the url cannot be read") from error
    if parsed.get_backend_name() == "sqlite":
        if parsed.database in {None, "", ":memory:"}:
            raise StorageMisconfigured(reason="SQLite storage needs a file")
        return parsed
    if parsed.drivername not in _SERVERS:
        raise StorageMisconfigured(reason=f"{parsed.drivername} is no storage we know")
    if not parsed.database:
        raise StorageMisconfigured(reason="the url names no database")
    return parsed


def _sqlite(url: URL, *, pool_size: int, lock_wait: timedelta) -> Engine:
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        connect_args={"timeout": lock_wait.total_seconds(), "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _entry: ConnectionPoolEntry) -> None:  # noqa: ANN401 (the driver's)
        connection.isolation_level = None  # the driver begins nothing by itself
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        is_immediate = connection.get_execution_options().get(IMMEDIATE, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_immediate else "BEGIN")

    return engine


def _prepare_server_connections(engine: Engine, *, lock_wait: timedelta) -> None:
    @event.listens_for(engine, "do_connect")
    def connect(
        _dialect: Dialect,
        _entry: ConnectionPoolEntry,
        arguments: list[Any],
        options: dict[str, Any],
    ) -> ServerConnection:
        return ServerConnection(*arguments, **options)

    @event.listens_for(engine, "connect")
    def set_up(connection: ServerConnection, entry: ConnectionPoolEntry) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_SET_UP % max(1, round(lock_wait.total_seconds())))
            cursor.execute(_ISOLATE)
            cursor.execute(_ASK)
            found = dict(cursor.fetchall())
        _assert_fit(found, client_flags=connection.client_flag)
        entry.info[LAST_USED] = monotonic()

    @event.listens_for(engine, "checkin")
    def remember(_connection: object, entry: ConnectionPoolEntry) -> None:
        entry.info[LAST_USED] = monotonic()

    @event.listens_for(engine, "checkout")
    def ask_whether_it_lives(
        connection: ServerConnection,
        entry: ConnectionPoolEntry,
        _proxy: object,
    ) -> None:
        if monotonic() - entry.info[LAST_USED] < _TRUSTED_IDLE_SECONDS:
            return
        try:
            connection.ping(reconnect=False)
        except Exception as error:
            raise DisconnectionError from error  # the pool opens another, before any statement


def _assert_fit(found: dict[str, str], *, client_flags: int) -> None:
    isolation = found.get("transaction_isolation") or found.get("tx_isolation")
    if found.get("log_bin") == "ON" and found.get("binlog_format") == "STATEMENT":
        raise StorageMisconfigured(
            reason="binlog_format is STATEMENT, which READ COMMITTED can't be used with"
        )
    is_fit = (
        isolation == "READ-COMMITTED"
        and found.get("time_zone") == "+00:00"
        and found.get("autocommit") == "OFF"
        and client_flags & CLIENT.FOUND_ROWS
    )
    if not is_fit:
        raise StorageMisconfigured(reason=f"the server keeps its own session settings: {found}")
