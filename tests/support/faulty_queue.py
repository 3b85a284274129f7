"""A queue whose calls fail at chosen places: before the storage saw them, or after its commit."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from schemabot.domain.errors import StorageUnavailable
from schemabot.domain.execution import DriveEnd, Execution, Recorded, Renewal, Report
from schemabot.domain.lease import Lease
from schemabot.scheduler.queue import Queue

T = TypeVar("T")


class FaultyQueue:
    """Passes calls on to a real queue; each planned fault is used once.

    `before` and `after` name methods: as often as a name stands there, its call fails, the request
    or the answer being lost.
    """

    def __init__(
        self, queue: Queue, *, before: Sequence[str] = (), after: Sequence[str] = ()
    ) -> None:
        self._queue = queue
        self._before = list(before)
        self._after = list(after)
        self.is_away = False

    @property
    def faults_left(self) -> int:
        return len(self._before) + len(self._after)

    async def claim(self, *, slots: int, owner: str) -> tuple[Execution, ...]:
        return await self._call("claim", lambda: self._queue.claim(slots=slots, owner=owner))

    def renew(self, leases: Sequence[Lease], *, term: timedelta) -> Renewal:
        if self.is_away:
            raise StorageUnavailable(reason="away")
        return self._queue.renew(leases, term=term)

    async def record(self, lease: Lease, report: Report) -> Recorded:
        return await self._call("record", lambda: self._queue.record(lease, report))

    async def finish(self, lease: Lease, end: DriveEnd, report: Report) -> Recorded:
        return await self._call("finish", lambda: self._queue.finish(lease, end, report))

    async def _call(self, name: str, call: Callable[[], Awaitable[T]]) -> T:
        if self.is_away or _takes(self._before, name):
            raise StorageUnavailable(reason=f"{name} was not sent")
        answer = await call()
        if _takes(self._after, name):
            raise StorageUnavailable(reason=f"the answer to {name} was lost")
        return answer


def _takes(planned: list[str], name: str) -> bool:
    if name in planned:
        planned.remove(name)
        return True
    return False
