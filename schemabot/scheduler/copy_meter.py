"""What one drive adds to the counts of copies, picture by picture (A-59)."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from schemabot.domain.scoring import score
from schemabot.scheduler.copy_instruments import CopyInstruments, CopyNow
from tern.values.plan import Verdict
from tern.values.progress import Progress, TaskProgress, TaskStatus
from tern.values.run import Work, WorkStatement
from tern.values.target import DatabaseType

# Words become labels, so only known ones do.
_PHASES = frozenset({
    "prepare",
    "copy",
    "index",
    "catch_up",
    "analyze",
    "verify",
    "held",
    "cutover",
    "clean_up",
})
_REASONS = frozenset({
    "paused",
    "critical",
    "lag",
    "threads",
    "commit",
    "history",
    "probe",
    "sample",
})
_OTHER = "other"
_OURS = frozenset({DatabaseType.MYSQL, DatabaseType.MARIADB})
_ROUNDING_SECONDS = 0.5
_UNDER_WAY = frozenset({
    TaskStatus.RUNNING,
    TaskStatus.WAITING_FOR_CUTOVER,
    TaskStatus.CUTTING_OVER,
})


@dataclass(slots=True, kw_only=True)
class _Table:
    """One statement, as far as it is counted.

    Attributes:
        rows, differences: As last seen; None until a picture shows that the work goes on.
        attempts: The newest one.
        failed: How many of them are counted as failed.
        locked_seconds: How long the newest one held the table; None if it has not, or it goes on.
    """

    engine: str
    method: str
    rows: int | None = None
    differences: int = 0
    attempts: int = 0
    failed: int = 0
    locked_seconds: float | None = None
    is_done: bool = False


class CopyMeter:
    """Counts one drive; used once.

    Args:
        work: As claimed; what was finished then is never counted.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        work: Work,
        instruments: CopyInstruments,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._place = {
            "database": work.target.database,
            "environment": work.target.environment,
        }
        self._instruments = instruments
        self._clock = clock
        self._noted_at = clock()
        self._tables = {
            each.task_id: _Table(engine=_engine(work, each), method=each.verdict)
            for each in work.statements
            if each.status is not TaskStatus.COMPLETED
        }

    def note(self, progress: Progress | None) -> None:
        """A picture was stored, later than all before it."""
        if progress is None:
            return
        for task in progress.tasks:
            table = self._tables.get(task.task_id)
            if table is not None and not table.is_done:
                self._note_task(table, task)
        self._note_throttle(progress.tasks)
        self._instruments.show(self, self._now(progress.tasks))

    def end(self) -> None:
        """The drive is over: a try that was not seen to succeed has failed."""
        self._instruments.show(self, None)
        for table in self._tables.values():
            if not table.is_done:
                self._count_failed(table, table.attempts)

    def _note_task(self, table: _Table, task: TaskProgress) -> None:
        if table.method == Verdict.COPY and task.phase is not None:
            self._note_rows(table, task)
        if task.cutover_attempts > table.attempts:
            # The newest one may still succeed.
            self._count_failed(table, task.cutover_attempts - 1)
            table.attempts = task.cutover_attempts
        table.locked_seconds = _figure(task, "cutover_locked_seconds")
        if task.status is TaskStatus.COMPLETED:
            table.is_done = True
            self._note_success(table, task)

    def _note_rows(self, table: _Table, task: TaskProgress) -> None:
        if table.rows is None:
            # What an earlier drive has copied is counted there.
            goes_on = _goes_on(task)
            table.rows = task.rows_copied if goes_on else 0
            table.differences = task.differences if goes_on else 0
        # Fewer than before: it was begun afresh, or went back to its checkpoint.
        if task.rows_copied > table.rows:
            self._instruments.rows.add(task.rows_copied - table.rows, **self._place)
        if task.differences > table.differences:
            found = task.differences - table.differences
            self._instruments.differences.add(found, **self._place)
        table.rows, table.differences = task.rows_copied, task.differences

    def _count_failed(self, table: _Table, attempts: int) -> None:
        if attempts > table.failed:
            self._count_attempts(table, attempts - table.failed, outcome="failed")
            table.failed = attempts

    def _count_attempts(self, table: _Table, count: int, *, outcome: str) -> None:
        labels = {"engine": table.engine, "outcome": outcome}
        self._instruments.cutover_attempts.add(count, **labels)
        if table.locked_seconds is not None:
            self._instruments.cutover_lock_seconds.observe(table.locked_seconds, **labels)
            table.locked_seconds = None

    def _note_success(self, table: _Table, task: TaskProgress) -> None:
        if table.attempts > 0:
            self._count_attempts(table, 1, outcome="succeeded")
        ratio = score(task.actual, None).ratio
        if ratio is not None:
            self._instruments.estimate_error_ratio.observe(ratio, method=table.method)

    def _note_throttle(self, tasks: Iterable[TaskProgress]) -> None:
        """Tables of one drive are held back together, so the first tells of all."""
        at = self._clock()
        since, self._noted_at = self._noted_at, at
        throttle = next((task.throttle for task in tasks if task.throttle is not None), None)
        if throttle is None:
            return
        reason = throttle.reason if throttle.reason in _REASONS else _OTHER
        seconds = max(min(throttle.since_seconds, at - since), 0.0)
        self._instruments.throttled_seconds.add(seconds, reason=reason, **self._place)

    def _now(self, tasks: Iterable[TaskProgress]) -> CopyNow | None:
        copied = [
            task
            for task in tasks
            if task.task_id in self._tables
            and self._tables[task.task_id].method == Verdict.COPY
            and task.status in _UNDER_WAY
            and task.phase is not None
        ]
        if not copied:
            return None
        return CopyNow(
            **self._place,
            phases=tuple(task.phase if task.phase in _PHASES else _OTHER for task in copied),
            backlog_keys=sum(_figure(task, "backlog_keys") or 0 for task in copied),
            backlog_seconds=max(_figure(task, "backlog_age_seconds") or 0 for task in copied),
        )


def _goes_on(task: TaskProgress) -> bool:
    """Whether an earlier drive had begun this copy: some phase took longer than this run is old."""
    return any(
        phase.begun_seconds_ago is None
        or phase.seconds > phase.begun_seconds_ago + _ROUNDING_SECONDS
        for phase in task.phases
    )


def _figure(task: TaskProgress, name: str) -> float | None:
    """A further fact that is a number; None where the engine does not tell it."""
    try:
        return float(task.detail[name])
    except (KeyError, ValueError):
        return None


def _engine(work: Work, statement: WorkStatement) -> str:
    if work.target.type not in _OURS:
        return str(work.target.type)
    return "online" if statement.verdict is Verdict.COPY else "direct"
