"""What a drive's end makes of tasks, and what samples do not."""

from collections.abc import Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from schemabot.domain.endings import TaskFacts, end_tasks, first_open
from schemabot.domain.errors import OutcomeIncomplete
from schemabot.domain.execution import DriveEnd, HandedBack, Refused, Unreachable
from schemabot.domain.ids import ApplyId, TaskId
from schemabot.domain.reported import sampled_state
from schemabot.domain.states import (
    TERMINAL_APPLY_STATES,
    TERMINAL_TASK_STATES,
    ApplyState,
    TaskState,
    derive_apply_state,
    task_may_become,
    task_way,
)
from tern.errors import OutcomeUnknown, ServerUnavailable, StalePlan
from tern.values.progress import TaskProgress, TaskStatus
from tern.values.run import Completed, EndState, Permanent, Retryable, Stopped, Unknown, Waiting

APPLY = ApplyId("apply-0000000000000001")
GONE = ServerUnavailable(place="x", reason="y")
T, S = TaskState, TaskStatus

RETRYABLE = Retryable(error=GONE)
PERMANENT = Permanent(error=StalePlan(table="t", change="c"))
UNKNOWN = Unknown(error=OutcomeUnknown(action="a", place="p", reason="r"))
OUTAGE = Unreachable(error=GONE)
AT_REST: list[DriveEnd] = [Waiting(reason="gate"), HandedBack(), Refused(reason="no route"), OUTAGE]
ENDS: list[DriveEnd] = [
    *(Completed(end=end) for end in EndState),
    Stopped(),
    RETRYABLE,
    PERMANENT,
    UNKNOWN,
    *AT_REST,
]


def facts(states: Sequence[TaskState], shown: Sequence[TaskStatus | None]) -> list[TaskFacts]:
    return [
        TaskFacts(
            task_id=TaskId(f"task-{place}"),
            state=state,
            progress=None if status is None else TaskProgress(task_id="t", status=status),
        )
        for place, (state, status) in enumerate(zip(states, shown, strict=True))
    ]


def ended(states: Sequence[TaskState], end: DriveEnd) -> tuple[TaskState, ...]:
    return end_tasks(APPLY, facts(states, [None] * len(states)), end)


LIVE = (T.COMPLETED, T.CUTTING_OVER, T.RUNNING, T.PENDING)


@pytest.mark.parametrize(
    ("end", "after"),
    [
        (Stopped(), (T.COMPLETED, T.STOPPED, T.STOPPED, T.STOPPED)),
        (UNKNOWN, (T.COMPLETED, T.STOPPED, T.STOPPED, T.STOPPED)),
        (RETRYABLE, (T.COMPLETED, T.FAILED_RETRYABLE, T.FAILED_RETRYABLE, T.PENDING)),
        (PERMANENT, (T.COMPLETED, T.FAILED, T.CANCELLED, T.CANCELLED)),
        (
            Completed(end=EndState.CANCELLED),
            (T.COMPLETED, T.CANCELLED, T.CANCELLED, T.CANCELLED),
        ),
        (Completed(end=EndState.REVERTED), (T.COMPLETED, T.REVERTED, T.REVERTED, T.CANCELLED)),
        (HandedBack(), LIVE),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_end_has_its_own_way_with_unfinished_tasks(
    end: DriveEnd, after: tuple[TaskState, ...]
) -> None:
    assert ended(LIVE, end) == after


def test_the_task_that_is_named_is_the_one_that_fails() -> None:
    named = Permanent(error=GONE, task_id="task-2")
    assert ended(LIVE, named) == (T.COMPLETED, T.CANCELLED, T.FAILED, T.CANCELLED)


def test_a_failure_before_anything_began_still_shows() -> None:
    assert ended((T.PENDING, T.PENDING), RETRYABLE) == (T.FAILED_RETRYABLE, T.PENDING)


@pytest.mark.parametrize("end", [PERMANENT, Completed(end=EndState.CANCELLED)])
def test_what_was_swapped_is_never_cancelled(end: DriveEnd) -> None:
    named = Permanent(error=GONE, task_id="task-0") if end is PERMANENT else end
    assert ended((T.RUNNING, T.REVERT_WINDOW), named)[1] is T.COMPLETED


def test_completed_needs_every_task_to_have_ended() -> None:
    with pytest.raises(OutcomeIncomplete, match="task-1"):
        ended((T.COMPLETED, T.RUNNING), Completed())
    done = facts((T.COMPLETED, T.RUNNING), (None, S.COMPLETED))
    assert end_tasks(APPLY, done, Completed()) == (T.COMPLETED, T.COMPLETED)


def test_a_word_that_nobody_knows_completes_nothing() -> None:
    strange = TaskFacts(
        task_id=TaskId("task-0"),
        state=T.RUNNING,
        progress=TaskProgress(task_id="t", status=S.COMPLETED, raw_status="FINISHED_MAYBE"),
    )
    with pytest.raises(OutcomeIncomplete):
        end_tasks(APPLY, [strange], Completed())


def test_the_first_open_task_is_a_started_one() -> None:
    assert first_open((T.COMPLETED, T.PENDING, T.RUNNING)) == 2
    assert first_open((T.COMPLETED, T.STOPPED, T.PENDING)) == 1
    assert first_open((T.COMPLETED, T.FAILED)) is None


TASKS = st.lists(
    st.tuples(st.sampled_from(TaskState), st.one_of(st.none(), st.sampled_from(TaskStatus))),
    min_size=1,
    max_size=4,
)


@given(TASKS, st.sampled_from(ENDS))
def test_every_end_can_be_reached_by_legal_steps(
    tasks: list[tuple[TaskState, TaskStatus | None]], end: DriveEnd
) -> None:
    before = [state for state, _ in tasks]
    try:
        after = end_tasks(APPLY, facts(before, [shown for _, shown in tasks]), end)
    except OutcomeIncomplete:
        return
    for old, new in zip(before, after, strict=True):
        task_way(old, new)
        if old in TERMINAL_TASK_STATES:
            assert new is old


@given(TASKS, st.sampled_from([e for e in ENDS if e not in AT_REST]))
def test_an_end_leaves_no_task_at_work(
    tasks: list[tuple[TaskState, TaskStatus | None]], end: DriveEnd
) -> None:
    before = [state for state, _ in tasks]
    assume(set(before) - TERMINAL_TASK_STATES)
    try:
        after = end_tasks(APPLY, facts(before, [shown for _, shown in tasks]), end)
    except OutcomeIncomplete:
        return
    at_rest = {ApplyState.STOPPED, ApplyState.FAILED_RETRYABLE}
    assert derive_apply_state(after) in TERMINAL_APPLY_STATES | at_rest


@given(st.sampled_from(TaskState), st.sampled_from(TaskStatus))
def test_a_sample_climbs_or_leaves_things_as_they_are(stored: TaskState, shown: TaskStatus) -> None:
    after = sampled_state(stored, TaskProgress(task_id="t", status=shown))
    assert task_may_become(stored, after)
    assert after is stored or after in {
        T.RUNNING,
        T.WAITING_FOR_CUTOVER,
        T.CUTTING_OVER,
        T.REVERT_WINDOW,
        T.COMPLETED,
    }


@pytest.mark.parametrize("stored", [T.STOPPED, T.FAILED_RETRYABLE])
def test_no_sample_wakes_what_is_at_rest(stored: TaskState) -> None:
    for shown in TaskStatus:
        assert sampled_state(stored, TaskProgress(task_id="t", status=shown)) is stored
