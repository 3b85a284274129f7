"""Server error numbers as named questions, and their one translation into our error tree.

The numbers stand here and nowhere else. Source: the error references of MySQL 9.x and MariaDB
10.11; a number means the same on both unless a line says otherwise.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pymysql.err

from tern.errors import (
    AccessDenied,
    Deadlock,
    DiskFull,
    DuplicateKey,
    LockWaitTimeout,
    MissingPrivilege,
    SchemaBotError,
    SchemaMissing,
    ServerUnavailable,
    StatementRejected,
    TableMissing,
    TargetReadOnly,
)

# Deprecated syntax, charset alias, character set, collation.
_LIST_CUT = 1260
_OUT_OF_DATE = frozenset({1287, 3719, 3720, 3778})
# Below 1000 and 2000 to 2999 speaks the client's side: 0 is pymysql's word for a closed connection.
_CONNECTION_LOST = frozenset({
    0,
    1053,  # server shutdown in progress
    1077,
    1079,
    1080,
    1152,
    1158,
    1159,
    1160,
    1161,
    1927,  # MariaDB: connection was killed
    2002,
    2003,
    2005,
    2006,
    2013,
    2014,
    2026,
    2055,
    3169,  # MySQL: session was killed
    4031,  # MySQL: disconnected for inactivity
})
_OVERLOADED = frozenset({
    1037,
    1040,  # too many connections
    1041,
    1047,  # Galera: node not prepared for use
    1135,
    1203,  # the account's own limit of connections
    1226,  # the account's resource limit
})
_INTERRUPTED = frozenset({1317, 1880})  # KILL QUERY
_TIME_LIMIT = frozenset({3024, 1969})  # max_execution_time, MariaDB's max_statement_time
_ACCOUNT_REFUSED = frozenset({
    1044,
    1045,
    1129,  # host blocked after too many failed connections
    1130,
    1251,
    1275,
    1524,  # the account's plugin is not loaded
    1698,
    1820,
    1862,  # password expired
    2059,
    2061,
    3118,  # MySQL: account locked
    3159,  # MySQL: only secure transport allowed
    3955,  # MySQL: blocked after failed logins
    4151,  # MariaDB: account locked
})
_PRIVILEGE = frozenset({1044, 1045, 1142, 1143, 1227, 1370})
_DEADLOCK = frozenset({1213, 1614})
_LOCK_WAIT = frozenset({1205, 3572})  # MariaDB answers a refused NOWAIT with 1205, MySQL with 3572
_READ_ONLY = frozenset({1290, 1792, 1836})
_DUPLICATE = frozenset({1062, 1169, 1557, 1586, 1859})
_TABLE_MISSING = frozenset({1051, 1146, 1932})
_ALGORITHM_REFUSED = frozenset({1845, 1846, 4092})  # 4092: no instant row version is left
_VALUE_REFUSED = frozenset({
    1048,
    1138,
    1263,
    1264,
    1265,
    1292,
    1366,
    1367,
    1406,
    1411,
    1526,  # no partition for the value
    1690,
    1748,
    1903,
    3140,  # invalid JSON
    3819,  # MySQL: check violated
    4025,  # MariaDB: check violated
    22003,
    22007,
})
_TRANSACTION_TOO_BIG = frozenset({1197, 1206, 3100})
_DISK_FULL = frozenset({1021, 1114})
_NO_SPACE = re.compile(r"No space left|(?:Errcode|errno|error)[: ]+28\b", re.IGNORECASE)
_INDEX_LOG_FULL = 1799  # innodb_online_alter_log_max_size
_ROW_SIZE = frozenset({1118, 1031, 1071})
_SYNTAX = frozenset({1064, 1149, 4161})  # 4161: MariaDB knows no such type
_UNKNOWN_THREAD = 1094
_UNKNOWN_SCHEMA = 1049
_FORBIDDEN_BY_OPTION = 1290


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What was being done when the server answered with an error: facts for its message.

    Attributes:
        waited: How long the statement had run.
    """

    place: str
    account: str
    table: str | None = None
    schema: str | None = None
    waited: timedelta = timedelta(0)

    @property
    def subject(self) -> str:
        """The table if one is known, else the place."""
        return self.table or self.place


def number_of(error: BaseException | None) -> int | None:
    """The server's error number behind an error of ours; None when no server spoke."""
    while error is not None:
        if isinstance(error, pymysql.err.Error) and error.args and isinstance(error.args[0], int):
            return error.args[0]
        error = error.__cause__
    return None


def text_of(error: BaseException | None) -> str:
    """The server's own words behind an error of ours, or its message when no server spoke."""
    cause = error
    while cause is not None:
        if isinstance(cause, pymysql.err.Error) and len(cause.args) > 1:
            return str(cause.args[1])
        cause = cause.__cause__
    return str(error)


def is_connection_lost(error: BaseException) -> bool:
    """Whether the session is gone, so that the last statement's effect is not known."""
    number = number_of(error)
    return number in _CONNECTION_LOST if number is not None else False


def is_interrupted(error: BaseException) -> bool:
    """Whether somebody ended the statement (KILL QUERY) and left the session alive."""
    return number_of(error) in _INTERRUPTED


def is_time_limit(error: BaseException) -> bool:
    """Whether the statement ran into the server's limit on its time, or our read time-out."""
    return number_of(error) in _TIME_LIMIT or "timed out" in text_of(error)


def is_lock_refused(error: BaseException) -> bool:
    """Whether a row or metadata lock was not had: NOWAIT said no, or the budget ran out."""
    return number_of(error) in _LOCK_WAIT


def is_deadlock(error: BaseException) -> bool:
    """Whether the transaction was rolled back as a deadlock's victim."""
    return number_of(error) in _DEADLOCK


def is_algorithm_refused(error: BaseException) -> bool:
    """Whether ALTER can't run by the demanded ALGORITHM or LOCK, but perhaps by another."""
    return number_of(error) in _ALGORITHM_REFUSED


def is_duplicate(error: BaseException) -> bool:
    """Whether a unique key forbade a row."""
    return number_of(error) in _DUPLICATE


def is_value_refused(error: BaseException) -> bool:
    """Whether a row's value does not fit its column, check or partition."""
    return number_of(error) in _VALUE_REFUSED


def is_transaction_too_big(error: BaseException) -> bool:
    """Whether fewer rows at once would pass (lock table or binary log cache full)."""
    return number_of(error) in _TRANSACTION_TOO_BIG


def is_index_log_full(error: BaseException) -> bool:
    """Whether more was written beside an online ALTER than the server keeps of it."""
    return number_of(error) == _INDEX_LOG_FULL


def is_about_statement(warning: int) -> bool:
    """Whether a warning is about words of the statement, not about a value: one is out of date."""
    return warning in _OUT_OF_DATE


def is_list_cut(warning: int) -> bool:
    """Whether a warning says that GROUP_CONCAT did not fit what the session allows."""
    return warning == _LIST_CUT


def is_syntax(error: BaseException) -> bool:
    """Whether the server could not parse the statement."""
    return number_of(error) in _SYNTAX


def is_table_missing(error: BaseException) -> bool:
    """Whether the server says that a named table does not exist."""
    return number_of(error) in _TABLE_MISSING


def is_row_format_refused(error: BaseException) -> bool:
    """Whether a definition is refused that an older or laxer setting accepted."""
    return number_of(error) in _ROW_SIZE


def is_unknown_thread(error: BaseException) -> bool:
    """Whether KILL named a session that is gone already."""
    return number_of(error) == _UNKNOWN_THREAD


def is_privilege_missing(error: BaseException) -> bool:
    """Whether the account may not do what the statement asked."""
    return number_of(error) in _PRIVILEGE


def translate(error: pymysql.err.Error, at: Circumstances) -> SchemaBotError:
    """The leaf for an error of a statement; raise it `from` the error."""
    number = number_of(error)
    number = -1 if number is None else number
    text = text_of(error)
    if number in _READ_ONLY and not _is_read_only_text(number, text):
        return StatementRejected(table=at.subject, number=number, reason=text)
    for numbers, leaf in _LEAVES:
        if number in numbers:
            return leaf(text, at)
    if _NO_SPACE.search(text):
        return DiskFull(place=at.place, reason=text)
    return StatementRejected(table=at.subject, number=number, reason=text)


def translate_connecting(error: pymysql.err.Error, at: Circumstances) -> SchemaBotError:
    """The leaf for an error while the session was being made."""
    number = number_of(error)
    if number == _UNKNOWN_SCHEMA and at.schema is not None:
        return SchemaMissing(place=at.place, schema=at.schema)
    if number in _ACCOUNT_REFUSED:
        return AccessDenied(place=at.place, account=at.account)
    return ServerUnavailable(place=at.place, reason=_connecting_reason(error))


def _connecting_reason(error: pymysql.err.Error) -> str:
    """The reason without the driver's preamble, which repeats the place."""
    original = getattr(error, "original_exception", None)
    if isinstance(original, TimeoutError):
        return "no answer in time"
    return str(original) if original is not None else text_of(error)


def _is_read_only_text(number: int, text: str) -> bool:
    """1290 stands for any server option that forbids a statement; read-only is one of many."""
    return number != _FORBIDDEN_BY_OPTION or "read-only" in text or "read_only" in text


def _duplicate(text: str, at: Circumstances) -> SchemaBotError:
    found = re.search(r"Duplicate entry '(?P<value>.*)' for key '(?P<index>.*)'", text, re.DOTALL)
    value, index = (found["value"], found["index"]) if found else ("?", "?")
    return DuplicateKey(table=at.subject, index=index.rpartition(".")[2], value=repr(value))


def _privilege(text: str, at: Circumstances) -> SchemaBotError:
    return MissingPrivilege(place=at.place, account=at.account, grants=(_grant(text, at),))


def _grant(text: str, at: Circumstances) -> str:
    """The GRANT that would have let the statement pass, from what the server says it lacked."""
    to = re.search(r"'[^']*'@'[^']*'", text)
    account = to[0] if to else f"'{at.account}'"
    command = re.match(r"([A-Z, ]+) command denied to user .* for (?:table|column) (\S+)", text)
    if command:
        table = command[2].strip("'") if "`" in command[2] else at.subject
        return f"GRANT {command[1]} ON {table} TO {account}"
    one_of = re.search(r"\(at least one of\) the (.+?) privilege", text)
    if one_of:
        return f"GRANT {one_of[1].split(' or ')[0].split(',')[0]} ON *.* TO {account}"
    schema = re.search(r"to database '(.+?)'", text)
    return f"GRANT ALL PRIVILEGES ON `{schema[1]}`.* TO {account}" if schema else text


_Leaf = Callable[[str, Circumstances], SchemaBotError]
_LEAVES: tuple[tuple[frozenset[int], _Leaf], ...] = (
    (_DEADLOCK, lambda _, at: Deadlock(place=at.place)),
    (_LOCK_WAIT, lambda _, at: LockWaitTimeout(table=at.subject, waited=at.waited)),
    (_CONNECTION_LOST, lambda text, at: ServerUnavailable(place=at.place, reason=text or "closed")),
    (_OVERLOADED, lambda text, at: ServerUnavailable(place=at.place, reason=text)),
    (_INTERRUPTED, lambda text, at: ServerUnavailable(place=at.place, reason=text)),
    (_DISK_FULL, lambda text, at: DiskFull(place=at.place, reason=text)),
    (_PRIVILEGE, _privilege),
    (_READ_ONLY, lambda _, at: TargetReadOnly(place=at.place)),
    (_DUPLICATE, _duplicate),
    (_TABLE_MISSING, lambda _, at: TableMissing(place=at.place, table=at.subject)),
    (
        frozenset({_UNKNOWN_SCHEMA}),
        lambda text, at: SchemaMissing(place=at.place, schema=_quoted(text) or at.schema or "?"),
    ),
)


def _quoted(text: str) -> str | None:
    found = re.search(r"'([^']*)'", text)
    return found[1] if found else None
