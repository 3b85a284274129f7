"""How busy a server is, asked in a few short statements."""

from collections.abc import Callable
from math import isfinite

from tern.ddl.flavor import Flavor
from tern.errors import InvalidRequest
from tern.mysql.connection import Connection

_STATUS = "SHOW GLOBAL STATUS LIKE 'Threads_running'"
_RUNNING = (
    "SELECT ID FROM information_schema.PROCESSLIST "
    "WHERE COMMAND IN ('Query', 'Execute', 'Prepare', 'Fetch', 'Field List', 'Init DB')"
)
_HISTORY_MYSQL = (
    "SELECT COUNT FROM information_schema.INNODB_METRICS WHERE NAME = 'trx_rseg_history_len'"
)
_HISTORY_MARIADB = "SHOW GLOBAL STATUS LIKE 'Innodb_history_list_length'"


class ProbeUnreadable(InvalidRequest):
    """The configured query does not answer with a number."""

    code = "throttle_sql"

    def __init__(self, *, answer: object) -> None:
        super().__init__(
            f"throttle-sql answered {answer!r}, which is no number",
            next_action="have its first column be a number",
        )


def running_of_others(
    connection: Connection, *, is_own: Callable[[int], bool], enough: float
) -> int:
    """Statements that sessions of others run now.

    The server's counter is free to ask and counts too many, our own and its helpers'; only where
    that is more than `enough` the list of sessions is read.
    """
    counted = int(connection.query(_STATUS)[0][1])
    if counted <= enough:
        return counted
    return sum(not is_own(int(row[0])) for row in connection.query(_RUNNING))


def history_length(connection: Connection) -> int:
    """How many transactions' old row versions wait to be purged."""
    if _tells_history_as_status(connection.flavor):
        return int(connection.query(_HISTORY_MARIADB)[0][1])
    return int(connection.value(_HISTORY_MYSQL) or 0)


def ask_probe(connection: Connection, sql: str) -> tuple[float, str]:
    """The configured query's number, and its text or nothing.

    Raises:
        ProbeUnreadable: its first column is no number. SchemaBotError: it failed.
    """
    row = connection.first(sql)
    if row is None:
        return 0.0, ""
    try:
        value = float(row[0] or 0)
    except (TypeError, ValueError) as error:
        raise ProbeUnreadable(answer=row[0]) from error
    if not isfinite(value):
        raise ProbeUnreadable(answer=row[0])
    return value, str(row[1]) if len(row) > 1 and row[1] is not None else ""


def _tells_history_as_status(flavor: Flavor) -> bool:
    return flavor.is_mariadb()
