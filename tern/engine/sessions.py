"""All sessions of one run on a target, so that they can be cut together the moment it must end."""

import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock

from tern.ddl.flavor import Flavor
from tern.errors import LeaseLost, SchemaBotError
from tern.mysql.connect import READ_TIMEOUT, ConnectParams, connect
from tern.mysql.connection import Connection
from tern.mysql.kill import kill_until_gone
from tern.mysql.session import Session, plain_session

CONNECT_TIMEOUT = timedelta(seconds=3)
LEAVE_WITHIN = timedelta(seconds=2)

log = logging.getLogger(__name__)


class Sessions:
    """Opens the sessions of a run and knows which are open; `cut` may be called from any thread."""

    def __init__(self, params: ConnectParams) -> None:
        self._params = params
        self._lock = Lock()
        self._open: dict[int, Connection] = {}
        self._ids: set[int] = set()
        self._cut_ids: tuple[int, ...] = ()
        self._is_cut = False

    @property
    def place(self) -> str:
        """The target's address as people write it."""
        return self._params.place

    @property
    def params(self) -> ConnectParams:
        """How the target is reached."""
        return self._params

    def is_own(self, session_id: int) -> bool:
        """Whether the server's number is that of a session opened here, now or earlier."""
        return session_id in self._ids

    @property
    def is_cut(self) -> bool:
        """Whether the run has been told to be off the target."""
        return self._is_cut

    @contextmanager
    def open(
        self,
        session: Callable[[Flavor], Session] = plain_session,
        *,
        read_timeout: timedelta | None = READ_TIMEOUT,
    ) -> Iterator[Connection]:
        """A session for the length of the block.

        Raises:
            LeaseLost: the run was cut, before or while it connected.
            SchemaBotError: as `connect`.
        """
        self.check()
        connection = connect(
            self._params,
            session=session,
            read_timeout=read_timeout,
            connect_timeout=CONNECT_TIMEOUT,
        )
        self._add(connection)
        try:
            yield connection
        finally:
            self._drop(connection)

    def cut(self) -> None:
        """Break every open session at once and open no other; calls blocked in one fail as lost."""
        with self._lock:
            if self._is_cut:
                return
            self._is_cut = True
            sessions = tuple(self._open.values())
            self._cut_ids = tuple(self._open)
        for connection in sessions:
            connection.abort()

    def end_others(self, killer: Connection, *, kept: Collection[int]) -> None:
        """Break every open session but the killer's and these; calls blocked in one fail as lost.

        The server is told, too: else it would finish their statements.
        """
        with self._lock:
            ended = {
                number: connection
                for number, connection in self._open.items()
                if number != killer.id and number not in kept
            }
        for connection in ended.values():
            connection.abort()
        try:
            for number in ended:
                if not kill_until_gone(killer, number, within=LEAVE_WITHIN):
                    log.error("session %s on %s does not end", number, self.place)
        except SchemaBotError as error:
            log.error("sessions %s on %s may still run: %s", sorted(ended), self.place, error)  # noqa: TRY400  # the error says all there is

    def check(self) -> None:
        """Do nothing while the run may go on.

        Raises:
            LeaseLost: it was cut.
        """
        if self._is_cut:
            raise LeaseLost(subject=self.place, reason="the run was told to leave the target")

    def leave(self) -> None:
        """After a cut: see that the server is rid of what was cut, as far as it can be reached.

        It may not have noticed yet that nobody listens, and would finish a statement that still
        waits for a lock. A failure is logged; then that statement's own lock wait bounds it.
        """
        if not self._cut_ids:
            return
        try:
            self._end(self._cut_ids)
        except SchemaBotError as error:
            log.error("sessions %s on %s may still run: %s", self._cut_ids, self.place, error)  # noqa: TRY400  # the error says all there is

    def _end(self, session_ids: tuple[int, ...]) -> None:
        with connect(
            self._params,
            session=plain_session,
            read_timeout=LEAVE_WITHIN,
            connect_timeout=LEAVE_WITHIN,
        ) as killer:
            for session_id in session_ids:
                if not kill_until_gone(killer, session_id, within=LEAVE_WITHIN):
                    log.error("session %s on %s does not end", session_id, self.place)

    def _add(self, connection: Connection) -> None:
        with self._lock:
            if not self._is_cut:
                self._open[connection.id] = connection
                self._ids.add(connection.id)
                return
        connection.close()
        self.check()

    def _drop(self, connection: Connection) -> None:
        with self._lock:
            del self._open[connection.id]
        connection.close()
