"""Who stands in the way of a table's metadata lock: looked up before anyone queues behind us."""

from dataclasses import dataclass
from datetime import timedelta

from tern.errors import StatementRejected
from tern.mysql.connection import Connection

# Seen only through InnoDB: any transaction may hold the table, so only long ones are suspected.
SUSPECT_AFTER = timedelta(seconds=3)

# InnoDB tells when a transaction began in the zone of the server's machine, whatever the session's
# (MySQL 9.7, MariaDB 10.11): by a NOW() in UTC blockers are hours too old, or not yet born.
NOW = "CONVERT_TZ(UTC_TIMESTAMP(), '+00:00', 'SYSTEM')"

_MYSQL = f"""
SELECT t.PROCESSLIST_ID, t.PROCESSLIST_USER, t.PROCESSLIST_HOST,
       COALESCE(TIMESTAMPDIFF(SECOND, x.trx_started, {NOW}), t.PROCESSLIST_TIME, 0),
       x.trx_id IS NOT NULL, COALESCE(x.trx_weight, 0), MAX(m.LOCK_TYPE)
FROM performance_schema.metadata_locks m
JOIN performance_schema.threads t ON t.THREAD_ID = m.OWNER_THREAD_ID
LEFT JOIN information_schema.INNODB_TRX x ON x.trx_mysql_thread_id = t.PROCESSLIST_ID
WHERE m.OBJECT_TYPE = 'TABLE' AND m.LOCK_STATUS = 'GRANTED'
  AND m.OBJECT_SCHEMA = %s AND m.OBJECT_NAME = %s AND t.PROCESSLIST_ID <> CONNECTION_ID()
GROUP BY 1, 2, 3, 4, 5, 6
"""

_MARIADB = f"""
SELECT p.ID, p.USER, p.HOST,
       COALESCE(TIMESTAMPDIFF(SECOND, x.trx_started, {NOW}), p.TIME, 0),
       x.trx_id IS NOT NULL, COALESCE(x.trx_weight, 0), MAX(m.LOCK_MODE)
FROM information_schema.METADATA_LOCK_INFO m
JOIN information_schema.PROCESSLIST p ON p.ID = m.THREAD_ID
LEFT JOIN information_schema.INNODB_TRX x ON x.trx_mysql_thread_id = p.ID
WHERE m.LOCK_TYPE = 'Table metadata lock' AND m.TABLE_SCHEMA = %s AND m.TABLE_NAME = %s
  AND p.ID <> CONNECTION_ID()
GROUP BY 1, 2, 3, 4, 5, 6
"""

_SUSPECTS = f"""
SELECT p.ID, p.USER, p.HOST, TIMESTAMPDIFF(SECOND, x.trx_started, {NOW}), 1, x.trx_weight, ''
FROM information_schema.INNODB_TRX x
JOIN information_schema.PROCESSLIST p ON p.ID = x.trx_mysql_thread_id
WHERE p.ID <> CONNECTION_ID() AND x.trx_started < {NOW} - INTERVAL %s SECOND
"""

_HELD_BY_PLUGIN = """
SELECT COUNT(*) FROM information_schema.METADATA_LOCK_INFO
WHERE THREAD_ID = %s AND LOCK_MODE = 'MDL_EXCLUSIVE' AND TABLE_SCHEMA = %s AND TABLE_NAME = %s
"""

_HELD_BY_INSTRUMENT = """
SELECT COUNT(*) FROM performance_schema.metadata_locks m
JOIN performance_schema.threads t ON t.THREAD_ID = m.OWNER_THREAD_ID
WHERE t.PROCESSLIST_ID = %s AND m.LOCK_STATUS = 'GRANTED' AND m.LOCK_TYPE = 'EXCLUSIVE'
  AND m.OBJECT_SCHEMA = %s AND m.OBJECT_NAME = %s
"""

_INSTRUMENT = (
    "SELECT COUNT(*) FROM performance_schema.setup_instruments "
    "WHERE NAME = 'wait/lock/metadata/sql/mdl' AND ENABLED = 'YES'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocker:
    """A session that holds, or may hold, a metadata lock on the table.

    Attributes:
        age: Of its open transaction, else of its statement or idleness.
        weight: InnoDB's weight of its transaction: what a rollback would cost.
        is_certain: The server named it; False where only its long transaction makes it suspect.
        lock: The server's word for the lock; empty for a suspect.
    """

    session_id: int
    account: str
    age: timedelta
    in_transaction: bool
    weight: int
    is_certain: bool
    lock: str

    def __str__(self) -> str:
        kind = "transaction" if self.in_transaction else "statement"
        return f"session {self.session_id} ({self.account}, {kind} for {self.age.seconds} s)"


def has_lock_table(connection: Connection) -> bool:
    """Whether the server tells who holds metadata locks."""
    if connection.flavor.is_mariadb():
        found = connection.value(
            "SELECT COUNT(*) FROM information_schema.PLUGINS "
            "WHERE PLUGIN_NAME = 'METADATA_LOCK_INFO' AND PLUGIN_STATUS = 'ACTIVE'"
        )
        return bool(found)
    enabled = connection.value(
        "SELECT COUNT(*) FROM performance_schema.setup_instruments "
        "WHERE NAME = 'wait/lock/metadata/sql/mdl' AND ENABLED = 'YES'"
    )
    return bool(enabled)


def shows_held(connection: Connection) -> bool:
    """Whether `holds_exclusively` can be asked."""
    return _held_query(connection) is not None


def holds_exclusively(connection: Connection, session_id: int, *, schema: str, table: str) -> bool:
    """Whether a session has the table's metadata lock for itself alone; ask `shows_held` first."""
    sql = _held_query(connection)
    found = 0 if sql is None else connection.value(sql, (session_id, schema, table))
    return int(found or 0) > 0


def _held_query(connection: Connection) -> str | None:
    if connection.flavor.is_mariadb() and has_lock_table(connection):
        return _HELD_BY_PLUGIN
    return _HELD_BY_INSTRUMENT if int(connection.value(_INSTRUMENT) or 0) > 0 else None


def blockers(connection: Connection, *, schema: str, table: str) -> list[Blocker]:
    """Sessions that hold the table, longest first; where that can't be seen, those suspected of it.

    Raises:
        MissingPrivilege: the account may not look (PROCESS, SELECT on performance_schema).
    """
    try:
        certain = has_lock_table(connection)
        rows = _rows(connection, schema, table) if certain else _suspects(connection)
    except StatementRejected:
        # performance_schema is compiled out or off.
        certain, rows = False, _suspects(connection)
    found = [blocker_from(row, is_certain=certain) for row in rows]
    return sorted(found, key=lambda blocker: blocker.age, reverse=True)


def _rows(connection: Connection, schema: str, table: str) -> list[tuple[object, ...]]:
    sql = _MARIADB if connection.flavor.is_mariadb() else _MYSQL
    return connection.query(sql, (schema, table))


def _suspects(connection: Connection) -> list[tuple[object, ...]]:
    return connection.query(_SUSPECTS, (int(SUSPECT_AFTER.total_seconds()),))


def blocker_from(row: tuple[object, ...], *, is_certain: bool) -> Blocker:
    """From id, user, host, seconds, whether in a transaction, its weight, the lock's word."""
    session_id, user, host, seconds, in_transaction, weight, lock = row
    return Blocker(
        session_id=int(str(session_id)),
        account=f"{user}@{str(host).partition(':')[0]}",
        age=timedelta(seconds=float(str(seconds))),
        in_transaction=bool(in_transaction),
        weight=int(str(weight)),
        is_certain=is_certain,
        lock=str(lock),
    )
