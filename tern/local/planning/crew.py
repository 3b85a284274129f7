"""Several connections that work through one list; the only threads that planning has.

They live inside one `with` block: on its end every thread has ended and every connection is closed.
The first error ends the work; what the others do at that moment is finished, nothing new begins.
"""

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from queue import Empty, SimpleQueue
from threading import Event
from typing import TypeVar

from tern.errors import SchemaBotError, ServerUnavailable
from tern.mysql.connection import Connection
from tern.mysql.kill import kill_until_gone

T = TypeVar("T")
R = TypeVar("R")

_KILLED_WITHIN = timedelta(seconds=10)


class PlanningStopped(ServerUnavailable):
    """Whoever asked for the plan no longer wants it."""

    code = "planning_stopped"

    def __init__(self) -> None:
        super().__init__(place="the plan", reason="the request was cancelled")


class Crew:
    """A few connections of one kind; `each` may be called again and again, from one thread."""

    def __init__(
        self,
        open_one: Callable[[], Connection],
        *,
        size: int,
        lent: Connection,
        stopping: Event,
    ) -> None:
        self._open_one = open_one
        self._lent = lent
        self._stopping = stopping
        self._idle: SimpleQueue[Connection] = SimpleQueue()
        self._idle.put(lent)
        self._pool = ThreadPoolExecutor(max_workers=size, thread_name_prefix="planning")

    def each(self, work: Callable[[Connection, T], R], items: Iterable[T]) -> list[R]:
        """The results in the order of the items.

        Raises:
            PlanningStopped: the plan is no longer wanted; or the first error of the work.
        """
        failed = Event()

        def one(item: T) -> R:
            if self._stopping.is_set() or failed.is_set():
                raise PlanningStopped
            try:
                return self._with_connection(work, item)
            except BaseException:
                failed.set()
                raise

        futures = [self._pool.submit(one, item) for item in items]
        errors = [error for error in (future.exception() for future in futures) if error]
        if errors:
            # Those that never began say no more than that another failed.
            raise next((e for e in errors if not isinstance(e, PlanningStopped)), errors[0])
        return [future.result() for future in futures]

    def close(self) -> None:
        """Join the threads and end their sessions; the lent one goes back as it is."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        with suppress(Empty):
            while True:
                connection = self._idle.get_nowait()
                if connection is not self._lent:
                    connection.close()

    def _with_connection(self, work: Callable[[Connection, T], R], item: T) -> R:
        connection = self._take()
        try:
            return work(connection, item)
        finally:
            if connection.is_open:
                self._idle.put(connection)
            else:
                self._end(connection)

    def _end(self, lost: Connection) -> None:
        """End a session that no answer came from: its statement may go on and hold its locks."""
        with suppress(SchemaBotError), self._open_one() as other:
            kill_until_gone(other, lost.id, within=_KILLED_WITHIN)

    def _take(self) -> Connection:
        try:
            return self._idle.get_nowait()
        except Empty:
            return self._open_one()


@contextmanager
def crew(
    open_one: Callable[[], Connection], *, size: int, lent: Connection, stopping: Event
) -> Generator[Crew]:
    """A crew for the length of the block, of which the caller's own connection is one.

    The caller must not use that connection while `each` runs.
    """
    working = Crew(open_one, size=size, lent=lent, stopping=stopping)
    try:
        yield working
    finally:
        working.close()
