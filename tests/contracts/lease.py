"""What claims, beats and fenced writes promise on every database (Q-15 to Q-29).

Bind it by a class with a `storage` fixture; the invariants are checked when each test has ended.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from schemabot.domain.apply import ApplyOptions, Lane, NewApply, Priority
from schemabot.domain.control import Operation
from schemabot.domain.execution import HandedBack, LossReason, Refused, Report
from schemabot.domain.ids import ApplyId
from schemabot.domain.scope import Scope
from schemabot.domain.states import ApplyState
from schemabot.storage.storage import Storage
from tern.errors import LeaseLost, ServerUnavailable
from tern.values.progress import TaskStatus
from tern.values.run import Completed, Retryable, Stopped, Waiting
from tests.support.planned import alter, planned
from tests.support.stored import (
    TERM,
    a_claimer,
    a_target,
    claim_one,
    claimed,
    let_expire,
    move_times,
    report,
    row_of,
    running,
    set_row,
    store_apply,
    store_plan,
)

UNREACHABLE = ServerUnavailable(place="orders/production", reason="refused")
PEER = a_claimer("there/2/b/0")


class ClaimContract:
    """Who gets which row, in which order."""

    def test_a_claim_gives_a_fresh_lease_and_changes_no_state(self, storage: Storage) -> None:
        """Q-10, Q-21."""
        apply = store_apply(storage)
        before = datetime.now(UTC)
        execution = claim_one(storage)
        assert execution.lease.apply_id == apply.apply_id
        assert (execution.lease.epoch, len(execution.lease.token)) == (1, 32)
        assert execution.lease.expires_at > before + TERM - timedelta(seconds=5)
        assert execution.state is ApplyState.PENDING

    def test_an_execution_holds_everything_that_the_plan_says(self, storage: Storage) -> None:
        apply = store_apply(storage)
        work = claim_one(storage).work
        planned = storage.plans.get(apply.plan_id).result
        assert [s.task_id for s in work.statements] == [t.task_id for t in apply.tasks]
        assert [(s.ddl, s.base, s.desired) for s in work.statements] == [
            (s.ddl, s.base, s.desired) for s in planned.statements
        ]
        assert (work.target, work.attempt, work.plan_hash) == (apply.target, 1, apply.plan_hash)

    def test_a_leased_row_is_not_claimed_again(self, storage: Storage) -> None:
        claimed(storage)
        assert storage.leases.claim(PEER, limit=4) == ()

    def test_each_row_goes_to_one_claimer_only(self, storage: Storage) -> None:
        for number in range(6):
            store_apply(storage, a_target(f"orders{number}"))
        mine = storage.leases.claim(a_claimer(), limit=4)
        theirs = storage.leases.claim(PEER, limit=4)
        got = [execution.lease.apply_id for execution in (*mine, *theirs)]
        assert (len(mine), len(theirs), len(set(got))) == (4, 2, 6)

    def test_an_expired_lease_is_claimed_by_another_owner(self, storage: Storage) -> None:
        first = running(storage)
        let_expire(storage, first.lease.apply_id)
        (second,) = storage.leases.claim(PEER, limit=1)
        assert second.lease.epoch == 2
        assert second.lease.token != first.lease.token
        assert second.state is ApplyState.RUNNING
        assert second.work.statements[0].status is TaskStatus.RUNNING

    def test_the_longest_due_goes_first(self, storage: Storage) -> None:
        young = store_apply(storage, a_target("young"))
        old = store_apply(storage, a_target("old"))
        move_times(storage, old.apply_id, by=-timedelta(minutes=5))
        order = [storage.leases.claim(a_claimer(), limit=1)[0].lease.apply_id for _ in range(2)]
        assert order == [old.apply_id, young.apply_id]

    def test_urgent_goes_before_normal_and_low_last(self, storage: Storage) -> None:
        by_priority = {
            priority: store_apply(
                storage, a_target(priority), options=ApplyOptions(priority=priority)
            )
            for priority in (Priority.LOW, Priority.NORMAL, Priority.URGENT)
        }
        got = [x.lease.apply_id for x in storage.leases.claim(a_claimer(), limit=3)]
        wanted = (Priority.URGENT, Priority.NORMAL, Priority.LOW)
        assert got == [by_priority[priority].apply_id for priority in wanted]

    def test_every_eighth_claim_takes_the_oldest_whatever_its_priority(
        self, storage: Storage
    ) -> None:
        low = store_apply(storage, options=ApplyOptions(priority=Priority.LOW))
        move_times(storage, low.apply_id, by=-timedelta(hours=2))
        for number in range(9):
            target = a_target(f"urgent{number}")
            store_apply(storage, target, options=ApplyOptions(priority=Priority.URGENT))
        order = [storage.leases.claim(a_claimer(), limit=1)[0].lease.apply_id for _ in range(8)]
        assert order.index(low.apply_id) == 7

    def test_recovery_goes_before_new_work(self, storage: Storage) -> None:
        lost = running(storage, a_target("lost"))
        store_apply(storage, a_target("new"), options=ApplyOptions(priority=Priority.URGENT))
        let_expire(storage, lost.lease.apply_id)
        assert claim_one(storage).lease.apply_id == lost.lease.apply_id

    def test_an_apply_waits_for_its_not_before(self, storage: Storage) -> None:
        options = ApplyOptions(not_before=datetime.now(UTC) + timedelta(hours=1))
        apply = store_apply(storage, options=options)
        assert storage.leases.claim(a_claimer(), limit=1) == ()
        past = datetime.now(UTC) - timedelta(hours=1)
        set_row(storage, apply.apply_id, not_before=past, claimable_at=past, due_at=past)
        assert claim_one(storage).lease.apply_id == apply.apply_id

    def test_nothing_starts_after_its_start_before(self, storage: Storage) -> None:
        missed = datetime.now(UTC) - timedelta(minutes=1)
        apply = store_apply(storage, options=ApplyOptions(start_before=missed))
        assert storage.leases.claim(a_claimer(), limit=1) == ()
        assert storage.sweeps.expire_unstarted(limit=10) == [apply.apply_id]
        ended = storage.applies.get(apply.apply_id)
        assert (ended.state, ended.error_code) == (ApplyState.FAILED, "start_window_missed")

    @pytest.mark.parametrize(
        ("scope", "is_seen"),
        [
            (Scope(), True),
            (Scope(environment="production"), True),
            (Scope(database="orders"), True),
            (Scope(environment="production", database="orders"), True),
            (Scope(environment="staging"), False),
            (Scope(environment="production", database="users"), False),
        ],
    )
    def test_a_claimer_sees_its_scopes_only(
        self, storage: Storage, scope: Scope, *, is_seen: bool
    ) -> None:
        store_apply(storage)
        claimer = replace(a_claimer(), scopes=(Scope(environment="qa"), scope))
        assert len(storage.leases.claim(claimer, limit=1)) == is_seen

    @pytest.mark.parametrize(
        ("scopes", "is_seen"),
        [
            (
                (
                    Scope(environment="production", database="users"),
                    Scope(environment="production", database="orders"),
                ),
                True,
            ),
            (
                (
                    Scope(environment="production", database="users"),
                    Scope(environment="staging", database="orders"),
                ),
                False,
            ),
            (
                (
                    Scope(environment="production", database="users"),
                    Scope(environment="production"),
                ),
                True,
            ),
            (
                (
                    Scope(environment="production", database="orders"),
                    Scope(environment="production", database="users"),
                ),
                True,
            ),
            ((Scope(database="users"), Scope(environment="staging")), False),
        ],
    )
    def test_scopes_add_up(
        self, storage: Storage, scopes: tuple[Scope, ...], *, is_seen: bool
    ) -> None:
        store_apply(storage)
        claimer = replace(a_claimer(), scopes=scopes)
        assert len(storage.leases.claim(claimer, limit=1)) == is_seen

    def test_what_was_begun_is_taken_over_whatever_bars_a_start(self, storage: Storage) -> None:
        """Q-15, Q-20: neither a limit nor a missed `start_before` keeps a recovery."""
        begun = running(storage).lease.apply_id
        let_expire(storage, begun)
        set_row(storage, begun, start_before=datetime(2000, 1, 1, tzinfo=UTC))
        store_apply(storage, a_target("users"))
        claimer = replace(a_claimer(), barred=(Scope(),))
        taken = storage.leases.claim(claimer, limit=2)
        assert [each.lease.apply_id for each in taken] == [begun]

    def test_tasks_of_more_than_a_megabyte_are_claimed_whole(self, storage: Storage) -> None:
        long = replace(alter(), ddl=f"ALTER TABLE `users` COMMENT '{'x' * 1_500_000}'")
        plan = store_plan(storage, result=planned(long))
        storage.applies.create(NewApply(plan=plan, options=ApplyOptions(), caller="ada"))
        execution = claim_one(storage)
        done = report(execution, TaskStatus.COMPLETED)
        ended = storage.leases.finish(execution.lease, Completed(), done)
        assert ended.state is ApplyState.COMPLETED

    def test_no_scope_means_nothing(self, storage: Storage) -> None:
        store_apply(storage)
        assert storage.leases.claim(replace(a_claimer(), scopes=()), limit=1) == ()

    def test_lanes_are_apart_and_newer_work_is_left_to_newer_workers(
        self, storage: Storage
    ) -> None:
        """Q-8, Q-12."""
        apply = store_apply(storage)
        assert storage.leases.claim(replace(a_claimer(), lane=Lane.HTTP), limit=1) == ()
        set_row(storage, apply.apply_id, min_version=2)
        assert storage.leases.claim(a_claimer(), limit=1) == ()

    def test_an_apply_without_tasks_is_swept_and_never_claimed(self, storage: Storage) -> None:
        apply = store_apply(storage)
        storage.database.write(lambda tx: tx.exec_driver_sql("DELETE FROM tasks"))
        set_row(storage, apply.apply_id, task_count=0)
        assert storage.leases.claim(a_claimer(), limit=1) == ()
        assert storage.sweeps.fail_taskless(limit=10) == [apply.apply_id]
        assert storage.applies.get(apply.apply_id).error_code == "no_tasks"

    def test_a_poll_that_lost_its_answer_gets_the_same_leases_again(self, storage: Storage) -> None:
        for number in range(3):
            store_apply(storage, a_target(f"orders{number}"))
        poll = replace(a_claimer(), request_id="poll-1")
        first, again = (storage.leases.claim(poll, limit=2) for _ in range(2))
        assert {x.lease.token for x in again} == {x.lease.token for x in first}
        assert len(storage.leases.claim(replace(poll, request_id="poll-2"), limit=2)) == 1


class BeatContract:
    """What extends a lease, and what proves it lost."""

    def test_a_beat_counts_the_term_from_the_databases_now(self, storage: Storage) -> None:
        lease = claimed(storage).lease
        (kept,) = storage.leases.renew([lease], term=timedelta(seconds=60)).kept
        gained = kept.lease.expires_at - lease.expires_at
        assert timedelta(seconds=44) < gained < timedelta(seconds=50)
        assert row_of(storage, lease.apply_id)["claimable_at"] == kept.lease.expires_at

    def test_two_beats_at_once_both_keep_the_lease(self, storage: Storage) -> None:
        lease = claimed(storage).lease
        for _ in range(3):
            assert len(storage.leases.renew([lease], term=TERM).kept) == 1

    def test_an_expired_lease_is_never_renewed(self, storage: Storage) -> None:
        """Q-24."""
        lease = claimed(storage).lease
        let_expire(storage, lease.apply_id)
        (lost,) = storage.leases.renew([lease], term=TERM).lost
        assert lost.reason is LossReason.EXPIRED
        assert len(storage.leases.claim(PEER, limit=1)) == 1

    def test_a_displaced_lease_is_lost_to_the_other_token(self, storage: Storage) -> None:
        """Q-23."""
        lease = claimed(storage).lease
        let_expire(storage, lease.apply_id)
        storage.leases.claim(PEER, limit=1)
        (lost,) = storage.leases.renew([lease], term=TERM).lost
        assert lost.reason is LossReason.OTHER_TOKEN

    def test_an_ended_lease_is_lost_as_finished(self, storage: Storage) -> None:
        execution = running(storage)
        storage.leases.finish(execution.lease, Stopped(), Report())
        (lost,) = storage.leases.renew([execution.lease], term=TERM).lost
        assert lost.reason is LossReason.FINISHED

    def test_one_lost_lease_takes_no_other_with_it(self, storage: Storage) -> None:
        leases = [claimed(storage, a_target(f"orders{n}")).lease for n in range(5)]
        let_expire(storage, leases[2].apply_id)
        renewal = storage.leases.renew(leases, term=TERM)
        assert [lost.lease for lost in renewal.lost] == [leases[2]]
        assert [kept.lease.apply_id for kept in renewal.kept] == [
            lease.apply_id for lease in leases if lease is not leases[2]
        ]

    def test_a_token_of_another_row_extends_nothing(self, storage: Storage) -> None:
        one = claimed(storage, a_target("one")).lease
        other = claimed(storage, a_target("other")).lease
        crossed = replace(one, token=other.token)
        assert storage.leases.renew([crossed], term=TERM).lost[0].lease == crossed

    def test_no_leases_is_no_question(self, storage: Storage) -> None:
        renewal = storage.leases.renew([], term=TERM)
        assert (renewal.kept, renewal.lost) == ((), ())

    def test_a_beat_brings_what_is_asked_stop_first(self, storage: Storage) -> None:
        execution = running(storage)
        apply_id = execution.lease.apply_id
        storage.controls.request(apply_id, Operation.VOLUME, caller="ada", value=7)
        (kept,) = storage.leases.renew([execution.lease], term=TERM).kept
        assert [(o.operation, o.value) for o in kept.orders] == [(Operation.VOLUME, 7)]


class FenceContract:
    """Token decides who may write; expiry alone takes nothing away."""

    def test_a_write_after_expiry_lands_until_somebody_claims(self, storage: Storage) -> None:
        execution = running(storage)
        let_expire(storage, execution.lease.apply_id)
        storage.leases.record(execution.lease, report(execution, TaskStatus.RUNNING, sequence=2))
        ended = storage.leases.finish(execution.lease, Stopped(), Report())
        assert ended.state is ApplyState.STOPPED

    def test_a_displaced_driver_writes_nothing(self, storage: Storage) -> None:
        """Q-22."""
        old = running(storage)
        let_expire(storage, old.lease.apply_id)
        (new,) = storage.leases.claim(PEER, limit=1)
        before = storage.applies.get(old.lease.apply_id)
        late = report(old, TaskStatus.COMPLETED, sequence=9)
        with pytest.raises(LeaseLost, match="other_token"):
            storage.leases.record(old.lease, late)
        with pytest.raises(LeaseLost, match="other_token"):
            storage.leases.finish(old.lease, Stopped(), late)
        assert storage.applies.get(old.lease.apply_id) == before
        storage.leases.record(new.lease, report(new, TaskStatus.RUNNING))

    def test_a_workers_own_older_lease_writes_nothing(self, storage: Storage) -> None:
        old = running(storage)
        let_expire(storage, old.lease.apply_id)
        new = claim_one(storage, old.lease.owner)
        with pytest.raises(LeaseLost, match="other_token"):
            storage.leases.finish(old.lease, Stopped(), Report())
        storage.leases.record(new.lease, report(new, TaskStatus.RUNNING))

    def test_a_handed_back_lease_writes_nothing(self, storage: Storage) -> None:
        execution = running(storage)
        storage.leases.finish(execution.lease, HandedBack(), Report())
        with pytest.raises(LeaseLost, match="finished"):
            storage.leases.record(execution.lease, report(execution, TaskStatus.COMPLETED))

    def test_a_lease_of_an_unknown_apply_is_lost(self, storage: Storage) -> None:
        lease = replace(claimed(storage).lease, apply_id=ApplyId("apply-0000000000000000"))
        with pytest.raises(LeaseLost, match="no such apply"):
            storage.leases.record(lease, Report())

    def test_repeating_the_last_write_gives_its_answer_again(self, storage: Storage) -> None:
        execution = running(storage)
        end = Retryable(error=UNREACHABLE)
        first = storage.leases.finish(execution.lease, end, Report())
        again = storage.leases.finish(execution.lease, end, Report())
        assert (again.state, again.task_states) == (first.state, first.task_states)
        assert storage.applies.get(execution.lease.apply_id).attempt == 1

    def test_a_repeat_after_the_next_claim_touches_nothing(self, storage: Storage) -> None:
        execution = running(storage)
        storage.leases.finish(execution.lease, HandedBack(), Report())
        (peer,) = storage.leases.claim(PEER, limit=1)
        storage.leases.finish(execution.lease, HandedBack(), Report())
        assert len(storage.leases.renew([peer.lease], term=TERM).kept) == 1

    def test_epochs_grow_over_every_kind_of_claim(self, storage: Storage) -> None:
        epochs = []
        execution = running(storage)
        for end in (HandedBack(), Waiting(reason="gate"), Refused(reason="no route")):
            epochs.append(execution.lease.epoch)
            storage.leases.finish(execution.lease, end, Report())
            move_times(storage, execution.lease.apply_id, by=-timedelta(minutes=1))
            execution = claim_one(storage)
        assert [*epochs, execution.lease.epoch] == [1, 2, 3, 4]
