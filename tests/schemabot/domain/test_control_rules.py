"""The table of operations: accepted, repeated, in vain, refused (queue.md 8)."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemabot.domain.control import ACCEPTED_IN, ENDING, WAIT_FOR, Operation, effective_operation
from schemabot.domain.control_rules import Judgement, Situation, judge
from schemabot.domain.errors import ApplyTerminal, InvalidState, RevertWindowClosed, StopPending
from schemabot.domain.ids import ApplyId
from schemabot.domain.states import ApplyState, TaskState, is_terminal
from tern.errors import Conflict

S, Op, J = ApplyState, Operation, Judgement

DRIVEN = Situation(
    apply_id=ApplyId("apply-0000000000000001"),
    state=S.RUNNING,
    task_states=frozenset({TaskState.RUNNING}),
    is_leased=True,
    has_external_id=False,
    was_driven=True,
    volume=3,
    pending={},
)


def answer(operation: Operation, situation: Situation, value: int | None = None) -> str:
    try:
        return judge(operation, situation, value=value).value
    except Conflict as refused:
        return refused.code


@pytest.mark.parametrize(("operation", "state"), list(product(Operation, ApplyState)))
def test_what_is_accepted_is_what_the_table_says(operation: Operation, state: ApplyState) -> None:
    if operation in {Op.CUTOVER, Op.TAKE_BACK}:
        return  # they also depend on tasks and on what was ordered
    situation = replace(DRIVEN, state=state)
    given_answer = answer(operation, situation, 9 if operation is Op.VOLUME else None)
    is_possible = state in ACCEPTED_IN[effective_operation(operation, state)]
    assert (given_answer in {"queue", "settle"}) == is_possible


@pytest.mark.parametrize(
    ("operation", "state", "code"),
    [
        (Op.STOP, S.COMPLETED, "apply_terminal"),
        (Op.CANCEL, S.CANCELLED, "no_op"),
        (Op.CANCEL, S.FAILED, "apply_terminal"),
        (Op.STOP, S.STOPPED, "no_op"),
        (Op.START, S.RUNNING, "no_op"),
        (Op.START, S.PENDING, "invalid_state"),
        (Op.START, S.WAITING_FOR_DEPLOY, "queue"),
        (Op.CUTOVER, S.RUNNING, "invalid_state"),
        (Op.CUTOVER, S.WAITING_FOR_CUTOVER, "queue"),
        (Op.CUTOVER, S.CUTTING_OVER, "already_in_progress"),
        (Op.TAKE_BACK, S.CUTTING_OVER, "queue"),
        (Op.REVERT, S.REVERT_WINDOW, "queue"),
        (Op.REVERT, S.COMPLETED, "revert_window_closed"),
        (Op.REVERT, S.REVERTED, "no_op"),
        (Op.SKIP_REVERT, S.RUNNING, "invalid_state"),
        (Op.VOLUME, S.CUTTING_OVER, "invalid_state"),
    ],
)
def test_each_operation_in_telling_states(
    operation: Operation, state: ApplyState, code: str
) -> None:
    assert answer(operation, replace(DRIVEN, state=state)) == code


@pytest.mark.parametrize(
    "state",
    [
        S.PREPARING_BRANCH,
        S.APPLYING_BRANCH_CHANGES,
        S.VALIDATING_BRANCH,
        S.CREATING_DEPLOY_REQUEST,
        S.VALIDATING_DEPLOY_REQUEST,
    ],
)
def test_a_start_before_the_deploy_is_due_is_told_what_to_await(state: ApplyState) -> None:
    with pytest.raises(InvalidState, match=state) as refused:
        judge(Op.START, replace(DRIVEN, state=state), value=None)
    assert "waiting_for_deploy" in (refused.value.next_action or "")


def test_a_start_of_what_nobody_has_taken_yet_is_told_that_it_starts_by_itself() -> None:
    pending = replace(DRIVEN, state=S.PENDING, is_leased=False, was_driven=False)
    with pytest.raises(InvalidState, match="pending") as refused:
        judge(Op.START, pending, value=None)
    assert "by itself" in (refused.value.next_action or "")


def test_a_refusal_names_the_state_and_what_to_await() -> None:
    with pytest.raises(InvalidState, match="running") as refused:
        judge(Op.CUTOVER, DRIVEN, value=None)
    assert refused.value.next_action == WAIT_FOR[Op.CUTOVER]


@pytest.mark.parametrize("wins", sorted(ENDING))
def test_under_a_stop_or_cancel_nothing_goes_forward(wins: Operation) -> None:
    for operation in set(Operation) - ENDING:
        for state in (S.RUNNING, S.WAITING_FOR_CUTOVER, S.REVERT_WINDOW, S.WAITING_FOR_DEPLOY):
            with pytest.raises((StopPending, InvalidState)):
                judge(operation, replace(DRIVEN, state=state, pending={wins: None}), value=5)


def test_cancel_outranks_stop_and_not_the_other_way() -> None:
    assert answer(Op.CANCEL, replace(DRIVEN, pending={Op.STOP: None})) == "queue"
    assert answer(Op.STOP, replace(DRIVEN, pending={Op.CANCEL: None})) == "stop_pending"


def test_asking_the_same_again_writes_nothing_but_a_new_volume_does() -> None:
    for operation in Operation:
        pending = {operation: 5}
        situation = replace(DRIVEN, pending=pending)
        assert answer(operation, situation, 5) == "already_requested"
    assert answer(Op.VOLUME, replace(DRIVEN, pending={Op.VOLUME: 5}), 6) == "queue"
    assert answer(Op.VOLUME, DRIVEN, 3) == "no_op"


IDLE = replace(DRIVEN, is_leased=False)


@pytest.mark.parametrize(
    ("situation", "stop", "cancel"),
    [
        (replace(IDLE, state=S.PENDING, was_driven=False), "settle", "settle"),
        (replace(IDLE, state=S.PENDING), "settle", "queue"),
        (replace(IDLE, state=S.FAILED_RETRYABLE), "settle", "queue"),
        (replace(IDLE, state=S.FAILED_RETRYABLE, has_external_id=True), "queue", "queue"),
        (replace(DRIVEN, state=S.PENDING, was_driven=False), "queue", "queue"),
        (replace(IDLE, state=S.RUNNING), "queue", "queue"),
        (replace(IDLE, state=S.STOPPED, was_driven=False), "no_op", "settle"),
    ],
    ids=["fresh", "pending again", "retry", "elsewhere", "claimed", "parked", "stopped fresh"],
)
def test_only_what_cannot_be_running_is_settled_at_once(
    situation: Situation, stop: str, cancel: str
) -> None:
    assert answer(Op.STOP, situation) == stop
    assert answer(Op.CANCEL, situation) == cancel


SITUATIONS = st.builds(
    Situation,
    apply_id=st.just(ApplyId("apply-0000000000000001")),
    state=st.sampled_from(ApplyState),
    task_states=st.frozensets(st.sampled_from(TaskState), min_size=1),
    is_leased=st.booleans(),
    has_external_id=st.booleans(),
    was_driven=st.booleans(),
    volume=st.one_of(st.none(), st.integers(1, 11)),
    pending=st.dictionaries(st.sampled_from(Operation), st.none(), max_size=3),
)


@given(SITUATIONS, st.sampled_from(Operation), st.one_of(st.none(), st.integers(1, 11)))
def test_every_situation_has_an_answer_and_an_end_takes_nothing_on(
    situation: Situation, operation: Operation, value: int | None
) -> None:
    try:
        judgement = judge(operation, situation, value=value)
    except (ApplyTerminal, InvalidState, StopPending, RevertWindowClosed):
        return
    takes_on = judgement in {J.SETTLE, J.QUEUE}
    assert not (takes_on and is_terminal(situation.state))
    assert not (takes_on and operation in situation.pending and operation is not Op.VOLUME)
