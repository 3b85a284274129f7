from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemabot.domain.apply import Apply, ApplyOptions, Lane, Task
from schemabot.domain.control import ControlRequest, Operation, RequestStatus
from schemabot.domain.ids import RequestId, mint_apply_id, mint_plan_id, mint_task_id
from schemabot.domain.scoring import Score, score
from schemabot.domain.states import ApplyState, TaskState
from schemabot.service.picture import Picture, task_percent
from tern.values.plan import ChangeType, Estimate, Verdict
from tern.values.progress import Actual, TaskProgress, TaskStatus, Throttle
from tern.values.target import DatabaseType, Target

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
APPLY_ID = mint_apply_id()
ESTIMATE = Estimate(rows=100, seconds_low=10, seconds_high=30)


def task(state: TaskState = TaskState.RUNNING, **shown: object) -> Task:
    progress = TaskProgress(task_id="t", status=TaskStatus.RUNNING, **shown)  # type: ignore[arg-type]
    return Task(
        task_id=mint_task_id(),
        apply_id=APPLY_ID,
        position=0,
        namespace="shop",
        schema="shop",
        table="users",
        change_type=ChangeType.ALTER,
        ddl="ALTER TABLE users ADD a int",
        verdict=Verdict.COPY,
        state=state,
        progress=progress if shown else None,
    )


def picture(
    *tasks: Task, state: ApplyState = ApplyState.RUNNING, estimate: Estimate | None = ESTIMATE
) -> Picture:
    apply = Apply(
        apply_id=APPLY_ID,
        plan_id=mint_plan_id(),
        plan_hash="h",
        target=Target(database="shop", type=DatabaseType.MYSQL, environment="staging"),
        lane=Lane.LOCAL,
        engine="online",
        state=state,
        options=ApplyOptions(),
        caller="local",
        tasks=tasks,
        attempt=1,
        lease_epoch=1,
        version=3,
        created_at=NOW - timedelta(minutes=2),
        updated_at=NOW - timedelta(minutes=2),
        started_at=NOW - timedelta(minutes=1),
        progress_at=NOW - timedelta(seconds=1),
    )
    return Picture(
        apply=apply,
        requests=(),
        place=None,
        plan_estimate=estimate,
        estimates=tuple(estimate for _ in tasks),
        now=NOW,
        max_attempts=10,
    )


def aged(shown: Picture, **times: datetime | None) -> Picture:
    return replace(shown, apply=replace(shown.apply, **times))  # type: ignore[arg-type]


def test_a_hundred_percent_means_done() -> None:
    assert task_percent(task(TaskState.COMPLETED)) == 100
    assert task_percent(task(TaskState.RUNNING, percent=100.0)) == 99.9
    assert task_percent(task(TaskState.PENDING)) == 0
    assert task_percent(task(TaskState.RUNNING)) is None


@given(st.lists(st.floats(0, 100), min_size=1, max_size=5))
def test_the_whole_lies_between_its_parts(percents: list[float]) -> None:
    shown = picture(*[task(percent=percent, rows_total=7) for percent in percents])
    parts = [min(percent, 99.9) for percent in percents]
    assert shown.percent is not None
    assert min(parts) - 1e-6 <= shown.percent <= max(parts) + 1e-6


def test_a_larger_table_weighs_more() -> None:
    done, running = task(TaskState.COMPLETED, rows_total=1), task(percent=50.0, rows_total=99)
    assert picture(done, running).percent == pytest.approx(50.5)


def test_an_eta_needs_every_part() -> None:
    assert picture(task(eta_seconds=5.0), task(TaskState.PENDING)).eta_seconds == 25
    assert picture(task(percent=1.0), task(eta_seconds=5.0)).eta_seconds is None
    assert picture(task(TaskState.PENDING), estimate=None).eta_seconds is None
    assert picture(task(eta_seconds=5.0), state=ApplyState.STOPPED).eta_seconds is None


def test_silence_of_the_owner_is_stale_where_it_should_report() -> None:
    quiet = NOW - timedelta(seconds=31)
    assert not picture(task()).is_stale
    assert aged(picture(task()), progress_at=quiet).is_stale
    assert not aged(picture(task(), state=ApplyState.STOPPED), progress_at=quiet).is_stale
    # a driver that never said anything counts from the start
    assert aged(picture(task()), progress_at=None).is_stale


def test_time_passes_until_the_end() -> None:
    assert picture(task()).elapsed_seconds == 60
    ended = aged(picture(task()), completed_at=NOW - timedelta(seconds=20))
    assert ended.elapsed_seconds == 40
    assert aged(picture(task()), started_at=None).elapsed_seconds is None


def test_the_first_running_task_says_what_holds_it_back() -> None:
    lag = Throttle(reason="lag", detail="2 s")
    shown = picture(task(TaskState.COMPLETED, throttle=Throttle(reason="old")), task(throttle=lag))
    assert shown.throttle == lag


def test_what_was_taken_is_the_sum_and_is_scored_when_done() -> None:
    took = Actual(rows=5, bytes=10, seconds=30, peak_disk_bytes=7)
    done = task(TaskState.COMPLETED, actual=took)
    shown = picture(done, done, state=ApplyState.COMPLETED)
    assert shown.actual == Actual(rows=10, bytes=20, seconds=60, peak_disk_bytes=7)
    assert shown.score == Score(ratio=3, is_inside=False)
    assert picture(done, state=ApplyState.RUNNING).score == Score()
    assert score(took, Estimate(seconds_low=0, seconds_high=0)) == Score()
    assert picture(task()).actual is None


def test_the_estimate_of_the_start_is_scored_before_that_of_the_plan() -> None:
    expected = Estimate(seconds_low=20, seconds_high=60)
    took = Actual(rows=5, bytes=10, seconds=30, estimate=expected, phase_seconds={"copy": 12})
    done = task(TaskState.COMPLETED, actual=took)
    shown = picture(done, done, state=ApplyState.COMPLETED)
    assert shown.score == Score(ratio=0.75, is_inside=True)
    assert shown.actual is not None
    assert shown.actual.phase_seconds == {"copy": 24}


def test_tables_that_are_copied_together_end_together() -> None:
    both = picture(task(eta_seconds=5.0), task(eta_seconds=6.0), task(TaskState.PENDING))
    assert both.eta_seconds == 26


def test_next_actions_are_what_the_state_and_the_engine_allow() -> None:
    running = picture(task()).next_actions
    assert running == (Operation.STOP, Operation.CANCEL, Operation.VOLUME)
    waiting = picture(task(), state=ApplyState.WAITING_FOR_CUTOVER).next_actions
    assert Operation.CUTOVER in waiting
    assert picture(task(), state=ApplyState.COMPLETED).next_actions == ()


def test_while_a_stop_is_pending_only_a_cancel_is_left() -> None:
    stop = ControlRequest(
        request_id=RequestId("1-1"),
        apply_id=APPLY_ID,
        operation=Operation.STOP,
        status=RequestStatus.PENDING,
        generation=1,
        requested_by="local",
        requested_at=NOW,
    )
    shown = replace(picture(task()), requests=(stop,))
    assert shown.next_actions == (Operation.CANCEL,)
    cancel = replace(stop, operation=Operation.CANCEL)
    assert replace(shown, requests=(cancel,)).next_actions == ()
