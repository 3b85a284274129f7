"""What stop, cancel and start promise on every database (Q-46 to Q-53)."""

from datetime import timedelta

import pytest

from schemabot.domain.control import AnswerStatus, ControlRequest, Operation
from schemabot.domain.errors import (
    ApplyTerminal,
    InvalidState,
    StopPending,
)
from schemabot.domain.execution import Execution, HandedBack, Refused, Report
from schemabot.domain.ids import ApplyId
from schemabot.domain.states import ApplyState
from schemabot.storage.storage import Storage
from tern.errors import ServerUnavailable
from tern.values.progress import TaskStatus
from tern.values.run import Completed, EndState, Retryable, Stopped
from tests.support.stored import (
    a_claimer,
    claim_one,
    claimed,
    in_status,
    move_times,
    picture,
    report,
    running,
    set_row,
    store_apply,
)

UNREACHABLE = ServerUnavailable(place="orders/production", reason="refused")
MINUTE = timedelta(minutes=1)


def ask(  # noqa: PLR0917 - read as a sentence: ask of an apply an operation with a value
    storage: Storage, apply_id: ApplyId, operation: Operation, value: int | None = None
) -> AnswerStatus:
    return storage.controls.request(apply_id, operation, caller="ada", value=value).status


def request_of(storage: Storage, apply_id: ApplyId, operation: Operation) -> ControlRequest:
    return {row.operation: row for row in storage.controls.list(apply_id)}[operation]


def end_of(storage: Storage, apply_id: ApplyId, operation: Operation) -> tuple[str, str | None]:
    row = request_of(storage, apply_id, operation)
    return row.status, row.outcome


def stopped(storage: Storage) -> Execution:
    execution = running(storage)
    storage.leases.finish(execution.lease, Stopped(), Report())
    return execution


def retry_waiting(storage: Storage) -> Execution:
    execution = running(storage)
    storage.leases.finish(execution.lease, Retryable(error=UNREACHABLE), Report())
    return execution


class StopContract:
    """Stop wins, and what can't be running is stopped at once."""

    def test_a_pending_apply_is_stopped_by_the_accepting_transaction(
        self, storage: Storage
    ) -> None:
        """Q-49."""
        apply = store_apply(storage)
        answer = storage.controls.request(apply.apply_id, Operation.STOP, caller="ada")
        assert (answer.status, answer.state) == (AnswerStatus.QUEUED, ApplyState.STOPPED)
        assert end_of(storage, apply.apply_id, Operation.STOP) == ("completed", "stopped")
        assert storage.leases.claim(a_claimer(), limit=1) == ()

    def test_a_retry_that_waits_is_stopped_at_once(self, storage: Storage) -> None:
        apply_id = retry_waiting(storage).lease.apply_id
        ask(storage, apply_id, Operation.STOP)
        assert storage.applies.get(apply_id).state is ApplyState.STOPPED
        move_times(storage, apply_id, by=-MINUTE)
        assert storage.leases.claim(a_claimer(), limit=1) == ()

    def test_what_lives_elsewhere_is_stopped_by_a_driver_that_claims_it_for_that(
        self, storage: Storage
    ) -> None:
        execution = running(storage)
        storage.leases.record(execution.lease, Report(external_id="remote-7"))
        storage.leases.finish(execution.lease, Retryable(error=UNREACHABLE), Report())
        ask(storage, execution.lease.apply_id, Operation.STOP)
        again = claim_one(storage)
        assert again.state is ApplyState.FAILED_RETRYABLE
        assert [order.operation for order in again.orders] == [Operation.STOP]
        storage.leases.finish(again.lease, Stopped(), Report())
        assert storage.applies.get(again.lease.apply_id).state is ApplyState.STOPPED

    def test_running_work_hears_of_the_stop_and_ends_it(self, storage: Storage) -> None:
        execution = running(storage)
        apply_id = execution.lease.apply_id
        assert ask(storage, apply_id, Operation.STOP) is AnswerStatus.QUEUED
        assert storage.applies.get(apply_id).state is ApplyState.RUNNING
        assert ask(storage, apply_id, Operation.STOP) is AnswerStatus.ALREADY_REQUESTED
        storage.leases.finish(execution.lease, Stopped(), Report())
        assert end_of(storage, apply_id, Operation.STOP) == ("completed", "stopped")
        assert ask(storage, apply_id, Operation.STOP) is AnswerStatus.NO_OP

    def test_a_late_stop_finds_the_engines_truth(self, storage: Storage) -> None:
        """Q-50."""
        execution = running(storage)
        ask(storage, execution.lease.apply_id, Operation.STOP)
        done = Report(progress=picture(execution, TaskStatus.COMPLETED, sequence=9))
        storage.leases.finish(execution.lease, Completed(), done)
        apply_id = execution.lease.apply_id
        assert end_of(storage, apply_id, Operation.STOP) == ("completed", "already_finished")

    def test_a_stop_under_a_failing_drive_stops_instead_of_retrying(self, storage: Storage) -> None:
        execution = running(storage)
        ask(storage, execution.lease.apply_id, Operation.STOP)
        ended = storage.leases.finish(execution.lease, Retryable(error=UNREACHABLE), Report())
        assert (ended.state, ended.retry_in) == (ApplyState.STOPPED, None)

    def test_handed_back_work_is_claimed_to_be_stopped(self, storage: Storage) -> None:
        execution = running(storage)
        ask(storage, execution.lease.apply_id, Operation.STOP)
        storage.leases.finish(execution.lease, HandedBack(), Report())
        assert [order.operation for order in claim_one(storage).orders] == [Operation.STOP]

    @pytest.mark.parametrize("operation", [Operation.CUTOVER, Operation.VOLUME])
    def test_under_a_pending_stop_nothing_forward_is_accepted(
        self, storage: Storage, operation: Operation
    ) -> None:
        execution = in_status(storage, TaskStatus.WAITING_FOR_CUTOVER)
        ask(storage, execution.lease.apply_id, Operation.STOP)
        with pytest.raises(StopPending):
            ask(storage, execution.lease.apply_id, operation, 5)

    def test_a_stop_ends_older_forward_requests(self, storage: Storage) -> None:
        execution = in_status(storage, TaskStatus.WAITING_FOR_CUTOVER)
        apply_id = execution.lease.apply_id
        ask(storage, apply_id, Operation.CUTOVER)
        ask(storage, apply_id, Operation.STOP)
        assert end_of(storage, apply_id, Operation.CUTOVER) == ("failed", "superseded_by_stop")
        (kept,) = storage.leases.renew([execution.lease], term=MINUTE).kept
        assert [order.operation for order in kept.orders] == [Operation.STOP]

    def test_a_stop_undoes_a_start_that_nobody_took(self, storage: Storage) -> None:
        apply_id = stopped(storage).lease.apply_id
        ask(storage, apply_id, Operation.START)
        assert ask(storage, apply_id, Operation.STOP) is AnswerStatus.QUEUED
        assert end_of(storage, apply_id, Operation.START) == ("failed", "superseded_by_stop")
        assert end_of(storage, apply_id, Operation.STOP) == ("completed", "stopped")
        assert storage.leases.claim(a_claimer(), limit=1) == ()

    def test_nothing_starts_under_a_stop_of_a_start_under_way(self, storage: Storage) -> None:
        apply_id = stopped(storage).lease.apply_id
        ask(storage, apply_id, Operation.START)
        again = claim_one(storage)
        ask(storage, apply_id, Operation.STOP)
        recorded = storage.leases.record(again.lease, report(again, TaskStatus.RUNNING))
        assert recorded.state is ApplyState.STOPPED
        assert storage.leases.finish(again.lease, Stopped(), Report()).state is ApplyState.STOPPED

    def test_a_cutover_that_began_may_still_be_stopped(self, storage: Storage) -> None:
        execution = in_status(storage, TaskStatus.CUTTING_OVER)
        ask(storage, execution.lease.apply_id, Operation.STOP)
        ended = storage.leases.finish(execution.lease, Stopped(), Report())
        assert ended.state is ApplyState.STOPPED


class CancelContract:
    """Cancel ends for good, and outranks stop."""

    def test_what_was_never_driven_is_cancelled_at_once(self, storage: Storage) -> None:
        apply = store_apply(storage)
        answer = storage.controls.request(apply.apply_id, Operation.CANCEL, caller="ada")
        assert answer.state is ApplyState.CANCELLED
        assert end_of(storage, apply.apply_id, Operation.CANCEL) == ("completed", "cancelled")
        assert store_apply(storage).state is ApplyState.PENDING

    def test_a_refused_claim_is_no_drive(self, storage: Storage) -> None:
        execution = claimed(storage)
        storage.leases.finish(execution.lease, Refused(reason="no route"), Report())
        ask(storage, execution.lease.apply_id, Operation.CANCEL)
        assert storage.applies.get(execution.lease.apply_id).state is ApplyState.CANCELLED

    def test_what_was_driven_is_claimed_to_be_cancelled(self, storage: Storage) -> None:
        apply_id = retry_waiting(storage).lease.apply_id
        assert ask(storage, apply_id, Operation.CANCEL) is AnswerStatus.QUEUED
        again = claim_one(storage)
        assert again.state is ApplyState.FAILED_RETRYABLE
        ended = storage.leases.finish(again.lease, Completed(end=EndState.CANCELLED), Report())
        assert ended.state is ApplyState.CANCELLED
        assert end_of(storage, apply_id, Operation.CANCEL) == ("completed", "cancelled")

    def test_stopped_work_is_claimed_to_be_cancelled(self, storage: Storage) -> None:
        apply_id = stopped(storage).lease.apply_id
        ask(storage, apply_id, Operation.CANCEL)
        again = claim_one(storage)
        assert [order.operation for order in again.orders] == [Operation.CANCEL]
        ended = storage.leases.finish(again.lease, Completed(end=EndState.CANCELLED), Report())
        assert ended.state is ApplyState.CANCELLED

    def test_cancel_outranks_stop(self, storage: Storage) -> None:
        apply_id = running(storage).lease.apply_id
        ask(storage, apply_id, Operation.STOP)
        ask(storage, apply_id, Operation.CANCEL)
        assert end_of(storage, apply_id, Operation.STOP) == ("failed", "superseded_by_cancel")
        with pytest.raises(StopPending):
            ask(storage, apply_id, Operation.STOP)

    def test_a_cancel_after_the_swap_finds_it_finished(self, storage: Storage) -> None:
        execution = in_status(storage, TaskStatus.REVERT_WINDOW)
        apply_id = execution.lease.apply_id
        ask(storage, apply_id, Operation.CANCEL)
        ended = storage.leases.finish(execution.lease, Completed(end=EndState.CANCELLED), Report())
        assert ended.state is ApplyState.COMPLETED
        assert end_of(storage, apply_id, Operation.CANCEL) == ("completed", "already_finished")

    def test_a_cancelled_apply_is_cancelled_already(self, storage: Storage) -> None:
        apply_id = store_apply(storage).apply_id
        ask(storage, apply_id, Operation.CANCEL)
        assert ask(storage, apply_id, Operation.CANCEL) is AnswerStatus.NO_OP
        with pytest.raises(ApplyTerminal):
            ask(storage, apply_id, Operation.STOP)


class StartContract:
    """Only a start makes stopped work go on."""

    def test_a_start_stays_stopped_until_the_engine_accepted(self, storage: Storage) -> None:
        apply_id = stopped(storage).lease.apply_id
        set_row(storage, apply_id, attempt=7)
        assert ask(storage, apply_id, Operation.START) is AnswerStatus.QUEUED
        again = claim_one(storage)
        assert again.state is ApplyState.STOPPED
        recorded = storage.leases.record(again.lease, report(again, TaskStatus.RUNNING))
        assert recorded.state is ApplyState.RUNNING
        assert end_of(storage, apply_id, Operation.START) == ("completed", "started")
        assert storage.applies.get(apply_id).attempt == 1

    def test_a_start_that_cannot_reach_its_target_fails_and_stays_stopped(
        self, storage: Storage
    ) -> None:
        apply_id = stopped(storage).lease.apply_id
        ask(storage, apply_id, Operation.START)
        again = claim_one(storage)
        ended = storage.leases.finish(again.lease, Retryable(error=UNREACHABLE), Report())
        assert ended.state is ApplyState.STOPPED
        assert end_of(storage, apply_id, Operation.START) == ("failed", "start_not_effective")
        assert storage.leases.claim(a_claimer(), limit=1) == ()
        assert ask(storage, apply_id, Operation.START) is AnswerStatus.QUEUED
        assert request_of(storage, apply_id, Operation.START).generation == 2

    def test_a_start_makes_a_waiting_retry_due_with_its_attempts_anew(
        self, storage: Storage
    ) -> None:
        apply_id = retry_waiting(storage).lease.apply_id
        set_row(storage, apply_id, attempt=7)
        move_times(storage, apply_id, by=MINUTE)
        ask(storage, apply_id, Operation.START)
        move_times(storage, apply_id, by=-timedelta(seconds=1))
        assert claim_one(storage).work.attempt == 1

    def test_running_work_is_started_already(self, storage: Storage) -> None:
        apply_id = running(storage).lease.apply_id
        assert ask(storage, apply_id, Operation.START) is AnswerStatus.NO_OP

    def test_pending_work_cannot_be_started(self, storage: Storage) -> None:
        apply_id = store_apply(storage).apply_id
        with pytest.raises(InvalidState, match="pending"):
            ask(storage, apply_id, Operation.START)
        assert storage.controls.list(apply_id) == ()

    def test_a_start_in_front_of_the_deploy_is_the_deploy(self, storage: Storage) -> None:
        execution = claimed(storage)
        waiting = Report(accepted=True, set_up=ApplyState.WAITING_FOR_DEPLOY)
        recorded = storage.leases.record(execution.lease, waiting)
        assert recorded.state is ApplyState.WAITING_FOR_DEPLOY
        apply_id = execution.lease.apply_id
        answer = storage.controls.request(apply_id, Operation.START, caller="ada")
        assert answer.operation is Operation.DEPLOY
        storage.leases.record(execution.lease, report(execution, TaskStatus.RUNNING, sequence=2))
        assert end_of(storage, apply_id, Operation.DEPLOY) == ("completed", "deploying")
