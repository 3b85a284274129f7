"""What an online run shows of itself: a value per table, replaced as a whole (E-64, E-65)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic

from tern.engine.online.lane import Lane
from tern.engine.online.phases import Phase
from tern.values.progress import TaskProgress, TaskStatus, Throttle
from tern.values.run import WorkStatement

_WINDOW_SECONDS = 60.0
_STATUS = {
    Phase.HELD: TaskStatus.WAITING_FOR_CUTOVER,
    Phase.CUTOVER: TaskStatus.CUTTING_OVER,
    Phase.CLEAN_UP: TaskStatus.CUTTING_OVER,
}


@dataclass(slots=True, kw_only=True)
class Rate:
    """Work per second: a moving average of the last minute, blended with the phase's mean."""

    begun: float = field(default_factory=monotonic)
    first: int = 0
    last: tuple[float, int] | None = None
    moving: float = 0.0

    def note(self, done: int) -> float:
        """So much is done by now; the rate."""
        now = monotonic()
        if self.last is None:
            self.begun, self.first, self.last = now, done, (now, done)
            return 0.0
        seconds = now - self.last[0]
        if seconds > 0:
            share = min(seconds / _WINDOW_SECONDS, 1.0)
            self.moving += ((done - self.last[1]) / seconds - self.moving) * share
            self.last = (now, done)
        mean = (done - self.first) / max(now - self.begun, 1e-6)
        weight = min((now - self.begun) / _WINDOW_SECONDS, 1.0)
        return self.moving * weight + mean * (1 - weight)


class Board:
    """The picture of a run; written by the coordinator, read by anybody."""

    def __init__(self) -> None:
        self._tasks: tuple[TaskProgress, ...] = ()
        self._rates: dict[str, Rate] = {}
        self.attempts = 0
        self.detail: Mapping[str, str] = {}
        self.throttle: Throttle | None = None
        self.is_ready = False

    def begin(self, statements: Sequence[WorkStatement]) -> None:
        """Show all tables as running from now on."""
        self._tasks = tuple(
            TaskProgress(task_id=each.task_id, status=TaskStatus.RUNNING) for each in statements
        )

    def show(self, phase: Phase, lanes: Sequence[Lane], *, age_seconds: float) -> None:
        """Show where the run is now."""
        self._tasks = tuple(self._shown(phase, lane, age_seconds) for lane in lanes)

    def complete(self, detail: Mapping[str, str]) -> None:
        """Show all tables as done."""
        self._tasks = tuple(
            replace(task, status=TaskStatus.COMPLETED, percent=100.0, detail=dict(detail))
            for task in self._tasks
        )

    def read(self) -> tuple[TaskProgress, ...]:
        """What is shown now."""
        return self._tasks

    def _shown(self, phase: Phase, lane: Lane, age_seconds: float) -> TaskProgress:
        counts = lane.counts
        rate = self._rates.setdefault(lane.table, Rate()).note(counts.rows_copied)
        left = max(counts.rows_total - counts.rows_copied, 0)
        is_copying = phase is Phase.COPY
        return TaskProgress(
            task_id=lane.statement.task_id,
            status=_STATUS.get(phase, TaskStatus.RUNNING),
            phase=str(phase),
            rows_copied=counts.rows_copied,
            rows_total=max(counts.rows_total, counts.rows_copied),
            rows_per_second=round(rate, 1) if is_copying else None,
            bytes_copied=int(counts.bytes_total * lane.share_copied),
            eta_seconds=round(left / rate, 1) if is_copying and rate > 0 else None,
            percent=round(100 * lane.share_copied, 1),
            rows_verified=counts.rows_verified,
            differences=counts.repairs,
            ready=self.is_ready,
            throttle=self.throttle,
            cutover_attempts=self.attempts,
            detail={**_backlog(lane, age_seconds), **self.detail},
        )


def _backlog(lane: Lane, age_seconds: float) -> dict[str, str]:
    shown = {
        "backlog_keys": str(len(lane.delta)),
        "backlog_age_seconds": f"{age_seconds:.1f}",
        "keys_received": str(lane.delta.keys_received),
        "keys_written": str(lane.delta.keys_written),
        "chunk_rows": str(lane.sizing.rows),
    }
    if lane.counts.contended:
        shown["contended_keys"] = str(lane.counts.contended)
    return shown
