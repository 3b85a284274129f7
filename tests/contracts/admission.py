"""What admission and its reads promise on every database (Q-3 to Q-8, Q-35, Q-36, A-6, A-33)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from schemabot.domain.apply import ApplyFilter, ApplyOptions, Lane
from schemabot.domain.control import Operation
from schemabot.domain.errors import (
    ActiveApplyExists,
    ApplyNotFound,
    DatabaseLocked,
    InvalidField,
    PlanNotFound,
)
from schemabot.domain.event import EventFilter
from schemabot.domain.execution import Report
from schemabot.domain.ids import ApplyId, PlanId
from schemabot.domain.lock import NewLock
from schemabot.domain.queue_place import WaitReason
from schemabot.domain.scope import Scope
from schemabot.domain.states import ApplyState, TaskState
from schemabot.domain.worker import WorkerReport
from schemabot.storage.storage import Storage
from tern.errors import ServerUnavailable
from tern.values.run import Retryable
from tern.values.target import DatabaseType
from tests.support.stored import (
    a_claimer,
    a_target,
    claim_one,
    move_times,
    new_apply,
    row_of,
    running,
    store_apply,
)

A_WORKER = WorkerReport(
    worker_id="here/1/a", host="here", pid=1, version="1", kind=Lane.LOCAL, slots=4
)


class AdmissionContract:
    """Apply, tasks and log in one transaction; one active apply per target."""

    def test_an_apply_is_stored_with_a_task_for_each_statement(self, storage: Storage) -> None:
        new = new_apply(storage)
        apply = storage.applies.create(new)
        assert apply == storage.applies.get(new.apply_id)
        assert [(t.position, t.table, t.state) for t in apply.tasks] == [
            (0, "users", TaskState.PENDING),
            (1, "visits", TaskState.PENDING),
        ]
        assert (apply.state, apply.attempt, apply.lease_epoch) == (ApplyState.PENDING, 1, 0)
        assert apply.target == new.plan.target
        (line,) = storage.events.list(apply.apply_id, EventFilter(), limit=9)
        assert (line.event, line.new_state) == ("created", "pending")

    def test_options_make_the_round_trip(self, storage: Storage) -> None:
        when = datetime(2030, 1, 1, 12, 30, 0, 123456, tzinfo=UTC)
        options = ApplyOptions(not_before=when, start_before=when, lock_owner="cli:ada")
        apply = store_apply(storage, options=options)
        assert apply.options == options
        assert storage.applies.get(apply.apply_id).options == options

    def test_a_target_has_one_active_apply_and_the_refusal_names_it(self, storage: Storage) -> None:
        """Q-4."""
        blocker = store_apply(storage)
        with pytest.raises(ActiveApplyExists) as refused:
            store_apply(storage)
        details = dict(refused.value.details)
        assert details["apply_id"] == blocker.apply_id
        assert (details["state"], details["caller"]) == ("pending", "ada")
        assert len(storage.applies.find(ApplyFilter(), limit=9).items) == 1

    def test_a_stopped_apply_still_holds_its_target(self, storage: Storage) -> None:
        apply = store_apply(storage)
        storage.controls.request(apply.apply_id, Operation.STOP, caller="ada")
        with pytest.raises(ActiveApplyExists):
            store_apply(storage)

    @pytest.mark.parametrize(
        "other",
        [
            a_target("Orders"),
            a_target(environment="staging"),
            replace(a_target(), type=DatabaseType.MARIADB),
        ],
        ids=["by case", "by environment", "by type"],
    )
    def test_targets_are_told_apart_byte_for_byte(self, storage: Storage, other: object) -> None:
        store_apply(storage)
        assert isinstance(other, type(a_target()))
        assert store_apply(storage, other).state is ApplyState.PENDING

    def test_what_is_answered_is_what_is_stored(self, storage: Storage) -> None:
        later = ApplyOptions(not_before=datetime.now(UTC) + timedelta(hours=1))
        for new in (new_apply(storage), new_apply(storage, a_target("held"), options=later)):
            assert storage.applies.create(new) == storage.applies.get(new.apply_id)

    def test_a_plan_that_was_never_stored_is_not_found(self, storage: Storage) -> None:
        """Q-2: everything about the change comes from the plan."""
        new = new_apply(storage)
        unknown = replace(new.plan, plan_id=PlanId("plan-0000000000000000"))
        with pytest.raises(PlanNotFound):
            storage.applies.create(replace(new, plan=unknown))

    def test_somebody_elses_lock_refuses_and_ones_own_does_not(self, storage: Storage) -> None:
        lock = NewLock(database="orders", database_type=DatabaseType.MYSQL, owner="cli:bob")
        storage.locks.acquire(lock)
        with pytest.raises(DatabaseLocked, match="bob"):
            store_apply(storage)
        assert storage.applies.find(ApplyFilter(), limit=9).items == ()
        mine = ApplyOptions(lock_owner="cli:bob")
        assert store_apply(storage, options=mine).state is ApplyState.PENDING

    def test_the_fast_path_gives_the_same_row_sooner(self, storage: Storage) -> None:
        slow = store_apply(storage, a_target("slow"))
        claim_one(storage)
        new = new_apply(storage, a_target("fast"))
        apply, execution = storage.applies.create_and_claim(new, a_claimer())
        assert execution is not None
        assert (execution.lease.epoch, apply.lease_epoch) == (1, 0)
        differs = {
            name
            for name, value in row_of(storage, apply.apply_id).items()
            if value != row_of(storage, slow.apply_id)[name]
        }
        assert differs <= _OWN_TO_A_ROW
        assert storage.leases.claim(a_claimer(), limit=4) == ()

    def test_the_fast_path_takes_nothing_that_is_not_eligible(self, storage: Storage) -> None:
        later = ApplyOptions(not_before=datetime.now(UTC) + timedelta(hours=1))
        held = new_apply(storage, a_target("held"), options=later)
        assert storage.applies.create_and_claim(held, a_claimer())[1] is None
        foreign = replace(a_claimer(), scopes=(Scope(environment="staging"),))
        new = new_apply(storage)
        apply, execution = storage.applies.create_and_claim(new, foreign)
        assert (execution, apply.lease_epoch) == (None, 0)
        assert claim_one(storage).lease.apply_id == apply.apply_id


_OWN_TO_A_ROW = {
    "id", "apply_id", "plan_id", "plan_hash", "database_name", "active_target", "version",
    "lease_token", "lease_acquired_at", "lease_expires_at", "claimable_at", "created_at",
    "updated_at", "due_at", "state_since", "attempt_started_at",
}  # fmt: skip


class ApplyReadsContract:
    """Lists page by key; a read changes nothing."""

    def test_an_unknown_apply_is_not_found(self, storage: Storage) -> None:
        with pytest.raises(ApplyNotFound):
            storage.applies.get(ApplyId("apply-0000000000000000"))

    def test_pages_neither_repeat_nor_hide(self, storage: Storage) -> None:
        ids = [store_apply(storage, a_target(f"orders{n}")).apply_id for n in range(5)]
        first = storage.applies.find(ApplyFilter(), limit=2)
        store_apply(storage, a_target("later"))
        second = storage.applies.find(ApplyFilter(), limit=2, cursor=first.next_cursor)
        third = storage.applies.find(ApplyFilter(), limit=2, cursor=second.next_cursor)
        seen = [a.apply_id for page in (first, second, third) for a in page.items]
        assert seen == ids[::-1]
        assert third.next_cursor is None

    @pytest.mark.parametrize("cursor", ["", "xyz", "cGxhbnM6MQ", "YXBwbGllczotMQ"])
    def test_a_foreign_cursor_is_refused(self, storage: Storage, cursor: str) -> None:
        with pytest.raises(InvalidField, match="cursor"):
            storage.applies.find(ApplyFilter(), limit=2, cursor=cursor)

    def test_filters_are_joined_by_and(self, storage: Storage) -> None:
        one = store_apply(storage, a_target("one"))
        store_apply(storage, a_target("two"))
        storage.controls.request(one.apply_id, Operation.CANCEL, caller="ada")
        active = storage.applies.find(ApplyFilter(active=True), limit=9).items
        ended = ApplyFilter(active=False, database="one", states=frozenset({ApplyState.CANCELLED}))
        assert [a.target.database for a in active] == ["two"]
        assert [a.apply_id for a in storage.applies.find(ended, limit=9).items] == [one.apply_id]
        assert storage.applies.find(ApplyFilter(caller="bob"), limit=9).items == ()
        future = ApplyFilter(since=datetime.now(UTC) + timedelta(hours=1))
        assert storage.applies.find(future, limit=9).items == ()

    def test_counts_name_every_state(self, storage: Storage) -> None:
        store_apply(storage)
        counts = storage.applies.state_counts(ApplyFilter())
        assert set(counts) == set(ApplyState)
        assert {state: n for state, n in counts.items() if n} == {ApplyState.PENDING: 1}

    def test_the_active_apply_of_a_target_is_found_until_it_ends(self, storage: Storage) -> None:
        apply = store_apply(storage)
        assert storage.applies.active_on(a_target()) == apply
        storage.controls.request(apply.apply_id, Operation.CANCEL, caller="ada")
        assert storage.applies.active_on(a_target()) is None

    def test_the_version_grows_with_every_shown_change_and_not_with_a_read(
        self, storage: Storage
    ) -> None:
        """Q-14."""
        execution = running(storage)
        apply_id = execution.lease.apply_id
        before = storage.applies.get(apply_id).version
        assert storage.applies.get(apply_id).version == before
        storage.controls.request(apply_id, Operation.VOLUME, caller="ada", value=4)
        assert storage.applies.get(apply_id).version > before


class QueuePlaceContract:
    """Waiting is explained by rows alone."""

    def test_the_next_one_is_told_so_and_the_one_behind_it_its_place(
        self, storage: Storage
    ) -> None:
        storage.workers.beat(A_WORKER)
        first = store_apply(storage, a_target("first"))
        second = store_apply(storage, a_target("second"))
        places = [storage.applies.queue_place(a.apply_id) for a in (first, second)]
        assert [(p.reason, p.position) for p in places if p is not None] == [
            (WaitReason.NEXT, 1),
            (WaitReason.NO_FREE_WORKER, 2),
        ]

    def test_without_a_capable_worker_it_says_so(self, storage: Storage) -> None:
        apply = store_apply(storage)
        elsewhere = replace(A_WORKER, scopes=(Scope(environment="staging"),))
        storage.workers.beat(elsewhere)
        place = storage.applies.queue_place(apply.apply_id)
        assert place is not None
        assert place.reason is WaitReason.NO_CAPABLE_WORKER

    def test_a_time_to_come_is_shown_with_what_it_is_for(self, storage: Storage) -> None:
        later = ApplyOptions(not_before=datetime.now(UTC) + timedelta(hours=1))
        planned = storage.applies.queue_place(store_apply(storage, options=later).apply_id)
        execution = running(storage, a_target("retried"))
        gone = ServerUnavailable(place="x", reason="y")
        storage.leases.finish(execution.lease, Retryable(error=gone), Report())
        move_times(storage, execution.lease.apply_id, by=timedelta(hours=1))
        retried = storage.applies.queue_place(execution.lease.apply_id)
        assert planned is not None
        assert retried is not None
        assert (planned.reason, retried.reason) == (WaitReason.SCHEDULED, WaitReason.RETRY_WAIT)
        assert planned.due_in_seconds == pytest.approx(3600, abs=30)

    def test_what_waits_for_a_start_is_parked(self, storage: Storage) -> None:
        apply = store_apply(storage)
        storage.controls.request(apply.apply_id, Operation.STOP, caller="ada")
        place = storage.applies.queue_place(apply.apply_id)
        assert place is not None
        assert (place.reason, place.position, place.due_at) == (WaitReason.PARKED, None, None)

    def test_driven_and_ended_applies_have_no_place(self, storage: Storage) -> None:
        execution = running(storage)
        assert storage.applies.queue_place(execution.lease.apply_id) is None
