"""What an online run shows of itself: a value per table, replaced as a whole (E-64, E-65)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tern.engine.online.eta import Outlook, Work, eta_seconds
from tern.engine.online.lane import Lane
from tern.engine.online.phases import Phase
from tern.engine.online.rates import Rate, Rise
from tern.values.progress import Actual, PhaseTime, TaskProgress, TaskStatus, Throttle
from tern.values.run import WorkStatement

_STATUS = {
    Phase.HELD: TaskStatus.WAITING_FOR_CUTOVER,
    Phase.CUTOVER: TaskStatus.CUTTING_OVER,
    Phase.CLEAN_UP: TaskStatus.CUTTING_OVER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """A run at one moment, beside its lanes.

    Attributes:
        at: Monotonic seconds.
        indexes: How many are added after the copy.
    """

    at: float
    phase: Phase
    phases: tuple[PhaseTime, ...]
    age_seconds: float
    checkpoint_age_seconds: float
    volume: int
    indexes: int
    settle_seconds: float


@dataclass(slots=True, kw_only=True)
class LaneRates:
    """What one table does per second."""

    copied: Rate = field(default_factory=Rate)
    verified: Rate = field(default_factory=Rate)
    received: Rate = field(default_factory=Rate)
    written: Rate = field(default_factory=Rate)

    def note(self, lane: Lane, now: Now) -> None:
        """So much is done now."""
        if now.phase is Phase.COPY:
            self.copied.note(lane.counts.rows_copied, at=now.at)
        if now.phase is Phase.VERIFY:
            self.verified.note(lane.counts.rows_verified, at=now.at)
        self.received.note(lane.delta.keys_received, at=now.at)
        self.written.note(lane.delta.keys_written, at=now.at)


class Board:
    """The picture of a run; written by the coordinator, read by anybody."""

    def __init__(self) -> None:
        self._tasks: tuple[TaskProgress, ...] = ()
        self._rates: dict[str, LaneRates] = {}
        self._rise = Rise()
        self.attempts = 0
        self.detail: Mapping[str, str] = {}
        self.notices: tuple[str, ...] = ()
        self.throttle: Throttle | None = None
        self.is_ready = False
        self._locked_at: float | None = None
        self._locked_seconds: float | None = None

    def begin(self, statements: Sequence[WorkStatement]) -> None:
        """Show all tables as running from now on."""
        self._tasks = tuple(
            TaskProgress(task_id=each.task_id, status=TaskStatus.RUNNING) for each in statements
        )

    def begin_attempt(self) -> None:
        """Another try to swap begins."""
        self.attempts += 1
        self._locked_seconds = None

    def lock(self, *, at: float) -> None:
        """From now on the try keeps everybody from the tables, or from one more of them."""
        if self._locked_at is None:
            self._locked_at = at

    def end_attempt(self, *, at: float) -> None:
        """The try is over, and the tables are everybody's again."""
        if self._locked_at is not None:
            self._locked_seconds = at - self._locked_at
            self._locked_at = None

    def show(self, now: Now, lanes: Sequence[Lane]) -> None:
        """Show where the run is now."""
        rates = [self._rates.setdefault(lane.table, LaneRates()) for lane in lanes]
        for lane, each in zip(lanes, rates, strict=True):
            each.note(lane, now)
        is_rising = self._rise.note(sum(len(lane.delta) for lane in lanes), at=now.at)
        eta = eta_seconds(outlook(now, lanes, rates))
        self._tasks = tuple(
            replace(
                self._shown(now, lane, rates),
                eta_seconds=eta,
                detail={
                    **told(now, lane, rates, is_rising=is_rising),
                    **self.detail,
                    **self._locked(),
                    **self._noticed(),
                },
            )
            for lane, rates in zip(lanes, rates, strict=True)
        )

    def _locked(self) -> Mapping[str, str]:
        """How long the last try held the tables."""
        if self._locked_seconds is None:
            return {}
        return {"cutover_locked_seconds": f"{self._locked_seconds:.3f}"}

    def _noticed(self) -> Mapping[str, str]:
        return {"notice": "; ".join(self.notices)} if self.notices else {}

    def interrupt(self, reason: str) -> None:
        """Show all tables as they were, and why nothing goes on at this moment."""
        self.is_ready = False
        self._rates = {}
        self._tasks = tuple(
            replace(
                task,
                status=TaskStatus.RUNNING,
                ready=False,
                eta_seconds=None,
                detail={**task.detail, "interrupted": reason},
            )
            for task in self._tasks
        )

    def complete(self, detail: Mapping[str, str], actuals: Mapping[str, Actual]) -> None:
        """Show all tables as done, by task id with what each has taken."""
        self._tasks = tuple(
            replace(
                task,
                status=TaskStatus.COMPLETED,
                percent=100.0,
                eta_seconds=None,
                throttle=None,
                cutover_attempts=self.attempts,
                detail={**detail, **self._locked()},
                actual=actuals.get(task.task_id),
            )
            for task in self._tasks
        )

    def read(self) -> tuple[TaskProgress, ...]:
        """What is shown now."""
        return self._tasks

    def _shown(self, now: Now, lane: Lane, rates: LaneRates) -> TaskProgress:
        counts = lane.counts
        is_copying = now.phase is Phase.COPY
        return TaskProgress(
            task_id=lane.statement.task_id,
            status=_STATUS.get(now.phase, TaskStatus.RUNNING),
            phase=str(now.phase),
            phases=now.phases,
            rows_copied=counts.rows_copied,
            rows_total=max(counts.rows_total, counts.rows_copied),
            rows_per_second=round(rates.copied.per_second, 1) if is_copying else None,
            bytes_copied=int(counts.bytes_total * lane.share_copied),
            percent=round(100 * lane.share_copied, 1),
            rows_verified=counts.rows_verified,
            differences=counts.repairs,
            ready=self.is_ready,
            throttle=self.throttle,
            volume=now.volume,
            cutover_attempts=self.attempts,
        )


def outlook(now: Now, lanes: Sequence[Lane], rates: Sequence[LaneRates]) -> Outlook:
    """What all tables together have left."""
    copied, verified, written = (
        sum(rate.per_second for rate in each)
        for each in zip(*((r.copied, r.verified, r.written) for r in rates), strict=True)
    )
    received = sum(each.received.per_second for each in rates)
    first = rates[0]
    return Outlook(
        phase=now.phase,
        spent_seconds={Phase(each.name): each.seconds for each in now.phases},
        copy=Work(
            left=sum(max(ln.counts.rows_total - ln.counts.rows_copied, 0) for ln in lanes),
            rate=copied,
            measured_seconds=first.copied.measured_seconds,
        ),
        backlog=Work(
            left=sum(len(lane.delta) for lane in lanes),
            rate=written - received,
            measured_seconds=first.written.measured_seconds,
        ),
        verification=Work(
            left=sum(max(ln.counts.rows_copied - ln.counts.rows_verified, 0) for ln in lanes),
            rate=verified,
            measured_seconds=first.verified.measured_seconds,
        ),
        indexes=now.indexes,
        settle_seconds=now.settle_seconds,
    )


def told(now: Now, lane: Lane, rates: LaneRates, *, is_rising: bool) -> dict[str, str]:
    """Further facts of one table, by word."""
    shown = {
        "bytes_total": str(lane.counts.bytes_total),
        "backlog_keys": str(len(lane.delta)),
        "backlog_age_seconds": f"{now.age_seconds:.1f}",
        "keys_received": str(lane.delta.keys_received),
        "keys_received_per_second": f"{rates.received.per_second:.1f}",
        "keys_written": str(lane.delta.keys_written),
        "keys_written_per_second": f"{rates.written.per_second:.1f}",
        "chunk_rows": str(lane.sizing.rows),
        "checkpoint_age_seconds": f"{now.checkpoint_age_seconds:.1f}",
    }
    rare = {
        "contended_keys": lane.counts.contended,
        "resolved_keys": lane.counts.resolved,
        "doubtful_keys": lane.counts.doubts,
        "repaired_keys": lane.counts.repairs,
    }
    shown |= {name: str(count) for name, count in rare.items() if count}
    if lane.blocked_by:
        shown["blocked_by"] = lane.blocked_by
    if is_rising:
        shown["warning"] = "for 10 min changes have come faster than they are written; raise volume"
    return shown
