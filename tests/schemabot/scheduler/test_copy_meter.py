"""What is counted of copies, from the pictures that a drive stores (A-59)."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from schemabot.scheduler.copy_instruments import CopyInstruments
from schemabot.scheduler.copy_meter import CopyMeter
from schemabot.telemetry.metrics import exposition
from tern.engine.online.phases import Phase
from tern.engine.online.throttle.judge import Reason
from tern.values.plan import Estimate, Verdict
from tern.values.progress import (
    Actual,
    PhaseTime,
    Progress,
    TaskProgress,
    TaskStatus,
    Throttle,
)
from tern.values.run import Work
from tern.values.target import DatabaseType
from tests.support.work import a_statement, a_target

PLACE = {"database": "shop", "environment": "staging"}
FIRST, OTHER = "task-00000000000000aa", "task-00000000000000bb"
FRESH = (PhaseTime(name="copy", seconds=3.0, begun_seconds_ago=3.0),)
GOING_ON = (PhaseTime(name="copy", seconds=90.0, begun_seconds_ago=3.0),)


@dataclass(slots=True)
class Drive:
    """A drive whose pictures and clock a test holds in its hands."""

    verdict: Verdict = Verdict.COPY
    type: DatabaseType = DatabaseType.MYSQL
    done: bool = False
    instruments: CopyInstruments = field(default_factory=CopyInstruments)
    at: float = 100.0
    sequence: int = 0
    meter: CopyMeter = field(init=False)

    def __post_init__(self) -> None:
        status = TaskStatus.COMPLETED if self.done else TaskStatus.PENDING
        statements = tuple(
            replace(a_statement(task_id, ordinal=ordinal), verdict=self.verdict, status=status)
            for ordinal, task_id in enumerate((FIRST, OTHER))
        )
        target = replace(a_target(), type=self.type)
        work = Work(apply_id="apply-1", target=target, statements=statements)
        self.meter = CopyMeter(work, self.instruments, clock=lambda: self.at)

    def show(self, *, other: TaskProgress | None = None, **shown: Any) -> None:  # noqa: ANN401 (a picture's own fields)
        """A picture is stored a second later."""
        self.at += 1
        self.sequence += 1
        plain: dict[str, Any] = {
            "task_id": FIRST,
            "status": TaskStatus.RUNNING,
            "phase": "copy",
            "phases": FRESH,
        }
        tasks = (TaskProgress(**{**plain, **shown}), *([other] if other else []))
        self.meter.note(Progress(sequence=self.sequence, tasks=tasks))

    def text(self) -> list[str]:
        """The lines that a scraper reads, without the words about them."""
        lines = exposition(self.instruments.all).splitlines()
        return [line for line in lines if not line.startswith("#")]


@pytest.fixture
def drive() -> Drive:
    return Drive()


def test_rows_are_counted_as_they_grow(drive: Drive) -> None:
    drive.show(phase=None, phases=())
    drive.show(rows_copied=400)
    drive.show(rows_copied=1000)
    assert drive.instruments.rows.value(**PLACE) == 1000


def test_what_an_earlier_drive_has_copied_is_not_counted_again() -> None:
    drive = Drive()
    drive.show(rows_copied=400, differences=2, phases=GOING_ON)
    drive.show(rows_copied=1000, differences=3, phases=GOING_ON)
    assert drive.instruments.rows.value(**PLACE) == 600
    assert drive.instruments.differences.value(**PLACE) == 1


def test_rows_that_are_copied_afresh_count_again(drive: Drive) -> None:
    for rows in (900, 0, 500):
        drive.show(rows_copied=rows)
    assert drive.instruments.rows.value(**PLACE) == 1400


def test_what_was_finished_before_is_nothing_of_this_drive() -> None:
    drive = Drive(done=True)
    drive.show(status=TaskStatus.COMPLETED, rows_copied=900, cutover_attempts=1)
    drive.meter.end()
    assert drive.text() == []


def test_time_held_back_is_counted_by_its_reason_and_never_twice(drive: Drive) -> None:
    def held(seconds: float, reason: str) -> None:
        drive.show(throttle=Throttle(reason=reason, since_seconds=seconds))

    for seconds in (0.25, 1.25, 2.25):
        held(seconds, "lag")
    held(0.5, "threads")
    held(1.5, "the moon")
    drive.show()
    counted = drive.instruments.throttled_seconds
    assert counted.value(**PLACE, reason="lag") == pytest.approx(2.25)
    assert counted.value(**PLACE, reason="threads") == pytest.approx(0.5)
    assert counted.value(**PLACE, reason="other") == pytest.approx(1)


def test_a_first_look_at_a_long_hold_counts_only_the_time_of_this_drive(drive: Drive) -> None:
    drive.show(throttle=Throttle(reason="lag", since_seconds=3600))
    counted = drive.instruments.throttled_seconds
    assert counted.value(**PLACE, reason="lag") == pytest.approx(1)


def test_tries_to_swap_are_counted_by_their_outcome(drive: Drive) -> None:
    drive.show(phase="cutover", cutover_attempts=1)
    drive.show(phase="cutover", cutover_attempts=1, detail={"cutover_locked_seconds": "1.900"})
    drive.show(phase="cutover", cutover_attempts=3)
    drive.show(
        status=TaskStatus.COMPLETED,
        phase="clean_up",
        cutover_attempts=3,
        detail={"cutover_locked_seconds": "0.040"},
    )
    drive.meter.end()
    tries = drive.instruments.cutover_attempts
    assert tries.value(engine="online", outcome="failed") == 2
    assert tries.value(engine="online", outcome="succeeded") == 1
    locked = 'schemabot_cutover_lock_seconds_sum{engine="online",outcome='
    assert {f'{locked}"failed"}} 1.9', f'{locked}"succeeded"}} 0.04'} <= set(drive.text())


@pytest.mark.parametrize(
    ("verdict", "database", "engine"),
    [
        (Verdict.COPY, DatabaseType.MARIADB, "online"),
        (Verdict.INSTANT, DatabaseType.MYSQL, "direct"),
        (Verdict.COPY, DatabaseType.VITESS, "vitess"),
    ],
)
def test_a_try_that_was_not_seen_to_succeed_has_failed(
    verdict: Verdict, database: DatabaseType, engine: str
) -> None:
    drive = Drive(verdict, database)
    drive.show(phase="cutover", cutover_attempts=2)
    tries = drive.instruments.cutover_attempts
    assert tries.value(engine=engine, outcome="failed") == 1
    drive.meter.end()
    assert tries.value(engine=engine, outcome="failed") == 2


def test_an_estimate_is_compared_with_what_it_took(drive: Drive) -> None:
    estimate = Estimate(seconds_low=10, seconds_high=30)
    actual = Actual(rows=1, bytes=1, seconds=50, estimate=estimate)
    for _ in range(2):
        drive.show(status=TaskStatus.COMPLETED, actual=actual)
    lines = drive.text()
    assert 'schemabot_estimate_error_ratio_sum{method="copy"} 2.5' in lines
    assert 'schemabot_estimate_error_ratio_count{method="copy"} 1' in lines


def test_what_is_copied_now_is_shown_until_the_drive_ends(drive: Drive) -> None:
    behind = {"backlog_keys": "40", "backlog_age_seconds": "2.5"}
    second = TaskProgress(
        task_id=OTHER,
        status=TaskStatus.WAITING_FOR_CUTOVER,
        phase="held",
        detail={"backlog_keys": "2", "backlog_age_seconds": "0.5"},
    )
    drive.show(detail=behind, other=second)
    place = '{database="shop",environment="staging"}'
    assert {
        'schemabot_copies{phase="copy"} 1',
        'schemabot_copies{phase="held"} 1',
        f"schemabot_copy_backlog_keys{place} 42",
        f"schemabot_copy_backlog_seconds{place} 2.5",
    } <= set(drive.text())
    drive.meter.end()
    assert drive.text() == []


def test_a_statement_that_copies_nothing_is_no_copy() -> None:
    drive = Drive(Verdict.INSTANT)
    drive.show(phase="ddl", rows_copied=7)
    assert drive.text() == []


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_of_the_engine_is_known_by_its_word(drive: Drive, phase: Phase) -> None:
    drive.show(phase=str(phase))
    assert f'schemabot_copies{{phase="{phase}"}} 1' in drive.text()


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_of_the_engine_is_known_by_its_word(drive: Drive, reason: Reason) -> None:
    drive.show(throttle=Throttle(reason=str(reason), since_seconds=1))
    assert drive.instruments.throttled_seconds.value(**PLACE, reason=str(reason)) == 1


def test_a_word_that_nobody_knows_does_not_become_a_label(drive: Drive) -> None:
    drive.show(phase="apply-1234 of somebody")
    assert 'schemabot_copies{phase="other"} 1' in drive.text()
