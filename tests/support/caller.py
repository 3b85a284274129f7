"""A caller of `Tern.run` whose lease, signals and memory a test holds in its hands."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock

import anyio

from tern.errors import LeaseLost
from tern.values.control import Settled, Signal, SignalKind
from tern.values.progress import LogLine, Progress, TaskProgress, TaskStatus

TERM = timedelta(seconds=15)


class HeldLease:
    """A fence that stays until it is lost on purpose."""

    def __init__(self, epoch: int = 1, *, left: timedelta = TERM) -> None:
        self._epoch = epoch
        self.left = left
        self._lock = Lock()
        self._callbacks: list[Callable[[], None]] = []
        self.is_lost = False

    @property
    def epoch(self) -> int:
        return self._epoch

    def remaining(self) -> timedelta:
        return timedelta(0) if self.is_lost else self.left

    def when_lost(self, callback: Callable[[], None]) -> None:
        with self._lock:
            if not self.is_lost:
                self._callbacks.append(callback)
                return
        callback()

    def lose(self) -> None:
        """The lease is gone, now; callbacks run on the calling thread."""
        with self._lock:
            self.is_lost = True
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()


class SentSignals:
    """Signals that a test sends, before the run or while it goes on."""

    def __init__(self) -> None:
        self._waiting: deque[Signal] = deque()
        self._sent = anyio.Event()

    def send(self, kind: SignalKind, value: int | None = None) -> str:
        """Send one; its request id."""
        signal = Signal(kind=kind, request_id=f"{kind}-request", value=value)
        self._waiting.append(signal)
        self._sent.set()
        return signal.request_id

    async def next(self) -> Signal:
        while not self._waiting:
            self._sent = anyio.Event()
            await self._sent.wait()
        return self._waiting.popleft()


@dataclass(slots=True)
class Memory:
    """A reporter that keeps all it is told, until it is told that the lease is lost."""

    external_ids: list[str | None] = field(default_factory=list)
    reports: list[Progress] = field(default_factory=list)
    settled_as: list[Settled] = field(default_factory=list)
    lines: list[LogLine] = field(default_factory=list)
    remembered: dict[str, str] = field(default_factory=dict)
    refuses: bool = False
    news: anyio.Event = field(default_factory=anyio.Event)

    async def accepted(self, external_id: str | None) -> None:
        self._check()
        self.external_ids.append(external_id)

    async def remember(self, resume_metadata: Mapping[str, str]) -> None:
        self._check()
        self.remembered |= resume_metadata

    async def progress(self, progress: Progress) -> None:
        self._check()
        self.reports.append(progress)
        self._tell()

    async def settled(self, settled: Settled) -> None:
        self._check()
        self.settled_as.append(settled)
        self._tell()

    async def log(self, line: LogLine) -> None:
        self._check()
        self.lines.append(line)

    @property
    def statuses(self) -> dict[str, TaskStatus]:
        """Task id -> status, by the last report."""
        return {task.task_id: task.status for task in self.reports[-1].tasks}

    def task(self, task_id: str) -> TaskProgress:
        """A task's part of the last report."""
        return next(task for task in self.reports[-1].tasks if task.task_id == task_id)

    async def until(self, is_so: Callable[[TaskProgress], bool], *, seconds: float = 60) -> None:
        """Wait for a report with such a task in it."""
        with anyio.fail_after(seconds):
            while not (self.reports and any(is_so(task) for task in self.reports[-1].tasks)):
                await self.news.wait()

    async def until_settled(self, count: int) -> None:
        """Wait until so many requests are settled."""
        with anyio.fail_after(20):
            while len(self.settled_as) < count:
                await self.news.wait()

    def _tell(self) -> None:
        self.news.set()
        self.news = anyio.Event()

    def _check(self) -> None:
        if self.refuses:
            raise LeaseLost(subject="the apply", reason="another token is stored")
