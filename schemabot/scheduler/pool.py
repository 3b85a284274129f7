"""The workers of a process: one task group, one claim loop, one heartbeat, N slots (Q-34, Q-58).

    async with anyio.create_task_group() as group:
        await group.start(pool.run)
        ...
        await pool.stop(grace=settings.server.shutdown_grace)

A pool runs at most once at a time; after it was stopped it can run again, with everything afresh.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import anyio
import structlog
from anyio import CancelScope
from anyio.abc import TaskGroup, TaskStatus

from schemabot.domain.execution import Claimer, Execution
from schemabot.domain.lease import LeaseTerms
from schemabot.domain.scope import EVERYTHING, Scope
from schemabot.offload import LoopDoor, Offload
from schemabot.scheduler.bell import Bells
from schemabot.scheduler.drive import DriveLimits
from schemabot.scheduler.heartbeat import Heartbeat
from schemabot.scheduler.instruments import Instruments
from schemabot.scheduler.observers import Observers
from schemabot.scheduler.optimistic import Reservation
from schemabot.scheduler.poller import Poller, PollPace
from schemabot.scheduler.queue import Queue
from schemabot.scheduler.restraint import Restraint
from schemabot.scheduler.slots import Slot, Slots
from schemabot.scheduler.trust import Trust, boot_seconds
from schemabot.scheduler.worker import TernFor, Worker
from schemabot.telemetry.span import Spans

_log = structlog.stdlib.get_logger(__name__)

LAST_PART = timedelta(seconds=2)
"""Of the grace: what still runs then is cut off (Q-58)."""
_THREADS_END_WITHIN = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolSettings:
    """`queue.*`, as far as the pool needs it."""

    slots: int = 4
    terms: LeaseTerms = field(default_factory=LeaseTerms)
    pace: PollPace = field(default_factory=PollPace)
    limits: DriveLimits = field(default_factory=DriveLimits)
    scopes: tuple[Scope, ...] = EVERYTHING
    is_optimistic: bool = True
    permits: int = 10


class PoolIsRunning(RuntimeError):
    """A second start while the first still runs: a bug of the caller."""

    def __init__(self) -> None:
        super().__init__("this pool is running already; stop it before it is started again")


@dataclass(slots=True, kw_only=True)
class _Shift:
    """Everything that lives between one start and its stop."""

    group: TaskGroup
    heartbeat: Heartbeat
    restraint: Restraint
    worker: Worker
    poller: Poller
    is_over: anyio.Event = field(default_factory=anyio.Event)
    has_ended: anyio.Event = field(default_factory=anyio.Event)
    is_draining: bool = False


class Pool:
    """Claims applies and drives them, at most `settings.slots` at once.

    Args:
        queue: Where work comes from and goes back to.
        tern_for: The Tern that serves a target.
        owner: `host/pid/boot`: names this process in leases.
        bells: Rung by whoever knows that there is something to look at.
        wake: Tells other processes that something was handed back.
    """

    def __init__(  # noqa: PLR0913 (its parts, all by name)
        self,
        *,
        queue: Queue,
        tern_for: TernFor,
        owner: str,
        settings: PoolSettings,
        bells: Bells,
        wake: Callable[[], None],
        spans: Spans,
        instruments: Instruments,
        observers: Observers,
    ) -> None:
        self._queue = queue
        self._tern_for = tern_for
        self._owner = owner
        self._settings = settings
        self._bells = bells
        self._wake = wake
        self._spans = spans
        self._instruments = instruments
        self._observers = observers
        self._slots = Slots(settings.slots, on_change=instruments.show_slots)
        self._permits = settings.permits
        self._shift: _Shift | None = None
        self._changing = anyio.Lock()

    @property
    def busy(self) -> int:
        """How many slots are taken."""
        return self._slots.busy

    @property
    def is_draining(self) -> bool:
        """Whether it claims nothing more because it is being stopped."""
        return self._shift is not None and self._shift.is_draining

    @property
    def seconds_since_tick(self) -> float | None:
        """Since the last claim round was answered; None when the pool doesn't run (A-44).

        Zero while no slot may be taken: then there is nothing to claim for.
        """
        if self._shift is None:
            return None
        return 0.0 if self._slots.is_full else boot_seconds() - self._shift.poller.ticked_at

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Work until `stop` has ended, or until cancelled.

        Raises:
            PoolIsRunning: it runs already.
        """
        if self._shift is not None:
            raise PoolIsRunning
        group = anyio.create_task_group()
        shift = self._shift = self._new_shift(group)
        self._apply_restraint()
        shift.heartbeat.start()
        try:
            async with group:
                group.start_soon(shift.poller.run, name="poller")
                group.start_soon(self._hear_orders, shift.heartbeat, name="orders")
                task_status.started()
                await shift.is_over.wait()
                group.cancel_scope.cancel()
        finally:
            shift.is_over.set()
            with CancelScope(shield=True):
                await self._join(shift.heartbeat)
            self._shift = None
            shift.has_ended.set()

    async def stop(self, *, grace: timedelta) -> None:
        """Claim nothing more, hand everything back, and end within the grace; idempotent.

        What still runs 2 s before the grace is over is cut off, and its lease left to expire.
        """
        async with self._changing:
            shift = self._shift
            if shift is None:
                return
            shift.is_draining = True
            shift.poller.end()
            shift.worker.drain()
            last = min(LAST_PART, grace / 2)
            await self._free_within(grace - last)
            shift.worker.abandon()
            await self._free_within(last / 2)
            shift.is_over.set()
            await shift.has_ended.wait()

    def reserve(self) -> Reservation | None:
        """A slot and a permit for an apply that is about to be created; None: the normal way.

        Never waits. Leave the reservation's block in any case.
        """
        settings, shift = self._settings, self._shift
        if shift is None or shift.is_draining or not settings.is_optimistic or not self._permits:
            return None
        slot = self._slots.take()
        if slot is None:
            return None
        self._permits -= 1
        return Reservation(
            slot,
            claimer=Claimer(
                owner=f"{self._owner}/{slot.number}",
                term=settings.terms.term,
                scopes=settings.scopes,
            ),
            asked_at=boot_seconds(),
            start=self._start,
            give_permit_back=self._give_permit_back,
        )

    def _new_restraint(self) -> Restraint:
        door = LoopDoor()
        return Restraint(
            terms=self._settings.terms,
            slots=self._settings.slots,
            on_change=lambda: door.call(self._apply_restraint),
        )

    def _apply_restraint(self) -> None:
        if self._shift is not None:
            self._slots.limit_to(self._shift.restraint.allowed)

    def _new_heartbeat(self, restraint: Restraint) -> Heartbeat:
        term = self._settings.terms.term
        return Heartbeat(
            lambda leases: self._queue.renew(leases, term=term),
            terms=self._settings.terms,
            on_loss=self._note_loss,
            on_failure=self._note_failed_beat,
            restraint=restraint,
        )

    def _new_shift(self, group: TaskGroup) -> _Shift:
        restraint = self._new_restraint()
        heartbeat = self._new_heartbeat(restraint)
        worker = Worker(
            queue=self._queue,
            tern_for=self._tern_for,
            heartbeat=heartbeat,
            limits=self._settings.limits,
            observers=self._observers,
            wake=self._wake,
            spans=self._spans,
            instruments=self._instruments,
        )
        poller = Poller(
            claim=lambda owner: self._queue.claim(slots=1, owner=owner),
            slots=self._slots,
            owner=self._owner,
            bell=self._bells.work,
            pace=self._settings.pace,
            start=self._start,
            spans=self._spans,
        )
        return _Shift(
            group=group, heartbeat=heartbeat, restraint=restraint, worker=worker, poller=poller
        )

    def _start(self, execution: Execution, slot: Slot, asked_at: float) -> None:
        shift = self._shift
        if shift is None or shift.is_over.is_set():
            slot.give_back()
            _log.warning("drive.too_late", apply_id=execution.lease.apply_id)
            return
        work = partial(shift.worker.work, execution, slot, asked_at=asked_at)
        shift.group.start_soon(work, name=f"drive {execution.lease.apply_id}")

    def _give_permit_back(self) -> None:
        self._permits += 1

    async def _hear_orders(self, heartbeat: Heartbeat) -> None:
        while True:
            await self._bells.orders.wait()
            heartbeat.beat_soon()

    async def _free_within(self, limit: timedelta) -> None:
        with anyio.move_on_after(max(0.0, limit.total_seconds())):
            await self._slots.until_all_are_free()

    async def _join(self, heartbeat: Heartbeat) -> None:
        joining = Offload("join", limit=1)
        if not await joining.run(heartbeat.stop, within=_THREADS_END_WITHIN):
            _log.warning("heartbeat.hangs")

    def _note_loss(self, trust: Trust) -> None:
        reason = str(trust.lost)
        _log.warning("lease.lost", apply_id=trust.lease.apply_id, reason=reason)
        self._instruments.note_loss(reason)

    def _note_failed_beat(self, error: Exception) -> None:
        _log.warning("heartbeat.failed", error=error)
        self._instruments.heartbeat_failures.add(reason=getattr(error, "code", "internal_error"))
