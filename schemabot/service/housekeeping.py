"""What neither a request nor a drive ever does: late rows end, old ones go, invariants are checked.

Every process with storage does all of it, so that it is done as long as one of them lives (R-53).
Nothing here needs to happen once only: each change is one guarded transaction on one apply without
a live lease, and whoever comes second finds nothing left to do. The first round begins at a random
part of its interval and later ones vary, so that many processes don't look at once.

| chore | every | what |
|---|---|---|
| requests | 10 s | requests of ended applies, and those that no worker can serve, end (Q-53) |
| applies | 30 s | overdue retries, missed starts, no tasks: `failed`; waits for people end |
| registry | 1 min | processes that were silent for 10 min are forgotten |
| keys | 10 min | idempotency keys past their time are forgotten (A-7) |
| invariants | 5 min | every broken one is logged and counted (queue.md 11) |
"""

import random
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import anyio
import structlog
from anyio.abc import TaskStatus

from schemabot.offload import Offload
from schemabot.periodic import Pace, run_periodically
from schemabot.service.sweep_instruments import SweepInstruments
from schemabot.storage.invariants import Violation
from schemabot.storage.storage import Storage
from schemabot.telemetry.span import Spans
from tern.errors import Transient

_log = structlog.stdlib.get_logger(__name__)

BATCH = 500
"""Rows that one sweep changes in one round."""
_MOST_BATCHES = 20
_MOST_SHOWN = 20
_SILENCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """How long things may wait.

    Attributes:
        human: For a cutover or a deploy (`queue.human_wait`).
        request: A control request for somebody who can serve it (`queue.control.max_wait`).
        key: An idempotency key for its repeat.
    """

    human: timedelta = timedelta(days=14)
    request: timedelta = timedelta(minutes=5)
    key: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often each chore is done."""

    requests: timedelta = timedelta(seconds=10)
    applies: timedelta = timedelta(seconds=30)
    registry: timedelta = timedelta(minutes=1)
    keys: timedelta = timedelta(minutes=10)
    invariants: timedelta = timedelta(minutes=5)


Sweep = tuple[str, Callable[[], int]]
"""Its name, and what does it: blocks, and says how many rows it changed."""


class Housekeeping:
    """All chores of a process, each in its own rhythm, none in another's way.

    Args:
        storage: Whose rows are swept.
        wake: Tells workers that something was asked of an apply. Never blocks.
        instruments: Where changes, failures and violations are counted.
    """

    def __init__(
        self,
        *,
        storage: Storage,
        waits: Waits,
        wake: Callable[[], None],
        spans: Spans,
        instruments: SweepInstruments,
        rhythm: Rhythm | None = None,
    ) -> None:
        self._storage = storage
        self._waits = waits
        self._wake = wake
        self._spans = spans
        self._instruments = instruments
        self._rhythm = rhythm or Rhythm()
        self._threads = Offload("housekeeping", limit=1)

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Keep house until cancelled."""
        rhythm = self._rhythm
        async with anyio.create_task_group() as group:
            for name, interval, sweeps in (
                ("requests", rhythm.requests, self._requests()),
                ("applies", rhythm.applies, self._applies()),
                ("registry", rhythm.registry, self._registry()),
                ("keys", rhythm.keys, self._keys()),
                ("invariants", rhythm.invariants, (("invariants", self._check_invariants),)),
            ):
                group.start_soon(partial(self._keep, name, interval, sweeps), name=f"keep {name}")
            task_status.started()

    async def once(self) -> None:
        """Do every chore once, one after the other."""
        for sweeps in (self._requests(), self._applies(), self._registry(), self._keys()):
            await self._do(sweeps)
        await self._do((("invariants", self._check_invariants),))

    async def _keep(self, name: str, interval: timedelta, sweeps: Sequence[Sweep]) -> None:
        await anyio.sleep(interval.total_seconds() * random.random())  # noqa: S311 (pacing)
        await run_periodically(
            partial(self._do, sweeps),
            pace=Pace(interval=interval),
            span=partial(self._span, name),
            on_error=lambda error: _log.warning("housekeeping.failed", chore=name, error=error),
        )

    def _span(self, chore: str) -> AbstractContextManager[object]:
        return self._spans.span("housekeeping", chore=chore)

    async def _do(self, sweeps: Sequence[Sweep]) -> None:
        for name, sweep in sweeps:
            try:
                changed = await self._threads.run(sweep)
            except Exception as error:  # noqa: BLE001 (one sweep is isolated from the next)
                self._instruments.note_failure(name)
                trace = None if isinstance(error, Transient) else error
                _log.warning("sweep.failed", sweep=name, error=error, exc_info=trace)
            else:
                self._instruments.note_success(name, changed=changed)

    def _requests(self) -> Sequence[Sweep]:
        storage, waits = self._storage, self._waits
        return (
            ("leftovers", lambda: len(storage.sweeps.settle_leftovers(limit=BATCH))),
            (
                "unservable",
                lambda: len(storage.controls.expire(max_wait=waits.request, limit=BATCH)),
            ),
        )

    def _applies(self) -> Sequence[Sweep]:
        sweeps = self._storage.sweeps
        return (
            ("overdue_retries", lambda: len(sweeps.expire_retries(limit=BATCH))),
            ("missed_starts", lambda: len(sweeps.expire_unstarted(limit=BATCH))),
            ("taskless", lambda: len(sweeps.fail_taskless(limit=BATCH))),
            ("human_waits", self._end_human_waits),
        )

    def _registry(self) -> Sequence[Sweep]:
        return (("silent_workers", lambda: self._storage.workers.prune(silence=_SILENCE)),)

    def _keys(self) -> Sequence[Sweep]:
        return (("idempotency_keys", self._forget_keys),)

    def _end_human_waits(self) -> int:
        asked = self._storage.sweeps.end_human_waits(longest=self._waits.human, limit=BATCH)
        if asked:
            self._wake()
        return len(asked)

    def _forget_keys(self) -> int:
        forgotten = 0
        for _ in range(_MOST_BATCHES):
            batch = self._storage.idempotency.prune(older_than=self._waits.key, limit=BATCH)
            forgotten += batch
            if batch < BATCH:
                break
        return forgotten

    def _check_invariants(self) -> int:
        found = self._storage.sweeps.check_invariants()
        self._instruments.show_violations(found)
        for violation in found[:_MOST_SHOWN]:
            _log.error("invariant.broken", **_facts(violation))
        if len(found) > _MOST_SHOWN:
            _log.error("invariant.broken", further=len(found) - _MOST_SHOWN)
        return 0


def _facts(violation: Violation) -> dict[str, object]:
    return {
        "invariant": violation.invariant,
        "apply_id": violation.apply_id,
        "problem": violation.problem,
    }
