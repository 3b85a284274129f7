"""One piece of work through a Tern in this process, until it has ended (C-44)."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Protocol

import anyio

from cli.alone.guard import is_let_go
from tern.engine.online.options import OnlineOptions
from tern.errors import TargetBusy
from tern.local.access import TargetAccess
from tern.local.drives import Rhythm
from tern.local.engines import Engines, make_online
from tern.local.tern import LocalTern
from tern.local.threads import Threads
from tern.mysql.connect import ConnectParams
from tern.mysql.connection import Connection
from tern.values.control import Settled, Signal, SignalKind
from tern.values.progress import LogLine, Progress, TaskStatus
from tern.values.run import Outcome, Retryable, Waiting, Work

_RHYTHM = Rhythm(look=timedelta(milliseconds=250), report=timedelta(seconds=1))
_LOOK_FOR_RELEASE_SECONDS = 0.5
_MOST_TRIES = 8
_LONGEST_PAUSE_SECONDS = 60.0


class NoLease:
    """Nobody else may claim the work: it is this process's as long as it lives."""

    epoch = 1

    def remaining(self) -> timedelta:
        """As good as for ever."""
        return timedelta(days=1)

    def when_lost(self, callback: Callable[[], None]) -> None:
        """Never; the fence on the target says when another run has taken over."""


class Orders:
    """Signals for the run, from keys, Ctrl-C and other processes."""

    def __init__(self) -> None:
        self._waiting: deque[Signal] = deque()
        self._given = anyio.Event()
        self._numbers = count(1)
        self.rest: SignalKind | None = None

    def give(self, kind: SignalKind, value: int | None = None) -> None:
        """Ask the run for something."""
        if kind in {SignalKind.STOP, SignalKind.CANCEL}:
            self.rest = kind
        self._waiting.append(
            Signal(kind=kind, request_id=f"{kind}-{next(self._numbers)}", value=value)
        )
        self._given.set()

    def renew(self) -> None:
        """For the next run of the work: a wish to end stands, all else was for the last one."""
        self._waiting.clear()
        if self.rest is not None:
            self.give(self.rest)

    async def next(self) -> Signal:
        """See `tern.client.Signals`."""
        while not self._waiting:
            self._given = anyio.Event()
            await self._given.wait()
        return self._waiting.popleft()


class Audience(Protocol):
    """Who is told how it goes: watching, or nobody."""

    def progress(self, progress: Progress) -> None:
        """The whole picture."""
        ...

    def note(self, text: str) -> None:
        """One line beside it."""
        ...


@dataclass(slots=True)
class Teller:
    """The run's reporter: nothing is stored, all is shown."""

    audience: Audience
    statuses: dict[str, TaskStatus] = field(default_factory=dict)
    is_waiting: bool = False

    async def accepted(self, external_id: str | None) -> None:
        """See `tern.client.Reporter`."""

    async def remember(self, resume_metadata: Mapping[str, str]) -> None:
        """See `tern.client.Reporter`."""

    async def progress(self, progress: Progress) -> None:
        """See `tern.client.Reporter`."""
        self.is_waiting = any(
            task.status is TaskStatus.WAITING_FOR_CUTOVER and task.ready for task in progress.tasks
        )
        self.audience.progress(progress)

    async def settled(self, settled: Settled) -> None:
        """See `tern.client.Reporter`."""
        if settled.message:
            self.audience.note(settled.message)

    async def log(self, line: LogLine) -> None:
        """See `tern.client.Reporter`."""
        self.audience.note(line.message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """What drives the work.

    Attributes:
        guard: The session that holds the lock on being the only one; used on one thread at a time.
    """

    params: ConnectParams
    options: OnlineOptions
    orders: Orders
    audience: Audience
    guard: Connection

    async def to_end(self, work: Work) -> Outcome:
        """The outcome; what passes by itself is waited for and tried again, some times."""
        tries = 0
        while True:
            outcome = await self._run(work)
            match outcome:
                case Retryable(error=TargetBusy()):
                    return outcome  # whoever has the target may need hours; a person decides
                case Retryable(error=error) if self.orders.rest is None and tries < _MOST_TRIES:
                    tries += 1
                    pause = min(2.0**tries, _LONGEST_PAUSE_SECONDS)
                    self.audience.note(f"{error.message}; trying again in {pause:g} s")
                case Waiting(reason=reason, due=due) if self.orders.rest is None:
                    pause = max(due.total_seconds(), 1.0)
                    self.audience.note(f"{reason}; going on in {pause:g} s")
                case _:
                    return outcome
            await anyio.sleep(pause)
            self.orders.renew()

    async def _run(self, work: Work) -> Outcome:
        teller = Teller(self.audience)
        target = work.target
        access = TargetAccess(type=target.type, params=self.params, copying=self.options)
        tern = LocalTern(
            {(target.database, target.environment): access},
            engines=Engines(online=make_online, together=True),
            rhythm=_RHYTHM,
        )
        async with anyio.create_task_group() as group:
            group.start_soon(self._look_for_release, work, teller, name="alter: release")
            outcome = await tern.run(work, fence=NoLease(), signals=self.orders, report=teller)
            group.cancel_scope.cancel()
        return outcome

    async def _look_for_release(self, work: Work, teller: Teller) -> None:
        """Let a held cutover go once another process says so for one of its tables."""
        threads = Threads(limit=1)
        while work.options.defer_cutover:
            await anyio.sleep(_LOOK_FOR_RELEASE_SECONDS)
            if not teller.is_waiting:
                continue
            if await threads.call(lambda: self._is_let_go(work), name="alter: look for release"):
                self.orders.give(SignalKind.CUTOVER)
                return

    def _is_let_go(self, work: Work) -> bool:
        return any(is_let_go(self.guard, each.schema, each.table) for each in work.statements)
