"""What requests other than stop, cancel and start promise on every database (Q-46 to Q-53)."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from schemabot.domain.apply import Lane
from schemabot.domain.control import AnswerStatus, Operation, RequestStatus
from schemabot.domain.errors import (
    ApplyNotFound,
    InvalidState,
    RevertWindowClosed,
)
from schemabot.domain.execution import Report
from schemabot.domain.ids import ApplyId
from schemabot.domain.states import ApplyState, TaskState
from schemabot.domain.worker import WorkerReport
from schemabot.storage.storage import Storage
from schemabot.storage.tables.schema import control_requests
from tern.values.control import Settled, SettledResult
from tern.values.progress import TaskStatus
from tern.values.run import Completed, EndState, Retryable
from tests.contracts.control import MINUTE, UNREACHABLE, ask, end_of, request_of, stopped
from tests.support.stored import (
    a_claimer,
    claim_one,
    claimed,
    in_status,
    let_expire,
    picture,
    report,
    running,
    set_row,
    store_apply,
)


class OtherRequestsContract:
    """Cutover, take back, volume, revert; refusals; requests that nobody serves."""

    def test_a_cutover_is_settled_by_its_own_request_id_only(self, storage: Storage) -> None:
        execution = in_status(storage, TaskStatus.WAITING_FOR_CUTOVER)
        apply_id = execution.lease.apply_id
        ask(storage, apply_id, Operation.CUTOVER)
        row = request_of(storage, apply_id, Operation.CUTOVER)
        for request_id in ("0-1", f"{row.request_id}0", "nonsense"):
            other = Settled(request_id=request_id, result=SettledResult.DONE)
            storage.leases.record(execution.lease, Report(settled=(other,)))
        assert request_of(storage, apply_id, Operation.CUTOVER).status is RequestStatus.PENDING
        failed = Settled(
            request_id=row.request_id, result=SettledResult.FAILED, message="blocked by a backup"
        )
        storage.leases.record(execution.lease, Report(settled=(failed,)))
        ended = request_of(storage, apply_id, Operation.CUTOVER)
        assert (ended.status, ended.message) == (RequestStatus.FAILED, "blocked by a backup")
        assert ended.resolved_at is not None

    def test_a_cutover_under_way_is_in_progress(self, storage: Storage) -> None:
        apply_id = in_status(storage, TaskStatus.CUTTING_OVER).lease.apply_id
        assert ask(storage, apply_id, Operation.CUTOVER) is AnswerStatus.ALREADY_IN_PROGRESS
        assert storage.controls.list(apply_id) == ()

    def test_a_cutover_taken_back_ends_the_older_order(self, storage: Storage) -> None:
        execution = in_status(storage, TaskStatus.WAITING_FOR_CUTOVER)
        apply_id = execution.lease.apply_id
        with pytest.raises(InvalidState):
            ask(storage, apply_id, Operation.TAKE_BACK)
        ask(storage, apply_id, Operation.CUTOVER)
        ask(storage, apply_id, Operation.TAKE_BACK)
        back = request_of(storage, apply_id, Operation.TAKE_BACK)
        done = Settled(request_id=back.request_id, result=SettledResult.DONE)
        storage.leases.record(execution.lease, Report(settled=(done,)))
        assert end_of(storage, apply_id, Operation.CUTOVER) == ("failed", "taken_back")
        assert end_of(storage, apply_id, Operation.TAKE_BACK) == ("completed", "done")

    def test_a_cutover_of_a_task_is_possible_while_others_run(self, storage: Storage) -> None:
        execution = running(storage)
        both = (TaskStatus.WAITING_FOR_CUTOVER, TaskStatus.RUNNING)
        storage.leases.record(execution.lease, report(execution, *both, sequence=2))
        assert ask(storage, execution.lease.apply_id, Operation.CUTOVER) is AnswerStatus.QUEUED

    def test_a_volume_is_kept_for_the_next_drive(self, storage: Storage) -> None:
        apply_id = store_apply(storage).apply_id
        answer = storage.controls.request(apply_id, Operation.VOLUME, caller="ada", value=9)
        assert (answer.previous_volume, answer.new_volume) == (None, 9)
        assert end_of(storage, apply_id, Operation.VOLUME) == ("completed", "kept")
        assert claim_one(storage).work.options.volume == 9
        assert ask(storage, apply_id, Operation.VOLUME, 9) is AnswerStatus.NO_OP

    def test_the_newest_volume_wins(self, storage: Storage) -> None:
        execution = running(storage)
        apply_id = execution.lease.apply_id
        ask(storage, apply_id, Operation.VOLUME, 5)
        first = request_of(storage, apply_id, Operation.VOLUME)
        ask(storage, apply_id, Operation.VOLUME, 2)
        late = Settled(request_id=first.request_id, result=SettledResult.DONE)
        recorded = storage.leases.record(execution.lease, Report(settled=(late,)))
        assert [(order.operation, order.value) for order in recorded.orders] == [
            (Operation.VOLUME, 2)
        ]
        assert ask(storage, apply_id, Operation.VOLUME, 2) is AnswerStatus.ALREADY_REQUESTED

    def test_a_revert_is_possible_in_its_window_only(self, storage: Storage) -> None:
        execution = in_status(storage, TaskStatus.REVERT_WINDOW)
        apply_id = execution.lease.apply_id
        assert ask(storage, apply_id, Operation.REVERT) is AnswerStatus.QUEUED
        done = Report(progress=picture(execution, TaskStatus.REVERTED, sequence=9))
        storage.leases.finish(execution.lease, Completed(end=EndState.REVERTED), done)
        assert end_of(storage, apply_id, Operation.REVERT) == ("completed", "reverted")

    def test_after_the_window_a_revert_names_the_rollback(self, storage: Storage) -> None:
        execution = running(storage)
        done = Report(progress=picture(execution, TaskStatus.COMPLETED, sequence=9))
        storage.leases.finish(execution.lease, Completed(), done)
        with pytest.raises(RevertWindowClosed) as refused:
            ask(storage, execution.lease.apply_id, Operation.REVERT)
        assert "rollback" in (refused.value.next_action or "")

    def test_an_unknown_apply_is_not_found(self, storage: Storage) -> None:
        with pytest.raises(ApplyNotFound):
            ask(storage, ApplyId("apply-0000000000000000"), Operation.STOP)

    def test_a_failed_run_ends_forward_requests_instead_of_repeating_them(
        self, storage: Storage
    ) -> None:
        execution = in_status(storage, TaskStatus.WAITING_FOR_CUTOVER)
        apply_id = execution.lease.apply_id
        ask(storage, apply_id, Operation.CUTOVER)
        storage.leases.finish(execution.lease, Retryable(error=UNREACHABLE), Report())
        assert end_of(storage, apply_id, Operation.CUTOVER) == ("failed", "run_ended")

    def test_a_request_that_nobody_can_serve_ends_as_no_worker(self, storage: Storage) -> None:
        apply_id = stopped(storage).lease.apply_id
        ask(storage, apply_id, Operation.START)
        assert storage.controls.expire(max_wait=MINUTE, limit=9) == ()
        _make_old(storage)
        (ended,) = storage.controls.expire(max_wait=MINUTE, limit=9)
        assert (ended.status, ended.outcome) == (RequestStatus.FAILED, "no_worker")
        assert storage.leases.claim(a_claimer(), limit=1) == ()

    def test_a_request_waits_as_long_as_a_worker_lives_that_could_serve_it(
        self, storage: Storage
    ) -> None:
        apply_id = stopped(storage).lease.apply_id
        ask(storage, apply_id, Operation.START)
        _make_old(storage)
        storage.workers.beat(
            WorkerReport(
                worker_id="here/1/a", host="here", pid=1, version="1", kind=Lane.LOCAL, slots=1
            )
        )
        assert storage.controls.expire(max_wait=MINUTE, limit=9) == ()

    def test_a_wait_for_a_person_ends(self, storage: Storage) -> None:
        execution = in_status(storage, TaskStatus.WAITING_FOR_CUTOVER)
        apply_id = execution.lease.apply_id
        month = timedelta(days=30)
        assert storage.sweeps.end_human_waits(longest=month, limit=9) == []
        since = storage.applies.get(apply_id).created_at - 2 * month
        set_row(storage, apply_id, state_since=since)
        assert storage.sweeps.end_human_waits(longest=month, limit=9) == [apply_id]
        assert request_of(storage, apply_id, Operation.STOP).status is RequestStatus.PENDING

    def test_a_deploy_that_nobody_orders_is_cancelled(self, storage: Storage) -> None:
        execution = claimed(storage)
        apply_id = execution.lease.apply_id
        storage.leases.record(
            execution.lease, Report(accepted=True, set_up=ApplyState.WAITING_FOR_DEPLOY)
        )
        set_row(storage, apply_id, state_since=datetime(2020, 1, 1, tzinfo=UTC))
        assert storage.sweeps.end_human_waits(longest=timedelta(days=14), limit=9) == [apply_id]
        assert request_of(storage, apply_id, Operation.CANCEL).requested_by == "schemabot"

    def test_a_recovered_driver_gets_the_stop_before_anything_else(self, storage: Storage) -> None:
        execution = running(storage)
        ask(storage, execution.lease.apply_id, Operation.STOP)
        let_expire(storage, execution.lease.apply_id)
        again = claim_one(storage)
        assert [order.operation for order in again.orders] == [Operation.STOP]
        assert storage.applies.get(again.lease.apply_id).tasks[0].state is TaskState.RUNNING


def _make_old(storage: Storage) -> None:
    rows = control_requests.c.created_at
    earlier = storage.database.now() - timedelta(hours=1)
    storage.database.write(lambda tx: tx.execute(update(control_requests).values({rows: earlier})))
