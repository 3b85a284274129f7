"""The matrix of transitions, and the state of an apply as its tasks say it."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemabot.domain.errors import IllegalTransition
from schemabot.domain.states import (
    APPLY_TRANSITIONS,
    RANKS,
    TASK_TRANSITIONS,
    TERMINAL_APPLY_STATES,
    TERMINAL_TASK_STATES,
    ApplyState,
    TaskState,
    apply_may_become,
    apply_way,
    derive_apply_state,
    task_may_become,
    task_way,
)

TASKS = st.sampled_from(TaskState)
A, T = ApplyState, TaskState


@pytest.mark.parametrize("state", sorted(TERMINAL_APPLY_STATES))
def test_nothing_follows_a_terminal_state(state: ApplyState) -> None:
    assert APPLY_TRANSITIONS[state] == frozenset()


def test_a_run_climbs_and_may_skip() -> None:
    for old, new in product(A, repeat=2):
        if old in RANKS and new in RANKS and old is not A.COMPLETED and RANKS[new] > RANKS[old]:
            assert apply_may_become(old, new)


FALLS = {
    (A.CUTTING_OVER, A.RUNNING),
    (A.CUTTING_OVER, A.WAITING_FOR_CUTOVER),
}


def test_among_ranked_states_only_two_fall() -> None:
    ranked = [(old, new) for old, new in product(A, repeat=2) if old in RANKS and new in RANKS]
    falling = {(o, n) for o, n in ranked if RANKS[n] < RANKS[o] and apply_may_become(o, n)}
    assert falling == FALLS


def test_a_task_never_goes_from_its_cutover_to_running() -> None:
    assert not task_may_become(T.CUTTING_OVER, T.RUNNING)
    assert task_may_become(T.CUTTING_OVER, T.WAITING_FOR_CUTOVER)


STOPPABLE = {A.PENDING, A.RUNNING, A.WAITING_FOR_CUTOVER, A.FAILED_RETRYABLE}
REVERTIBLE = {A.REVERT_WINDOW, A.FAILED_RETRYABLE, A.STOPPED}
CANCELLABLE = set(A) - TERMINAL_APPLY_STATES - {A.CUTTING_OVER, A.REVERT_WINDOW}


def test_who_may_be_stopped_cancelled_and_reverted() -> None:
    assert {s for s in A if A.STOPPED in APPLY_TRANSITIONS[s]} == STOPPABLE
    assert {s for s in A if A.CANCELLED in APPLY_TRANSITIONS[s]} == CANCELLABLE
    assert {s for s in A if A.REVERTED in APPLY_TRANSITIONS[s]} == REVERTIBLE


def test_every_active_state_may_fail() -> None:
    for state in set(A) - TERMINAL_APPLY_STATES:
        assert A.FAILED in APPLY_TRANSITIONS[state]


@pytest.mark.parametrize(
    ("tasks", "state"),
    [
        ([T.PENDING, T.PENDING], A.PENDING),
        ([T.COMPLETED, T.PENDING], A.RUNNING),
        ([T.COMPLETED, T.RUNNING, T.CUTTING_OVER], A.CUTTING_OVER),
        ([T.WAITING_FOR_CUTOVER, T.RUNNING], A.RUNNING),
        ([T.WAITING_FOR_CUTOVER, T.COMPLETED], A.WAITING_FOR_CUTOVER),
        ([T.FAILED_RETRYABLE, T.STOPPED], A.FAILED_RETRYABLE),
        ([T.STOPPED, T.PENDING], A.STOPPED),
        ([T.COMPLETED, T.FAILED, T.CANCELLED], A.FAILED),
        ([T.FAILED, T.PENDING], A.FAILED),
        ([T.COMPLETED, T.CANCELLED], A.CANCELLED),
        ([T.REVERTED, T.COMPLETED], A.REVERTED),
        ([T.COMPLETED, T.COMPLETED], A.COMPLETED),
    ],
)
def test_an_applys_state_follows_from_its_tasks(tasks: list[TaskState], state: ApplyState) -> None:
    """Q-11."""
    assert derive_apply_state(tasks) is state


def test_before_the_first_task_begins_the_set_up_state_is_shown() -> None:
    tasks = [T.PENDING, T.PENDING]
    assert derive_apply_state(tasks, set_up=A.VALIDATING_BRANCH) is A.VALIDATING_BRANCH


@given(st.lists(TASKS, min_size=1, max_size=6))
def test_only_completed_tasks_make_a_completed_apply(tasks: list[TaskState]) -> None:
    is_completed = derive_apply_state(tasks) is A.COMPLETED
    assert is_completed == (set(tasks) == {T.COMPLETED})


@given(st.lists(TASKS, min_size=1, max_size=6))
def test_an_apply_with_a_live_task_is_not_terminal(tasks: list[TaskState]) -> None:
    at_work = set(tasks) - TERMINAL_TASK_STATES - {T.PENDING}
    if at_work:
        assert derive_apply_state(tasks) not in TERMINAL_APPLY_STATES


@given(TASKS, TASKS)
def test_a_way_is_made_of_legal_steps_and_ends_where_it_should(
    old: TaskState, new: TaskState
) -> None:
    try:
        steps = task_way(old, new)
    except IllegalTransition:
        assert new not in TASK_TRANSITIONS[old]
        return
    for before, after in zip((old, *steps), steps, strict=False):
        assert after in TASK_TRANSITIONS[before]
    assert (steps or (old,))[-1] is new


@pytest.mark.parametrize("state", sorted(TERMINAL_TASK_STATES))
def test_no_way_leads_out_of_an_end(state: TaskState) -> None:
    for new in set(T) - {state}:
        with pytest.raises(IllegalTransition):
            task_way(state, new)


def test_a_swap_is_taken_back_before_it_is_stopped() -> None:
    assert apply_way(A.CUTTING_OVER, A.STOPPED) == (A.WAITING_FOR_CUTOVER, A.STOPPED)
    assert apply_way(A.RUNNING, A.STOPPED) == (A.STOPPED,)
    assert apply_way(A.RUNNING, A.RUNNING) == ()
