"""Those who want to see an apply go on, such as a pull request's comment (Q-54).

An observer is expected per target before any row exists; admission binds it to the apply that it
creates there, and the drive takes it, each once. What is not taken within its time is dropped: a
process that drives without one makes it afresh from the row. Observers run beside the drive and
are never in its way: each call is bounded, the newest picture wins, the last one always arrives.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import anyio
import structlog

from schemabot.domain.execution import Execution, Recorded
from schemabot.domain.ids import ApplyId
from schemabot.scheduler.bell import Bell
from schemabot.telemetry.span import Spans
from tern.values.progress import Progress
from tern.values.target import Target

_log = structlog.stdlib.get_logger(__name__)

KEPT_FOR = timedelta(seconds=60)
CALL_LIMIT = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What was stored last; `is_last` when the drive has ended and no more will come from it."""

    apply_id: ApplyId
    recorded: Recorded
    progress: Progress | None
    is_last: bool = False


Observer = Callable[[Picture], Awaitable[None]]
Rebuild = Callable[[Execution], Observer | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    observer: Observer
    until: float


class Observers:
    """Observers between their registration and their drive; lives on the event loop."""

    def __init__(
        self, *, rebuild: Rebuild = lambda _: None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rebuild = rebuild
        self._clock = clock
        self._expected: dict[str, _Kept] = {}
        self._bound: dict[ApplyId, _Kept] = {}

    def expect(self, target: Target, observer: Observer) -> None:
        """The next apply admitted on this target is observed; the newest observer wins."""
        self._expected[target.key] = self._kept(observer)

    def discard(self, target: Target) -> None:
        """Admission was refused or failed: forget who waits for it."""
        self._expected.pop(target.key, None)

    def bind(self, target: Target, apply_id: ApplyId) -> None:
        """The apply that was waited for exists; called after its commit, once."""
        self._drop_overdue()
        kept = self._expected.pop(target.key, None)
        if kept is not None:
            self._bound[apply_id] = self._kept(kept.observer)

    def take(self, execution: Execution) -> Observer | None:
        """The observer of a claimed apply: the bound one, or one made from the row."""
        self._drop_overdue()
        kept = self._bound.pop(execution.lease.apply_id, None)
        return self._rebuild(execution) if kept is None else kept.observer

    @property
    def waiting(self) -> int:
        """How many are neither taken nor dropped."""
        self._drop_overdue()
        return len(self._expected) + len(self._bound)

    def _kept(self, observer: Observer) -> _Kept:
        return _Kept(observer=observer, until=self._clock() + KEPT_FOR.total_seconds())

    def _drop_overdue(self) -> None:
        now = self._clock()
        self._expected = {key: kept for key, kept in self._expected.items() if kept.until > now}
        self._bound = {key: kept for key, kept in self._bound.items() if kept.until > now}


class Feed:
    """Shows one drive to its observer."""

    def __init__(
        self, observer: Observer, *, spans: Spans, call_limit: timedelta = CALL_LIMIT
    ) -> None:
        self._observer = observer
        self._spans = spans
        self._limit = call_limit.total_seconds()
        self._newest: Picture | None = None
        self._bell = Bell()
        self._is_closed = False

    def show(self, picture: Picture) -> None:
        """Deliver this picture, unless a newer one comes first. Never waits."""
        self._newest = picture
        self._bell.ring()

    def close(self) -> None:
        """No more pictures come; what was shown last is still delivered."""
        self._is_closed = True
        self._bell.ring()

    async def run(self) -> None:
        """Deliver until closed."""
        while self._newest is not None or not self._is_closed:
            picture, self._newest = self._newest, None
            if picture is None:
                await self._bell.wait()
            else:
                await self._deliver(picture)

    async def _deliver(self, picture: Picture) -> None:
        try:
            with self._spans.span("observer"), anyio.fail_after(self._limit):
                await self._observer(picture)
        except Exception as error:  # noqa: BLE001 (an observer is isolated from the drive)
            _log.warning("observer.failed", error=error)
