"""The engine with one of its guards taken away: each must be found out by the ledger (E-76).

Every function here alters the program of the process that calls it, for good.
"""

import re
from collections import deque
from collections.abc import Callable, Sequence
from time import monotonic

from pymysql.connections import Connection
from pymysql.cursors import Cursor

from tern.binlog.watched_table import Key, TableName
from tern.engine.online import names
from tern.engine.online.delta import Delta
from tern.engine.online.watermark import START, Bound, Watermark

_LOCKING = re.compile(r" (FOR SHARE|LOCK IN SHARE MODE) NOWAIT")
EARLY_SECONDS = 0.3


def copy_without_locks() -> None:
    """Rows are read as some snapshot has them."""
    _rewrite_inserts(lambda sql: _LOCKING.sub("", sql))


def skip_locked_rows() -> None:
    """Rows that somebody holds are passed over."""
    _rewrite_inserts(lambda sql: sql.replace("NOWAIT", "SKIP LOCKED"))


def sort_the_shadow_first() -> None:
    """The shadow's name comes before the source's, which a MariaDB cutover relies on."""

    def stem(source: TableName) -> str:
        return f"_{source.name}"

    names._stem = stem  # noqa: SLF001  # what is altered is none of a test's business


def read_dispatched_early() -> None:
    """Whether an event may be dropped is told by what was handed out before its receipt."""
    file = Delta.file

    def filed(delta: Delta, keys: Sequence[Key], number: int) -> None:
        mark = delta._watermark  # noqa: SLF001  # as above
        if not isinstance(mark, _Early):
            mark = _Early(mark)
        delta._watermark = mark  # noqa: SLF001  # as above
        mark.is_early = True
        try:
            file(delta, keys, number)
        finally:
            mark.is_early = False

    Delta.file = filed  # type: ignore[assignment, method-assign]  # that is the point


class _Early(Watermark):
    """Tells, while asked to, what was true some time ago."""

    def __init__(self, true: Watermark) -> None:
        super().__init__()
        self._true = true
        self._seen: deque[tuple[float, Bound]] = deque([(0.0, START)])
        self.is_early = False

    @property
    def dispatched(self) -> Bound:
        now = monotonic()
        self._seen.append((now, self._true.dispatched))
        while len(self._seen) > 1 and self._seen[1][0] < now - EARLY_SECONDS:
            self._seen.popleft()
        return self._seen[0][1] if self.is_early else self._true.dispatched

    @property
    def low(self) -> Bound:
        return self._true.low


def _rewrite_inserts(rewritten: Callable[[str], str]) -> None:
    """In the driver, beneath everything of ours."""
    send = Connection.query

    def query(driver: "Connection[Cursor]", sql: object, unbuffered: bool = False) -> int:  # noqa: FBT001, FBT002  # the driver's own
        text = sql.decode("utf-8", "surrogateescape") if isinstance(sql, bytes) else str(sql)
        if text.startswith("INSERT INTO") and " SELECT " in text:
            sql = rewritten(text)
        answer: int = send(driver, sql, unbuffered)
        return answer

    Connection.query = query  # type: ignore[assignment, method-assign]  # the driver, not ours
