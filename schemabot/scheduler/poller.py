"""The one claim loop of a process: while a slot is free it claims; idle, it is one probe (Q-18).

After work it looks again in 100 ms, then in doubled times up to the poll interval. A wake shortens
the wait. Wakes that led to nothing are paced, so that forged or doubled ones cost little.
"""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import anyio
import structlog
from anyio import CancelScope

from schemabot.domain.execution import Execution
from schemabot.scheduler.bell import Bell
from schemabot.scheduler.slots import Slot, Slots
from schemabot.scheduler.trust import Clock, boot_seconds
from schemabot.telemetry.span import Spans

_log = structlog.stdlib.get_logger(__name__)

_JITTER = 0.2

Claim = Callable[[str], Awaitable[tuple[Execution, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PollPace:
    """How soon the next look comes.

    Attributes:
        first: After a round that found work.
        interval: The longest wait of an idle process.
        wake_gap: Between wake-driven rounds that find nothing.
        after_error: After a round that failed; doubled up to `longest_after_error`.
    """

    first: timedelta = timedelta(milliseconds=100)
    interval: timedelta = timedelta(seconds=1)
    wake_gap: timedelta = timedelta(milliseconds=50)
    after_error: timedelta = timedelta(seconds=1)
    longest_after_error: timedelta = timedelta(seconds=5)


class Poller:
    """Claims for free slots until it is told to end.

    Args:
        claim: One claim for the named owner; empty when nothing is due.
        slots: Taken before a claim is sent.
        owner: Names this process in leases; the slot's number follows.
        bell: Rung when work may be due.
        start: Has a claimed execution driven in its slot.
    """

    def __init__(  # noqa: PLR0913 (its parts, all by name)
        self,
        *,
        claim: Claim,
        slots: Slots,
        owner: str,
        bell: Bell,
        pace: PollPace,
        start: Callable[[Execution, Slot, float], None],
        spans: Spans,
        clock: Clock = boot_seconds,
    ) -> None:
        self._send_claim = claim
        self._slots = slots
        self._owner = owner
        self._bell = bell
        self._pace = pace
        self._start = start
        self._spans = spans
        self._clock = clock
        self._over = anyio.Event()
        self._waiting = CancelScope()
        self._was_woken = False
        self._idle = pace.first
        self._trouble = pace.after_error
        self.ticked_at = clock()

    def end(self) -> None:
        """Claim no more; `run` returns soon."""
        self._over.set()
        self._waiting.cancel()
        self._bell.ring()

    async def run(self) -> None:
        """Claim until `end` is called."""
        while not self._over.is_set():
            with CancelScope() as self._waiting:
                await self._slots.until_one_is_free()
            try:
                found = await self._round()
            except Exception as error:  # noqa: BLE001 (one round is isolated from the next)
                await self._rest_after(error)
            else:
                self._trouble = self._pace.after_error
                await self._rest(found=found)

    async def _round(self) -> int:
        """Claim until no slot is free or nothing is due; how many were claimed."""
        found = 0
        while not self._over.is_set() and (slot := self._slots.take()) is not None:
            executions = await self._claim(slot)
            self.ticked_at = self._clock()
            if not executions:
                break
            found += len(executions)
        return found

    async def _claim(self, slot: Slot) -> tuple[Execution, ...]:
        asked_at = self._clock()
        executions: tuple[Execution, ...] = ()
        try:
            with self._spans.span("queue.claim") as span:
                executions = await self._send_claim(f"{self._owner}/{slot.number}")
                span.note(claimed=len(executions))
        finally:
            if not executions:
                slot.give_back()
        for execution in executions:
            self._start(execution, slot, asked_at)
        return executions

    async def _rest(self, *, found: int) -> None:
        if found:
            self._idle = self._pace.first
        if self._slots.is_full:
            return
        is_futile = self._was_woken and not found
        self._was_woken = await self._bell.heard_within(_varied(self._idle))
        if not self._was_woken:
            self._idle = min(self._idle * 2, self._pace.interval)
        elif is_futile:
            since_round = timedelta(seconds=self._clock() - self.ticked_at)
            await self._over_within(self._pace.wake_gap - since_round)

    async def _rest_after(self, error: Exception) -> None:
        _log.warning("queue.round_failed", error=error)
        await self._over_within(_varied(self._trouble))
        self._trouble = min(self._trouble * 2, self._pace.longest_after_error)

    async def _over_within(self, wait: timedelta) -> None:
        with anyio.move_on_after(max(0.0, wait.total_seconds())):
            await self._over.wait()


def _varied(wait: timedelta) -> timedelta:
    return wait * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 (pacing)
