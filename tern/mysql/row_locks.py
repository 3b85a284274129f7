"""Whose transaction another session waits for, told by InnoDB."""

from tern.mysql.connection import Connection
from tern.mysql.metadata_lock import NOW, Blocker, blocker_from

_MYSQL = f"""
SELECT o.PROCESSLIST_ID, t.PROCESSLIST_ID, t.PROCESSLIST_USER, t.PROCESSLIST_HOST,
       COALESCE(TIMESTAMPDIFF(SECOND, x.trx_started, {NOW}), 0), 1, COALESCE(x.trx_weight, 0), ''
FROM performance_schema.data_lock_waits w
JOIN performance_schema.threads o ON o.THREAD_ID = w.REQUESTING_THREAD_ID
JOIN performance_schema.threads t ON t.THREAD_ID = w.BLOCKING_THREAD_ID
LEFT JOIN information_schema.INNODB_TRX x ON x.trx_mysql_thread_id = t.PROCESSLIST_ID
"""  # text of ours

_MARIADB = f"""
SELECT o.trx_mysql_thread_id, p.ID, p.USER, p.HOST,
       TIMESTAMPDIFF(SECOND, x.trx_started, {NOW}), 1, x.trx_weight, ''
FROM information_schema.INNODB_LOCK_WAITS w
JOIN information_schema.INNODB_TRX o ON o.trx_id = w.requesting_trx_id
JOIN information_schema.INNODB_TRX x ON x.trx_id = w.blocking_trx_id
JOIN information_schema.PROCESSLIST p ON p.ID = x.trx_mysql_thread_id
"""  # text of ours


def row_blockers(connection: Connection) -> list[tuple[int, Blocker]]:
    """Each session that waits for a row at this moment, with one that holds it.

    Raises:
        StatementRejected, MissingPrivilege: this can't be seen.
    """
    sql = _MARIADB if connection.flavor.is_mariadb() else _MYSQL
    rows = connection.query(sql)
    return [(int(row[0]), blocker_from(row[1:], is_certain=True)) for row in rows]
