"""Every non-terminal state is left again, and no change outside the matrix is written."""

from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import Connection

from schemabot.domain.control import Operation
from schemabot.domain.errors import IllegalTransition
from schemabot.domain.execution import Execution, HandedBack, Report
from schemabot.domain.states import (
    APPLY_TRANSITIONS,
    SET_UP_STATES,
    TASK_TRANSITIONS,
    ApplyState,
    TaskState,
    is_terminal,
)
from schemabot.storage.database import Database
from schemabot.storage.locked_apply import LockedApply, select_locked
from schemabot.storage.storage import Storage
from tern.errors import ServerUnavailable
from tern.values.progress import TaskStatus
from tern.values.run import Retryable, Stopped, Waiting
from tests.support.stored import (
    a_claimer,
    claim_one,
    claimed,
    let_expire,
    move_times,
    report,
    row_of,
    set_row,
    store_apply,
)

GONE = ServerUnavailable(place="orders/production", reason="refused")
BY_SAMPLE = frozenset({
    ApplyState.RUNNING,
    ApplyState.WAITING_FOR_CUTOVER,
    ApplyState.CUTTING_OVER,
    ApplyState.REVERT_WINDOW,
})
ACTIVE = sorted(state for state in ApplyState if not is_terminal(state))


def brought_to(storage: Storage, state: ApplyState) -> Execution:
    """An apply that a driver has taken to this state, by storage's own methods alone."""
    execution = claimed(storage)
    if state in SET_UP_STATES or state is ApplyState.WAITING_FOR_DEPLOY:
        storage.leases.record(execution.lease, Report(accepted=True, set_up=state))
    elif state in BY_SAMPLE:
        storage.leases.record(execution.lease, report(execution, TaskStatus(state)))
    elif state is ApplyState.STOPPED:
        storage.leases.finish(execution.lease, Stopped(), Report())
    elif state is ApplyState.FAILED_RETRYABLE:
        storage.leases.finish(execution.lease, Retryable(error=GONE), Report())
    assert storage.applies.get(execution.lease.apply_id).state is state
    return execution


@pytest.mark.parametrize("state", ACTIVE)
def test_an_apply_whose_driver_died_is_claimed_again(storage: Storage, state: ApplyState) -> None:
    execution = brought_to(storage, state)
    apply_id = execution.lease.apply_id
    if state is ApplyState.STOPPED:
        assert storage.leases.claim(a_claimer(), limit=1) == ()
        storage.controls.request(apply_id, Operation.START, caller="ada")
    let_expire(storage, apply_id)
    again = claim_one(storage, "there/2/b/0")
    assert (again.lease.apply_id, again.lease.epoch) == (apply_id, 2)
    unless_retried = ApplyState.PENDING if state is ApplyState.FAILED_RETRYABLE else state
    assert again.state is unless_retried


@pytest.mark.parametrize("end", [HandedBack(), Waiting(reason="gate", due=timedelta(minutes=1))])
@pytest.mark.parametrize("state", sorted({*BY_SAMPLE, *SET_UP_STATES, ApplyState.PENDING}))
def test_an_apply_at_rest_is_claimed_again(
    storage: Storage, state: ApplyState, end: HandedBack | Waiting
) -> None:
    execution = brought_to(storage, state)
    storage.leases.finish(execution.lease, end, Report())
    move_times(storage, execution.lease.apply_id, by=-timedelta(minutes=2))
    assert claim_one(storage).state is state


@pytest.mark.parametrize("state", ACTIVE)
def test_a_cancel_reaches_every_active_state(storage: Storage, state: ApplyState) -> None:
    execution = brought_to(storage, state)
    apply_id = execution.lease.apply_id
    storage.controls.request(apply_id, Operation.CANCEL, caller="ada")
    let_expire(storage, apply_id)
    assert [order.operation for order in claim_one(storage).orders] == [Operation.CANCEL]


def locked(tx: Connection, storage: Storage, apply_id: str) -> LockedApply:
    clock = storage.database.clock
    only = LockedApply(tx, tx.execute(select_locked(clock)).one(), clock)
    assert only.apply_id == apply_id
    return only


ILLEGAL = [
    (old, new)
    for old, new in product(ApplyState, repeat=2)
    if old is not new and new not in APPLY_TRANSITIONS[old]
]
ILLEGAL_OF_TASKS = [
    (old, new)
    for old, new in product(TaskState, repeat=2)
    if old is not new and new not in TASK_TRANSITIONS[old]
]


def test_no_change_of_an_apply_outside_the_matrix_is_written(database: Database) -> None:
    """Q-9."""
    storage = Storage(database)
    apply_id = store_apply(storage).apply_id
    for old, new in ILLEGAL:
        set_row(storage, apply_id, state=old.value)
        before = row_of(storage, apply_id)
        with pytest.raises(IllegalTransition, match=f"from {old} to {new}"):
            database.write(lambda tx, new=new: locked(tx, storage, apply_id).move((new,)))  # type: ignore[misc]
        assert row_of(storage, apply_id) == before


def test_no_change_of_a_task_outside_the_matrix_is_written(database: Database) -> None:
    storage = Storage(database)
    apply_id = store_apply(storage).apply_id
    for old, new in ILLEGAL_OF_TASKS:
        update = f"UPDATE tasks SET state = '{old.value}'"  # noqa: S608 - our own enum
        database.write(lambda tx, update=update: tx.exec_driver_sql(update))  # type: ignore[misc]
        with pytest.raises(IllegalTransition, match=f"from {old} to {new}"):
            database.write(lambda tx, new=new: locked(tx, storage, apply_id).tasks.move(0, (new,)))  # type: ignore[misc]
        states = {task.state for task in storage.applies.get(apply_id).tasks}
        assert states == {old}
