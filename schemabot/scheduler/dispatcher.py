"""What admission may use of this process's workers: a free slot if there is one, and a nudge."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from schemabot.scheduler.optimistic import Reservation
from schemabot.scheduler.pool import Pool


class LocalDispatcher:
    """The port of `service.dispatching` over a pool and `Waker.wake`."""

    def __init__(self, *, pool: Pool, wake: Callable[[], None]) -> None:
        self._pool = pool
        self._wake = wake

    def reserve(self) -> AbstractContextManager[Reservation | None]:
        """A slot with its permit, or None where anything is missing (Q-35). Never waits."""
        return self._pool.reserve() or nullcontext()

    def wake(self) -> None:
        """Ring here and at some peers. Never blocks, never raises."""
        self._wake()
