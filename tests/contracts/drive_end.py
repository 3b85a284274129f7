"""What the end of a drive leaves behind on every database (Q-19, Q-42 to Q-45)."""

from datetime import timedelta

import pytest

from schemabot.domain.apply import ApplyOptions
from schemabot.domain.control import Operation, RequestStatus
from schemabot.domain.errors import OutcomeIncomplete
from schemabot.domain.event import EventFilter
from schemabot.domain.execution import DriveEnd, Execution, HandedBack, Recorded, Refused, Report
from schemabot.domain.lock import NewLock
from schemabot.domain.states import ApplyState, TaskState
from schemabot.storage.storage import Storage
from tern.errors import OutcomeUnknown, ServerUnavailable, StalePlan
from tern.values.progress import TaskStatus
from tern.values.run import (
    Completed,
    EndState,
    Permanent,
    Retryable,
    Stopped,
    Unknown,
    Waiting,
)
from tern.values.target import DatabaseType
from tests.support.stored import (
    a_claimer,
    claim_one,
    claimed,
    let_expire,
    move_times,
    picture,
    report,
    row_of,
    running,
    set_row,
    store_apply,
)

UNREACHABLE = ServerUnavailable(place="orders/production", reason="refused")
STALE = StalePlan(table="users", change="a column was added")
UNSEEN = OutcomeUnknown(action="RENAME", place="orders/production", reason="connection lost")


def end_with(
    storage: Storage, execution: Execution, end: DriveEnd, *statuses: TaskStatus
) -> Recorded:
    last = Report(progress=picture(execution, *statuses, sequence=99)) if statuses else Report()
    return storage.leases.finish(execution.lease, end, last)


def states(recorded: Recorded) -> list[TaskState]:
    return list(recorded.task_states.values())


class EndContract:
    """One transaction for tasks, apply, active target, lease, requests, lock and log."""

    def test_completed_frees_the_target(self, storage: Storage) -> None:
        execution = running(storage)
        ended = end_with(storage, execution, Completed(), TaskStatus.COMPLETED)
        row = row_of(storage, execution.lease.apply_id)
        assert ended.state is ApplyState.COMPLETED
        assert (row["active_target"], row["lease_token"], row["claimable_at"]) == (None,) * 3
        assert row["completed_at"] is not None
        assert store_apply(storage).state is ApplyState.PENDING

    def test_completed_with_an_unfinished_task_is_refused_whole(self, storage: Storage) -> None:
        execution = running(storage)
        half = (TaskStatus.COMPLETED, TaskStatus.RUNNING)
        with pytest.raises(OutcomeIncomplete):
            end_with(storage, execution, Completed(), *half)
        apply = storage.applies.get(execution.lease.apply_id)
        assert [task.state for task in apply.tasks] == [TaskState.RUNNING] * 2
        assert apply.lease_owner is not None

    def test_a_permanent_failure_cancels_what_has_not_finished(self, storage: Storage) -> None:
        execution = running(storage)
        named = execution.work.statements[1].task_id
        end = Permanent(error=STALE, task_id=named)
        ended = end_with(storage, execution, end, TaskStatus.COMPLETED, TaskStatus.RUNNING)
        apply = storage.applies.get(execution.lease.apply_id)
        assert states(ended) == [TaskState.COMPLETED, TaskState.FAILED]
        assert (apply.state, apply.error_code) == (ApplyState.FAILED, "stale_plan")
        assert apply.tasks[1].error == STALE.message

    def test_a_retryable_failure_waits_and_the_next_claim_is_a_new_attempt(
        self, storage: Storage
    ) -> None:
        """Q-16, Q-43."""
        execution = running(storage)
        ended = end_with(storage, execution, Retryable(error=UNREACHABLE))
        assert states(ended) == [TaskState.FAILED_RETRYABLE] * 2
        assert ended.retry_in is not None
        assert timedelta(0) <= ended.retry_in <= timedelta(seconds=1)
        move_times(storage, execution.lease.apply_id, by=-timedelta(seconds=5))
        again = claim_one(storage)
        assert (again.work.attempt, again.state) == (2, ApplyState.PENDING)
        assert storage.applies.get(again.lease.apply_id).error_code is None

    def test_a_retry_keeps_finished_tasks(self, storage: Storage) -> None:
        execution = running(storage)
        half = (TaskStatus.COMPLETED, TaskStatus.RUNNING)
        end_with(storage, execution, Retryable(error=UNREACHABLE), *half)
        move_times(storage, execution.lease.apply_id, by=-timedelta(seconds=5))
        again = claim_one(storage)
        statuses = [statement.status for statement in again.work.statements]
        assert statuses == [TaskStatus.COMPLETED, TaskStatus.PENDING]
        assert again.state is ApplyState.RUNNING

    def test_the_tenth_failed_attempt_is_the_last(self, storage: Storage) -> None:
        execution = running(storage)
        set_row(storage, execution.lease.apply_id, attempt=10)
        ended = end_with(storage, execution, Retryable(error=UNREACHABLE))
        apply = storage.applies.get(execution.lease.apply_id)
        assert ended.state is ApplyState.FAILED
        assert apply.error_code == "retry_budget_exhausted"
        assert UNREACHABLE.message in (apply.error or "")

    def test_a_retry_overdue_by_more_than_the_window_fails_instead_of_running(
        self, storage: Storage
    ) -> None:
        execution = running(storage)
        end_with(storage, execution, Retryable(error=UNREACHABLE))
        move_times(storage, execution.lease.apply_id, by=-timedelta(days=2))
        assert storage.leases.claim(a_claimer(), limit=1) == ()
        apply = storage.applies.get(execution.lease.apply_id)
        assert (apply.state, apply.error_code) == (ApplyState.FAILED, "recovery_window_expired")

    def test_a_sweep_fails_overdue_retries_where_no_worker_looks(self, storage: Storage) -> None:
        execution = running(storage)
        end_with(storage, execution, Retryable(error=UNREACHABLE))
        assert storage.sweeps.expire_retries(limit=10) == []
        move_times(storage, execution.lease.apply_id, by=-timedelta(days=2))
        assert storage.sweeps.expire_retries(limit=10) == [execution.lease.apply_id]

    def test_a_sweep_leaves_a_lease_that_ran_out_to_a_claim(self, storage: Storage) -> None:
        execution = running(storage)
        apply_id = execution.lease.apply_id
        end_with(storage, execution, Retryable(error=UNREACHABLE))
        storage.controls.request(apply_id, Operation.CANCEL, caller="ada")
        claim_one(storage)
        move_times(storage, apply_id, by=-timedelta(days=2))
        assert storage.sweeps.expire_retries(limit=10) == []
        assert storage.applies.get(apply_id).state is ApplyState.FAILED_RETRYABLE

    def test_a_hand_back_while_the_next_table_runs_takes_no_detour(self, storage: Storage) -> None:
        execution = claimed(storage)
        first = report(execution, TaskStatus.WAITING_FOR_CUTOVER, TaskStatus.PENDING)
        storage.leases.record(execution.lease, first)
        both = (TaskStatus.WAITING_FOR_CUTOVER, TaskStatus.RUNNING)
        ended = end_with(storage, execution, HandedBack(), *both)
        lines = storage.events.list(execution.lease.apply_id, EventFilter(), limit=99)
        assert ended.state is ApplyState.WAITING_FOR_CUTOVER
        assert "failed_retryable" not in {line.new_state for line in lines}

    def test_an_unknown_outcome_stops_for_a_person(self, storage: Storage) -> None:
        execution = running(storage)
        end = Unknown(error=UNSEEN)
        ended = end_with(storage, execution, end, TaskStatus.COMPLETED, TaskStatus.CUTTING_OVER)
        apply = storage.applies.get(execution.lease.apply_id)
        assert states(ended) == [TaskState.COMPLETED, TaskState.STOPPED]
        assert (apply.state, apply.error_code) == (ApplyState.STOPPED, "outcome_unknown")
        assert storage.leases.claim(a_claimer(), limit=1) == ()

    def test_a_cancelled_run_keeps_what_was_swapped(self, storage: Storage) -> None:
        execution = running(storage)
        half = (TaskStatus.COMPLETED, TaskStatus.RUNNING)
        ended = end_with(storage, execution, Completed(end=EndState.CANCELLED), *half)
        assert states(ended) == [TaskState.COMPLETED, TaskState.CANCELLED]
        assert ended.state is ApplyState.CANCELLED

    def test_a_reverted_run_is_reverted(self, storage: Storage) -> None:
        execution = running(storage)
        ended = end_with(storage, execution, Completed(end=EndState.REVERTED))
        assert ended.state is ApplyState.REVERTED

    def test_handed_back_work_is_due_at_once_with_nothing_spent(self, storage: Storage) -> None:
        execution = running(storage)
        assert end_with(storage, execution, HandedBack()).state is ApplyState.RUNNING
        again = claim_one(storage, "there/2/b/0")
        assert (again.work.attempt, again.lease.epoch) == (1, 2)

    def test_waiting_work_is_due_when_its_wait_is_over(self, storage: Storage) -> None:
        execution = running(storage)
        end_with(storage, execution, Waiting(reason="gate", due=timedelta(seconds=30)))
        assert storage.leases.claim(a_claimer(), limit=1) == ()
        move_times(storage, execution.lease.apply_id, by=-timedelta(seconds=31))
        assert claim_one(storage).work.attempt == 1

    def test_a_request_that_the_driver_had_not_seen_ends_the_wait(self, storage: Storage) -> None:
        execution = running(storage)
        storage.controls.request(execution.lease.apply_id, Operation.STOP, caller="ada")
        end_with(storage, execution, Waiting(reason="gate", due=timedelta(seconds=30)))
        again = claim_one(storage)
        assert [order.operation for order in again.orders] == [Operation.STOP]
        end_with(storage, again, Waiting(reason="gate", due=timedelta(seconds=30)))
        assert storage.leases.claim(a_claimer(), limit=1) == ()

    def test_a_recovered_drive_starts_without_proof_of_readiness(self, storage: Storage) -> None:
        """Q-13."""
        execution = running(storage)
        set_ready = "UPDATE tasks SET ready = 1"
        storage.database.write(lambda tx: tx.exec_driver_sql(set_ready))
        let_expire(storage, execution.lease.apply_id)
        claim_one(storage)
        apply = storage.applies.get(execution.lease.apply_id)
        assert [task.ready for task in apply.tasks] == [False, False]


class RefusalContract:
    """A claim that can't go on spends nothing, but not for ever (Q-19)."""

    def test_a_refused_claim_is_due_again_in_five_seconds(self, storage: Storage) -> None:
        execution = claimed(storage)
        refused = end_with(storage, execution, Refused(reason="no route"))
        assert refused.state is ApplyState.PENDING
        assert storage.leases.claim(a_claimer(), limit=1) == ()
        move_times(storage, execution.lease.apply_id, by=-timedelta(seconds=6))
        assert claim_one(storage).work.attempt == 1

    def test_the_twentieth_refusal_in_a_row_fails_it(self, storage: Storage) -> None:
        execution = claimed(storage)
        set_row(storage, execution.lease.apply_id, refusals=19)
        refused = end_with(storage, execution, Refused(reason="no route"))
        apply = storage.applies.get(execution.lease.apply_id)
        assert (refused.state, apply.error_code) == (ApplyState.FAILED, "work_refused")

    def test_waits_for_the_targets_lock_do_not_count(self, storage: Storage) -> None:
        execution = claimed(storage)
        set_row(storage, execution.lease.apply_id, refusals=19)
        refused = end_with(storage, execution, Refused(reason="lock held", lock_wait=True))
        assert refused.state is ApplyState.PENDING

    def test_work_that_was_taken_on_starts_the_count_anew(self, storage: Storage) -> None:
        execution = running(storage)
        set_row(storage, execution.lease.apply_id, refusals=19)
        end_with(storage, execution, HandedBack())
        assert row_of(storage, execution.lease.apply_id)["refusals"] == 0


class LockReleaseContract:
    """A database's lock at the end of its owner's apply (A-39)."""

    @pytest.mark.parametrize(
        ("release_lock", "status", "is_held"),
        [(True, TaskStatus.COMPLETED, False), (False, TaskStatus.COMPLETED, True)],
    )
    def test_completion_frees_the_lock_when_asked_to(
        self, storage: Storage, status: TaskStatus, *, release_lock: bool, is_held: bool
    ) -> None:
        lock = NewLock(database="orders", database_type=DatabaseType.MYSQL, owner="cli:ada")
        storage.locks.acquire(lock)
        options = ApplyOptions(lock_owner="cli:ada", release_lock=release_lock)
        store_apply(storage, options=options)
        end_with(storage, claim_one(storage), Completed(), status)
        assert bool(storage.locks.list()) == is_held

    def test_another_end_keeps_the_lock(self, storage: Storage) -> None:
        lock = NewLock(database="orders", database_type=DatabaseType.MYSQL, owner="cli:ada")
        storage.locks.acquire(lock)
        store_apply(storage, options=ApplyOptions(lock_owner="cli:ada"))
        end_with(storage, claim_one(storage), Permanent(error=STALE))
        assert [held.owner for held in storage.locks.list()] == ["cli:ada"]


class ReportContract:
    """What a report stores while the drive goes on."""

    def test_states_climb_with_the_samples(self, storage: Storage) -> None:
        execution = running(storage)
        both = (TaskStatus.COMPLETED, TaskStatus.WAITING_FOR_CUTOVER)
        recorded = storage.leases.record(execution.lease, report(execution, *both, sequence=2))
        assert recorded.state is ApplyState.WAITING_FOR_CUTOVER
        assert states(recorded) == [TaskState.COMPLETED, TaskState.WAITING_FOR_CUTOVER]

    @pytest.mark.parametrize(
        "status",
        [
            TaskStatus.PENDING,
            TaskStatus.STOPPED,
            TaskStatus.FAILED,
            TaskStatus.FAILED_RETRYABLE,
            TaskStatus.CANCELLED,
            TaskStatus.REVERTED,
        ],
    )
    def test_a_sample_never_ends_or_lowers_anything(
        self, storage: Storage, status: TaskStatus
    ) -> None:
        execution = running(storage)
        recorded = storage.leases.record(execution.lease, report(execution, status, sequence=2))
        assert recorded.state is ApplyState.RUNNING
        assert states(recorded) == [TaskState.RUNNING] * 2

    def test_an_older_picture_is_answered_and_ignored(self, storage: Storage) -> None:
        execution = running(storage)
        later = report(execution, TaskStatus.CUTTING_OVER, sequence=5)
        storage.leases.record(execution.lease, later)
        older = report(execution, TaskStatus.WAITING_FOR_CUTOVER, sequence=4)
        assert storage.leases.record(execution.lease, older).state is ApplyState.CUTTING_OVER

    def test_all_tasks_done_is_not_the_end_until_the_drive_says_so(self, storage: Storage) -> None:
        execution = running(storage)
        done = report(execution, TaskStatus.COMPLETED, sequence=2)
        assert storage.leases.record(execution.lease, done).state is ApplyState.RUNNING
        assert end_with(storage, execution, Completed()).state is ApplyState.COMPLETED

    def test_a_settled_request_is_closed_and_an_older_generation_is_not(
        self, storage: Storage
    ) -> None:
        execution = running(storage)
        apply_id = execution.lease.apply_id
        for volume in (5, 7):
            storage.controls.request(apply_id, Operation.VOLUME, caller="ada", value=volume)
        (row,) = storage.controls.list(apply_id)
        assert (row.generation, row.value, row.status) == (2, 7, RequestStatus.PENDING)

    def test_stopped_work_stays_stopped_under_samples_until_the_start_is_accepted(
        self, storage: Storage
    ) -> None:
        execution = running(storage)
        end_with(storage, execution, Stopped())
        storage.controls.request(execution.lease.apply_id, Operation.START, caller="ada")
        again = claim_one(storage)
        sample = Report(progress=picture(again, TaskStatus.RUNNING))
        assert storage.leases.record(again.lease, sample).state is ApplyState.STOPPED
        accepted = report(again, TaskStatus.RUNNING, sequence=2)
        assert storage.leases.record(again.lease, accepted).state is ApplyState.RUNNING
