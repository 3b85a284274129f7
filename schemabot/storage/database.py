"""One database of the service: its connections and its transactions."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import local
from typing import TypeVar

from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from schemabot.storage.clock import Clock, SqliteClock
from schemabot.storage.connections import IMMEDIATE, connect_lazily
from schemabot.storage.faults import is_lock_wait, is_outage, is_repeatable, outage_of
from schemabot.storage.retry import repeat_transaction

T = TypeVar("T")

_SERVER_PORT = 3306
_LOCK_WAIT = timedelta(seconds=5)
_BEAT_LOCK_WAIT = timedelta(seconds=1)
_ANSWER_WITHIN = timedelta(seconds=30)
_BEAT_ANSWER_WITHIN = timedelta(seconds=2)


class Database:
    """Transactions on SQLite, MariaDB or MySQL, whole or not at all.

    A transaction that is begun while this thread has one open joins it: so a use case puts rows of
    several stores, its audit and its idempotency key into one commit.

    Attributes:
        clock: DB now, as expressions of this database.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 10,
        connect_timeout: timedelta = timedelta(seconds=5),
    ) -> None:
        self.engine = connect_lazily(
            url,
            pool_size=pool_size,
            connect_timeout=connect_timeout,
            lock_wait=_LOCK_WAIT,
            answer_within=_ANSWER_WITHIN,
        )
        self._beating = connect_lazily(
            url,
            pool_size=1,
            connect_timeout=connect_timeout,
            lock_wait=_BEAT_LOCK_WAIT,
            answer_within=_BEAT_ANSWER_WITHIN,
        )
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self.clock: Clock = SqliteClock() if self.is_sqlite else Clock()
        self._open = _OpenTransaction()

    @property
    def server(self) -> tuple[str, int] | None:
        """Host and port of the server; None for a file, and for a server on a Unix socket."""
        url = self.engine.url
        return None if url.host is None else (url.host, url.port or _SERVER_PORT)

    def write(
        self,
        work: Callable[[Connection], T],
        *,
        confirm: Callable[[Connection], T | None] | None = None,
    ) -> T:
        """What `work` gives, committed; joins the thread's open transaction, if there is one.

        A deadlock, a lock wait or a busy database repeats the whole transaction, so `work` may run
        several times (Q-32).

        Args:
            work: Runs every statement on the connection that it is given.
            confirm: Read on a fresh connection when COMMIT went unanswered: what was stored, or
                None when nothing was (Q-6).

        Raises:
            StorageUnavailable: the database does not answer. Nothing is stored, but for an
                unanswered COMMIT without `confirm`.
        """
        if self._open.connection is not None:
            return work(self._open.for_writing())
        return repeat_transaction(lambda: self._transact(work, confirm=confirm))

    def read(self, work: Callable[[Connection], T], *, is_snapshot: bool = False) -> T:
        """What `work` reads, in one transaction; joins the thread's open one, if there is one.

        Args:
            work: Runs every statement on the connection that it is given; writes nothing.
            is_snapshot: Every statement sees the same commits (on SQLite always).

        Raises:
            StorageUnavailable: the database does not answer; never an empty result.
        """
        if self._open.connection is not None:
            return work(self._open.connection)
        return repeat_transaction(lambda: self._look(work, is_snapshot=is_snapshot))

    def beat(self, work: Callable[[Connection], T]) -> T:
        """As `write`, on the connection that beats alone use, waiting 1 s for a row (Q-25).

        Raises:
            RowsLocked: a row stayed locked; nothing is stored.
            StorageUnavailable: as `write`.
        """
        if self._open.connection is not None:
            return work(self._open.for_writing())
        try:
            return repeat_transaction(lambda: self._beat_once(work))
        except _LockWaitOver as error:
            raise RowsLocked from error

    def now(self) -> datetime:
        """The database's time, aware UTC. Raises StorageUnavailable."""
        return self.read(lambda tx: tx.execute(select(self.clock.now())).scalar_one())

    @contextmanager
    def exclusive(self) -> Iterator[Connection]:
        """A connection for an upgrade; on SQLite alone in writing, rolled back unless committed."""
        with self._connected(self.engine, is_immediate=True) as connection:
            yield connection

    def ping(self) -> None:
        """Raises StorageUnavailable unless the database answers."""
        self.read(lambda tx: tx.execute(text("SELECT 1")).scalar_one())

    def close(self) -> None:
        """Close every connection that is not in use; the database may not be used afterwards."""
        self.engine.dispose()
        self._beating.dispose()

    def commit(self, connection: Connection) -> None:
        """Make the open transaction durable; the seam at which tests let a process die."""
        connection.commit()

    def _transact(
        self,
        work: Callable[[Connection], T],
        *,
        confirm: Callable[[Connection], T | None] | None,
    ) -> T:
        with self._connected(self.engine, is_immediate=True) as connection:
            with self._open.by(connection, may_write=True):
                answer = work(connection)
            try:
                self.commit(connection)
            except DBAPIError as error:
                if is_repeatable(error) or not is_outage(error):
                    raise
                unanswered = error
            else:
                return answer
        return self._confirmed(confirm, unanswered)

    def _confirmed(
        self, confirm: Callable[[Connection], T | None] | None, unanswered: DBAPIError
    ) -> T:
        stored = None if confirm is None else self._look(confirm)
        if stored is None:
            raise outage_of(unanswered) from unanswered
        return stored

    def _look(self, work: Callable[[Connection], T], *, is_snapshot: bool = False) -> T:
        reading = self._connected(self.engine)
        with reading as connection, self._open.by(connection, may_write=False):
            if is_snapshot and not self.is_sqlite:
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            return work(connection)

    def _beat_once(self, work: Callable[[Connection], T]) -> T:
        with self._connected(self._beating, is_immediate=True) as connection:
            try:
                answer = work(connection)
                self.commit(connection)
            except DBAPIError as error:
                if is_lock_wait(error):
                    raise _LockWaitOver from error
                raise
            return answer

    @contextmanager
    def _connected(self, engine: Engine, *, is_immediate: bool = False) -> Iterator[Connection]:
        """A connection with a transaction open, rolled back at the end unless committed."""
        options = {IMMEDIATE: is_immediate}
        try:
            with engine.connect().execution_options(**options) as connection, _begun(connection):
                yield connection
        except SQLAlchemyError as error:
            if is_outage(error) and not (isinstance(error, DBAPIError) and is_repeatable(error)):
                raise outage_of(error) from error
            raise


@contextmanager
def _begun(connection: Connection) -> Iterator[None]:
    connection.begin()
    try:
        yield
    finally:
        connection.rollback()  # nothing is left to undo after a commit


class RowsLocked(Exception):
    """A row stayed locked for longer than a beat waits; never leaves storage."""


class _LockWaitOver(Exception):
    pass


class _OpenTransaction(local):
    """The transaction that this thread has open."""

    connection: Connection | None = None
    may_write: bool = False

    @contextmanager
    def by(self, connection: Connection, *, may_write: bool) -> Iterator[None]:
        self.connection, self.may_write = connection, may_write
        try:
            yield
        finally:
            self.connection = None

    def for_writing(self) -> Connection:
        """The open connection; what is written in a read would be rolled back unseen."""
        if self.connection is None or not self.may_write:
            raise RuntimeError("a transaction that reads can't be joined by one that writes")
        return self.connection
