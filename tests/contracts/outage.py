"""What waiting for an unreachable target promises on every database (Q-52, Q-53, Q-56)."""

from datetime import timedelta

from schemabot.domain.apply import Apply
from schemabot.domain.control import Operation
from schemabot.domain.event import EventFilter
from schemabot.domain.execution import Execution, HandedBack, Report, Unreachable
from schemabot.domain.queue_place import WaitReason
from schemabot.domain.states import ApplyState, TaskState
from schemabot.storage.storage import Storage
from tern.errors import ServerUnavailable
from tern.values.progress import TaskStatus
from tests.contracts.control import end_of, stopped
from tests.support.stored import (
    a_claimer,
    claim_one,
    claimed,
    move_times,
    report,
    row_of,
    running,
    set_row,
)

OUTAGE = Unreachable(error=ServerUnavailable(place="orders/production", reason="refused"))


def meets_outage(storage: Storage, execution: Execution) -> Apply:
    """The apply after its drive has found the target away."""
    storage.leases.finish(execution.lease, OUTAGE, Report())
    return storage.applies.get(execution.lease.apply_id)


def again(storage: Storage, apply: Apply, *, after: timedelta) -> Execution:
    """The next claim, that much later."""
    move_times(storage, apply.apply_id, by=-after)
    since = row_of(storage, apply.apply_id)["outage_since"]
    set_row(storage, apply.apply_id, outage_since=since - after)  # type: ignore[operator]
    return claim_one(storage)


def wait_of(storage: Storage, apply: Apply) -> float:
    row = row_of(storage, apply.apply_id)
    wait = row["due_at"] - row["updated_at"]  # type: ignore[operator]
    return float(wait.total_seconds())


class OutageContract:
    """An outage is not a failure: nothing is spent, and it is shown with its beginning."""

    def test_an_outage_spends_nothing_and_says_since_when(self, storage: Storage) -> None:
        apply = meets_outage(storage, claimed(storage))
        assert (apply.state, apply.attempt) == (ApplyState.PENDING, 1)
        assert "refused; tried since 20" in (apply.detail or "")
        assert wait_of(storage, apply) == 1

    def test_what_waits_for_its_target_is_parked(self, storage: Storage) -> None:
        apply = meets_outage(storage, claimed(storage))
        apply = meets_outage(storage, again(storage, apply, after=timedelta(minutes=5)))
        place = storage.applies.queue_place(apply.apply_id)
        assert place is not None
        assert (place.reason, place.position) == (WaitReason.PARKED, None)

    def test_looks_become_rare_and_after_a_while_it_is_parked(self, storage: Storage) -> None:
        apply = meets_outage(storage, claimed(storage))
        waits = []
        for seconds in (4, 10, 50, 600):
            apply = meets_outage(storage, again(storage, apply, after=timedelta(seconds=seconds)))
            waits.append(wait_of(storage, apply))
        late = 8  # a machine may be
        assert 4 <= waits[0] < 4 + late
        assert 14 <= waits[1] < 14 + late
        assert waits[2:] == [30, 30]
        lines = storage.events.list(apply.apply_id, EventFilter(), limit=99)
        assert [line.event for line in lines].count("target_unreachable") == 1

    def test_a_target_that_answers_ends_the_outage(self, storage: Storage) -> None:
        apply = meets_outage(storage, claimed(storage))
        execution = again(storage, apply, after=timedelta(minutes=5))
        storage.leases.record(execution.lease, report(execution, TaskStatus.RUNNING))
        row = row_of(storage, apply.apply_id)
        assert (row["outage_since"], row["detail"], row["attempt"]) == (None, None, 1)

    def test_work_under_way_keeps_its_states(self, storage: Storage) -> None:
        first = running(storage)
        storage.leases.finish(first.lease, HandedBack(), Report())
        apply = meets_outage(storage, claim_one(storage))
        assert apply.state is ApplyState.RUNNING
        assert {task.state for task in apply.tasks} == {TaskState.RUNNING}
        assert {task.error for task in apply.tasks} == {None}

    def test_a_stop_does_not_wait_for_the_target(self, storage: Storage) -> None:
        storage.leases.finish(running(storage).lease, HandedBack(), Report())
        execution = claim_one(storage)
        apply_id = execution.lease.apply_id
        storage.controls.request(apply_id, Operation.STOP, caller="ada")
        assert meets_outage(storage, execution).state is ApplyState.STOPPED
        assert end_of(storage, apply_id, Operation.STOP) == ("completed", "stopped")

    def test_a_start_that_cannot_reach_its_target_fails(self, storage: Storage) -> None:
        apply_id = stopped(storage).lease.apply_id
        storage.controls.request(apply_id, Operation.START, caller="ada")
        assert meets_outage(storage, claim_one(storage)).state is ApplyState.STOPPED
        assert end_of(storage, apply_id, Operation.START) == ("failed", "start_not_effective")
        assert storage.leases.claim(a_claimer(), limit=1) == ()
