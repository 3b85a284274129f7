"""What happens in one slot: a claimed apply is held, driven, watched, counted and let go."""

from collections.abc import Callable
from functools import partial

import anyio
import structlog
from structlog.contextvars import bound_contextvars

from schemabot.domain.execution import Execution, HandedBack, Recorded, Report, Unreachable
from schemabot.domain.ids import ApplyId
from schemabot.domain.states import is_terminal
from schemabot.offload import LoopDoor
from schemabot.scheduler.copy_meter import CopyMeter
from schemabot.scheduler.drive import Drive, DriveLimits, Ended
from schemabot.scheduler.heartbeat import Heartbeat
from schemabot.scheduler.instruments import Instruments
from schemabot.scheduler.observers import Feed, Observers, Picture
from schemabot.scheduler.queue import Queue
from schemabot.scheduler.signals import DriveSignals
from schemabot.scheduler.slots import Slot
from schemabot.scheduler.trust import Trust
from schemabot.telemetry.span import Spans
from tern.client import Tern
from tern.values.run import Permanent, Retryable, Waiting
from tern.values.target import Target

_log = structlog.stdlib.get_logger(__name__)

TernFor = Callable[[Target], Tern]


class Worker:
    """Drives executions, each in a slot of its own; knows those that are under way.

    Args:
        queue: Where they came from.
        tern_for: The Tern that serves a target; raises an error of the tree when there is none.
        heartbeat: Keeps their leases.
        wake: Tells peers that something was handed back.
    """

    def __init__(  # noqa: PLR0913 (its parts, all by name)
        self,
        *,
        queue: Queue,
        tern_for: TernFor,
        heartbeat: Heartbeat,
        limits: DriveLimits,
        observers: Observers,
        wake: Callable[[], None],
        spans: Spans,
        instruments: Instruments,
    ) -> None:
        self._queue = queue
        self._tern_for = tern_for
        self._heartbeat = heartbeat
        self._limits = limits
        self._observers = observers
        self._wake = wake
        self._spans = spans
        self._instruments = instruments
        self._drives: dict[Drive, Trust] = {}
        self._is_draining = False

    async def work(self, execution: Execution, slot: Slot, *, asked_at: float) -> None:
        """Drive to a durable outcome and give the slot back, whatever happens.

        Args:
            execution: As claimed.
            slot: Taken for it.
            asked_at: On the local clock, before the claim was sent.
        """
        lease, target = execution.lease, execution.work.target
        facts = {"apply_id": lease.apply_id, "lease_epoch": lease.epoch}
        places = {"database": target.database, "environment": target.environment}
        try:
            with bound_contextvars(**facts, **places), self._spans.span("drive", **facts) as span:
                await self._observed(execution, slot, asked_at=asked_at, note=span.note)
        except Exception:  # noqa: BLE001 (one drive is isolated from the others; its lease expires)
            _log.exception("drive.failed", **facts)
        finally:
            slot.give_back()

    def drain(self) -> None:
        """Have all drives come to rest and be handed back, and those that come yet at once."""
        self._is_draining = True
        for drive in self._drives:
            drive.pause_for_shutdown()

    def abandon(self) -> None:
        """Cut off what still runs; the leases are left to expire."""
        for trust in list(self._drives.values()):
            _log.warning("drive.abandoned", apply_id=trust.lease.apply_id)
            self._heartbeat.abandon(trust)

    async def _observed(
        self, execution: Execution, slot: Slot, *, asked_at: float, note: Callable[..., None]
    ) -> None:
        observer = self._observers.take(execution)
        feed = Feed(observer, spans=self._spans) if observer else None
        async with anyio.create_task_group() as group:
            if feed is not None:
                group.start_soon(feed.run, name="observer")
            try:
                ended = await self._held(execution, feed, asked_at=asked_at)
            finally:
                slot.give_back()
                if feed is not None:
                    feed.close()
        self._count(execution, ended)
        if ended is not None and isinstance(ended.end, HandedBack | Waiting):
            self._wake()  # it may be due for a peer at once
        note(end="lost" if ended is None else type(ended.end).__name__)

    async def _held(
        self, execution: Execution, feed: Feed | None, *, asked_at: float
    ) -> Ended | None:
        door, signals = LoopDoor(), DriveSignals()
        signals.offer(execution.orders)
        trust = self._heartbeat.hold(
            execution.lease,
            asked_at=asked_at,
            on_orders=lambda orders: door.call(partial(signals.offer, orders)),
        )
        meter = CopyMeter(execution.work, self._instruments.copies)
        drive = Drive(
            execution,
            tern_for=self._tern_for,
            queue=self._queue,
            heartbeat=self._heartbeat,
            trust=trust,
            signals=signals,
            limits=self._limits,
            on_report=_shown_by(feed, meter, execution.lease.apply_id),
        )
        self._drives[drive] = trust
        try:
            ended = await (drive.hand_back() if self._is_draining else drive.run())
            if ended is not None:
                meter.note(ended.report.progress)
        finally:
            meter.end()
            del self._drives[drive]
            self._heartbeat.release(trust)
        if ended is not None and feed is not None:
            feed.show(_last_picture(execution, ended))
        return ended

    def _count(self, execution: Execution, ended: Ended | None) -> None:
        if ended is None:
            return
        end, target = ended.end, execution.work.target
        if isinstance(end, Permanent | Retryable | Unreachable):
            is_retryable = not isinstance(end, Permanent)
            self._instruments.drive_failures.add(
                reason=end.error.code, retryable=str(is_retryable).lower()
            )
        if is_terminal(ended.recorded.state):
            self._instruments.applies.add(
                database=target.database,
                environment=target.environment,
                outcome=ended.recorded.state,
            )


def _shown_by(
    feed: Feed | None, meter: CopyMeter, apply_id: ApplyId
) -> Callable[[Report, Recorded], None]:
    def show(report: Report, recorded: Recorded) -> None:
        meter.note(report.progress)
        if feed is not None:
            feed.show(Picture(apply_id=apply_id, recorded=recorded, progress=report.progress))

    return show


def _last_picture(execution: Execution, ended: Ended) -> Picture:
    return Picture(
        apply_id=execution.lease.apply_id,
        recorded=ended.recorded,
        progress=ended.report.progress,
        is_last=True,
    )
