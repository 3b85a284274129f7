"""A process's workers over SQLite storage and a scripted Tern, with everything to look at."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import ParamSpec, TypeVar

import anyio

from schemabot.domain.apply import Apply, ApplyOptions
from schemabot.domain.control import Operation, RequestStatus
from schemabot.domain.lease import LeaseTerms
from schemabot.domain.states import ApplyState
from schemabot.offload import Offload
from schemabot.scheduler.bell import Bells
from schemabot.scheduler.dispatcher import LocalDispatcher
from schemabot.scheduler.drive import DriveLimits
from schemabot.scheduler.instruments import Instruments
from schemabot.scheduler.observers import Observers
from schemabot.scheduler.poller import PollPace
from schemabot.scheduler.pool import Pool, PoolSettings
from schemabot.scheduler.queue import Queue
from schemabot.scheduler.stored_queue import StoredQueue
from schemabot.scheduler.worker import TernFor
from schemabot.storage.storage import Storage
from schemabot.telemetry.span import Spans
from tern.client import Tern
from tern.values.target import Target
from tests.support.scripted_tern import ScriptedTern
from tests.support.spans import SeenSpans
from tests.support.stored import Optimistic, new_apply, store_apply

P = ParamSpec("P")
T = TypeVar("T")

QUICK_TERMS = LeaseTerms(
    term=timedelta(seconds=60),
    heartbeat=timedelta(seconds=0.2),
    margin=timedelta(seconds=5),
)
"""Orders come soon; no lease is lost because the machine is busy."""
SHORT_TERMS = LeaseTerms(
    term=timedelta(seconds=2.5),
    heartbeat=timedelta(seconds=0.2),
    margin=timedelta(seconds=0.8),
)
QUICK = PoolSettings(
    slots=2,
    terms=QUICK_TERMS,
    pace=PollPace(interval=timedelta(milliseconds=100), after_error=timedelta(milliseconds=50)),
    limits=DriveLimits(progress_gap=timedelta(milliseconds=50)),
)
SHORT_LEASES = replace(QUICK, terms=SHORT_TERMS)
"""For tests that wait for a lease to end."""
GRACE = timedelta(seconds=5)


@dataclass(slots=True, kw_only=True)
class Floor:
    """One process's workers and what they leave behind."""

    storage: Storage
    tern: Tern = field(default_factory=ScriptedTern)
    tern_for: TernFor | None = None
    settings: PoolSettings = QUICK
    name: str = "here/1/a"
    bells: Bells = field(default_factory=Bells)
    observers: Observers = field(default_factory=Observers)
    instruments: Instruments = field(default_factory=Instruments)
    seen: SeenSpans = field(default_factory=SeenSpans)
    wakes: int = 0
    threads: Offload = field(default_factory=lambda: Offload("storage", limit=4))
    make_queue: Callable[[Queue], Queue] = lambda queue: queue
    queue: Queue = field(init=False)
    pool: Pool = field(init=False)

    def __post_init__(self) -> None:
        self.queue = self.make_queue(
            StoredQueue(self.storage, threads=self.threads, term=self.settings.terms.term)
        )
        self.pool = Pool(
            queue=self.queue,
            tern_for=self.tern_for or (lambda _: self.tern),
            owner=self.name,
            settings=self.settings,
            bells=self.bells,
            wake=self._count_wake,
            spans=Spans(self.seen, self.instruments.observe),
            instruments=self.instruments,
            observers=self.observers,
        )

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """The pool runs inside, and is stopped in order at the end."""
        async with anyio.create_task_group() as group:
            await group.start(self.pool.run)
            try:
                yield
            finally:
                with anyio.CancelScope(shield=True):
                    await self.pool.stop(grace=GRACE)
        assert self.pool.busy == 0

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """A storage call, on a thread as everywhere."""
        return await self.threads.run(function, *args, **kwargs)

    async def admit(
        self, target: Target | None = None, options: ApplyOptions | None = None
    ) -> Apply:
        """An apply of two ALTERs; nobody is woken.

        Over an `Optimistic` storage it is claimed with its creation, if a worker is free.
        """
        if not isinstance(self.storage, Optimistic):
            return await self.call(store_apply, self.storage, target, options=options)
        return await self.admit_at_once(target, options)

    async def admit_at_once(
        self, target: Target | None = None, options: ApplyOptions | None = None
    ) -> Apply:
        """An apply, as admission creates it."""
        new = await self.call(new_apply, self.storage, target, options=options)
        create = self.storage.applies.create_and_claim
        with LocalDispatcher(pool=self.pool, wake=self.bells.ring).reserve() as slot:
            if slot is None:
                return await self.call(self.storage.applies.create, new)
            apply, execution = await self.call(create, new, slot.claimer)
            if execution is not None:
                slot.hand_over(execution)
        return apply

    async def ask(self, apply: Apply, operation: Operation, value: int | None = None) -> None:
        """An accepted control request; this process is woken."""
        request = self.storage.controls.request
        await self.call(request, apply.apply_id, operation, caller="ada", value=value)
        self.bells.ring()

    async def requests(self, apply: Apply) -> list[tuple[Operation, RequestStatus]]:
        """Every control request of the apply and how it stands."""
        rows = await self.call(self.storage.controls.list, apply.apply_id)
        return [(row.operation, row.status) for row in rows]

    async def get(self, apply: Apply) -> Apply:
        """The apply as it is stored now."""
        return await self.call(self.storage.applies.get, apply.apply_id)

    async def until(self, apply: Apply, *states: ApplyState) -> Apply:
        """The apply once it is in one of the states."""
        return await self.until_it(apply, lambda found: found.state in states)

    async def until_it(self, apply: Apply, holds: Callable[[Apply], bool]) -> Apply:
        """The apply once this holds of it."""
        with anyio.fail_after(20):
            while not holds(found := await self.get(apply)):  # noqa: ASYNC110 (it is a row)
                await anyio.sleep(0.01)
        return found

    def _count_wake(self) -> None:
        self.wakes += 1
