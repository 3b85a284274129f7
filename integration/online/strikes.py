"""Something happens to a session at a chosen statement: before it is sent, or after its answer.

The cut is made in the driver, beneath everything of ours.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Lock

import pymysql
from pymysql.connections import Connection
from pymysql.cursors import Cursor

from integration.databases import Database

Blow = Callable[["Connection[Cursor]"], None]

RANGE = r"^INSERT INTO .*_n` .* WHERE (?!`id` IN)"
REPLAY = r"^INSERT INTO .*_n` .* WHERE `id` IN"
COMPARE = r"LEFT JOIN .*_n`"
CHECKPOINT = r"^UPDATE .*_c` SET doc"
FENCED = r"IS_USED_LOCK"
LOCK = r"^LOCK TABLES"
RENAME = r"^RENAME TABLE"
SENTRY_DROP = r"^DROP TABLE `[^`]*`\.`[^`]*_o`$"
UNLOCK = r"^UNLOCK TABLES"


@dataclass(slots=True, kw_only=True)
class Strike:
    """Once, at the n-th statement that looks like this.

    Attributes:
        blow: Is given the session that sends the statement.
        has_hit: Whether it has happened.
    """

    looks_like: str
    blow: Blow
    is_after: bool = False
    number: int = 1
    has_hit: bool = False
    _lock: Lock = field(default_factory=Lock)

    def is_due(self, sql: str) -> bool:
        """Count a statement; whether it is the one."""
        if self.has_hit or re.search(self.looks_like, sql) is None:
            return False
        with self._lock:
            self.number -= 1
            self.has_hit = self.number == 0
            return self.has_hit


@contextmanager
def striking(strike: Strike) -> Iterator[None]:
    """During the block it may happen to any session of this process; at its end it has."""
    send = Connection.query

    def query(driver: "Connection[Cursor]", sql: object, unbuffered: bool = False) -> int:  # noqa: FBT001, FBT002  # the driver's own
        text = sql.decode("utf-8", "replace") if isinstance(sql, bytes) else str(sql)
        is_due = strike.is_due(text)
        if is_due and not strike.is_after:
            strike.blow(driver)
        answer: int = send(driver, sql, unbuffered)
        if is_due and strike.is_after:
            strike.blow(driver)
        return answer

    Connection.query = query  # type: ignore[assignment, method-assign]  # the driver, not ours
    try:
        yield
    finally:
        Connection.query = send  # type: ignore[method-assign]  # as it was
    assert strike.has_hit, f"no statement looked like {strike.looks_like}"


def cut(driver: "Connection[Cursor]") -> None:
    """The network is gone: nothing more is sent or heard; the server notices by itself.

    Raises:
        OperationalError: as the driver says it.
    """
    driver._force_close()  # type: ignore[attr-defined]  # noqa: SLF001  # there is no other way to lose a connection
    raise pymysql.err.OperationalError(2013, "Lost connection to server during query")


def killing(database: Database) -> Blow:
    """An operator ends the session."""

    def kill(driver: "Connection[Cursor]") -> None:
        number: int = driver.thread_id()  # type: ignore[no-untyped-call]  # the driver's own
        database.query(f"KILL {number}")

    return kill


def running(database: Database, sql: str) -> Blow:
    """Somebody else runs a statement at that moment."""

    def run(driver: "Connection[Cursor]") -> None:
        del driver
        with suppress(pymysql.err.OperationalError):
            database.query(sql)

    return run
