"""A run's reports to its caller: one at a time, in order, and none once the lease is gone."""

from collections.abc import Callable, Iterable

from anyio import Lock

from tern.client import Reporter
from tern.errors import LeaseLost
from tern.local.picture import Picture
from tern.values.control import Settled
from tern.values.progress import LogLine


class Reports:
    """What goes out; every method raises LeaseLost when the work is no longer ours."""

    def __init__(self, picture: Picture, report: Reporter, *, is_lost: Callable[[], bool]) -> None:
        self._picture = picture
        self._report = report
        self._is_lost = is_lost
        self._turn = Lock()

    async def accepted(self) -> None:
        """Say that the target has the work on record."""
        async with self._turn:
            self._check()
            await self._report.accepted(None)

    async def send(self) -> None:
        """Send the whole picture."""
        async with self._turn:
            self._check()
            await self._report.progress(self._picture.progress())

    async def settle(self, settled: Iterable[Settled]) -> None:
        """Send how requests ended."""
        for each in settled:
            async with self._turn:
                self._check()
                await self._report.settled(each)

    async def log(self, event: str, message: str, *, task_id: str | None = None) -> None:
        """Send one line for people."""
        async with self._turn:
            self._check()
            line = LogLine(level="info", event=event, message=message, task_id=task_id)
            await self._report.log(line)

    def _check(self) -> None:
        if self._is_lost():
            raise LeaseLost(subject="the run", reason="nothing more may be reported")
