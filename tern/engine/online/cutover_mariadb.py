"""MariaDB renames no table that the session has locked, so two kinds of sessions swap (E-50, E-51).

The holders lock and drain, one per table. Then the DDL session sends the RENAME; it asks for its
locks in byte order of the names, which begins with the first source, and waits there. Now whatever
write comes queues behind it. The first holder frees its table, the DDL session takes it and waits
for the next, and so on. A sentry stands under the last retired name until the last moment: if a
holder dies before that, the rename finds the name taken, fails, and nothing has happened. After it,
the rename is right whoever dies.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from threading import Event
from time import monotonic

from tern.binlog.watched_table import TableName
from tern.engine.online import statements
from tern.engine.online.change import Change
from tern.engine.online.cleanup import drop_sentry
from tern.engine.online.crew import Worker
from tern.engine.online.drain import (
    CutoverMissedError,
    Holding,
    check_may_swap,
    holding,
    receive_all,
)
from tern.errors import LockWaitTimeout, SchemaBotError, ServerUnavailable
from tern.mysql.metadata_lock import holds_exclusively

_RENAME_WAIT = timedelta(seconds=3)
_LOOK_SECONDS = 0.005
_WAITING = "Waiting for table metadata lock"
_STATE = "SELECT STATE FROM information_schema.PROCESSLIST WHERE ID = %s"


def swap_in_two_sessions(change: Change, *, lock_wait: timedelta) -> None:
    """The new tables stand under the old names.

    Raises:
        LockWaitTimeout, CutoverMissedError: they don't, and nothing has changed.
        ServerUnavailable: a session was lost; whether they do must be looked at.
    """
    lanes = sorted(change.lanes, key=lambda lane: lane.link.source.name.encode())
    sentry = lanes[-1].names.retired
    drop_sentry(change.ground, sentry)
    change.ground.ddl(statements.create_sentry(sentry))
    try:
        with ExitStack() as stack:
            holders = [
                stack.enter_context(holding(change, [lane], lock_wait=lock_wait)) for lane in lanes
            ]
            _swap(change, holders, sentry)
    except (LockWaitTimeout, CutoverMissedError):
        drop_sentry(change.ground, sentry)
        raise


def _swap(change: Change, holders: Sequence[Holding], sentry: TableName) -> None:
    for held in holders:
        held.lock(others=[sentry] if held is holders[-1] else [])
    deadline = monotonic() + change.ground.options.cutover_hold.total_seconds()
    receive_all(change, deadline)
    for held in holders:
        held.write_rest(deadline)
    check_may_swap(change)
    rename = _Rename(change, holders)
    rename.send()
    try:
        for place, held in enumerate(holders):
            rename.wait_at(place, deadline)
            if held is holders[-1]:
                held.connection.execute(statements.drop_own(sentry))
            held.free()
    except BaseException:
        for held in holders:
            held.connection.abort()
        rename.wait_ended()
        raise
    rename.wait_ended()


class _Rename:
    """The RENAME under way on the DDL session, on a thread of its own."""

    def __init__(self, change: Change, holders: Sequence[Holding]) -> None:
        self._ground = change.ground
        self._crew = change.crew
        self._connection = change.ground.fenced.connection
        self._sources = [held.lanes[0].link.source for held in holders]
        self._sql = statements.rename_tables(
            pair
            for lane in change.lanes
            for pair in statements.swap_pairs(lane.link, lane.names.retired)
        )
        self._failure: SchemaBotError | None = None
        self._worker: Worker | None = None

    def send(self) -> None:
        """It is on its way to the server, or there."""
        wait = int(_RENAME_WAIT.total_seconds())
        self._connection.execute(f"SET SESSION lock_wait_timeout = {wait:d}")
        self._worker = self._crew.start("rename", self._run)

    def wait_at(self, place: int, deadline: float) -> None:
        """It waits for the table at this place, and holds all before it.

        Raises:
            CutoverMissedError: it ended or did not come so far in time.
        """
        while not self._is_at(place):
            if self._worker is None or not self._worker.is_alive:
                raise CutoverMissedError(f"the rename was refused: {self._failure}")
            if monotonic() > deadline:
                raise CutoverMissedError("the rename did not come to wait in time")
            self._worker.retiring.wait(_LOOK_SECONDS)

    def wait_ended(self) -> None:
        """It has ended, and well.

        Raises:
            CutoverMissedError: the server refused it; nothing was renamed.
            ServerUnavailable: its session was lost; nobody knows.
        """
        if self._worker is not None:
            self._worker.thread.join()
        if isinstance(self._failure, ServerUnavailable):
            raise self._failure
        if self._failure is not None:
            raise CutoverMissedError(f"the rename was refused: {self._failure}")

    def _run(self, leaving: Event) -> None:
        del leaving
        try:
            self._connection.execute(self._sql, table=str(self._sources[0]))
        except SchemaBotError as error:
            self._failure = error

    def _is_at(self, place: int) -> bool:
        desk = self._ground.desk
        if desk.value(_STATE, (self._connection.id,)) != _WAITING:
            return False
        return all(
            holds_exclusively(desk, self._connection.id, schema=table.schema, table=table.name)
            for table in self._sources[:place]
        )
