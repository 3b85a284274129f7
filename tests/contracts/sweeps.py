"""What sweeps promise on every database (Q-7, Q-19, Q-43, Q-53, R-53; queue.md 11).

Bind it by a class with the fixtures `storage` and `open_dying`.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import update

from schemabot.domain.apply import ApplyOptions
from schemabot.domain.control import Operation, RequestStatus
from schemabot.domain.event import EventFilter
from schemabot.domain.ids import ApplyId, TaskId
from schemabot.domain.states import ApplyState
from schemabot.storage.database import Database
from schemabot.storage.storage import Storage
from schemabot.storage.tables.schema import tasks
from tests.support.stored import a_target, running, set_row, store_apply

MISSED = ApplyOptions(start_before=datetime(2020, 1, 1, tzinfo=UTC))


def missed(storage: Storage, number: int) -> list[ApplyId]:
    """Applies whose start was missed long ago."""
    return [
        store_apply(storage, a_target(f"orders{place}"), options=MISSED).apply_id
        for place in range(number)
    ]


def set_task(storage: Storage, task_id: TaskId, **columns: object) -> None:
    """Write columns of one task as no method of storage would."""
    change = update(tasks).where(tasks.c.task_id == task_id).values(**columns)
    storage.database.write(lambda tx: tx.execute(change))


class SweepContract:
    """Each sweep is bounded, guarded, and safe beside others."""

    def test_a_sweep_changes_no_more_than_it_may(self, storage: Storage) -> None:
        missed(storage, 3)
        assert len(storage.sweeps.expire_unstarted(limit=2)) == 2
        assert len(storage.sweeps.expire_unstarted(limit=2)) == 1
        assert storage.sweeps.expire_unstarted(limit=2) == []

    def test_processes_that_sweep_at_once_change_each_apply_once(
        self, storage: Storage, open_dying: Callable[[type[Database]], Storage]
    ) -> None:
        applies = missed(storage, 12)
        sweepers = [open_dying(Database) for _ in range(4)]
        begin = Barrier(4)

        def sweep(one: Storage) -> list[ApplyId]:
            begin.wait(10)
            return list(one.sweeps.expire_unstarted(limit=100))

        with ThreadPoolExecutor(4) as pool:
            swept = [apply_id for found in pool.map(sweep, sweepers) for apply_id in found]
        assert sorted(swept) == sorted(applies)
        for apply_id in applies:
            lines = storage.events.list(apply_id, EventFilter(), limit=50)
            assert [line.event for line in lines].count("failed") == 1

    def test_an_apply_that_cannot_be_swept_keeps_no_other_waiting(self, storage: Storage) -> None:
        first, stuck, last = missed(storage, 3)
        task_id = storage.applies.get(stuck).tasks[0].task_id
        set_task(storage, task_id, state="nonsense")
        with pytest.raises(ExceptionGroup, match="1 applies"):
            storage.sweeps.expire_unstarted(limit=9)
        assert {storage.applies.get(each).state for each in (first, last)} == {ApplyState.FAILED}
        set_task(storage, task_id, state="pending")
        assert storage.sweeps.expire_unstarted(limit=9) == [stuck]

    def test_a_request_of_an_ended_apply_is_settled(self, storage: Storage) -> None:
        apply_id = running(storage).lease.apply_id
        storage.controls.request(apply_id, Operation.STOP, caller="ada")
        set_row(storage, apply_id, state="completed", active_target=None, claimable_at=None)
        assert storage.sweeps.settle_leftovers(limit=9) == [], "its lease is a claim's business"
        gone = dict.fromkeys((
            "lease_token",
            "lease_owner",
            "lease_expires_at",
            "lease_acquired_at",
        ))
        set_row(storage, apply_id, **gone)
        for task in storage.applies.get(apply_id).tasks:
            set_task(storage, task.task_id, state="completed")
        assert storage.sweeps.settle_leftovers(limit=9) == [apply_id]
        (request,) = storage.controls.list(apply_id)
        assert (request.status, request.outcome) == (RequestStatus.COMPLETED, "already_finished")

    def test_a_broken_invariant_is_named_with_its_apply_on_whatever_page(
        self, storage: Storage
    ) -> None:
        applies = [store_apply(storage, a_target(f"orders{n}")).apply_id for n in range(5)]
        target = storage.applies.get(applies[3]).target.key
        set_row(storage, applies[3], active_target=None)
        (found,) = storage.sweeps.check_invariants(page=2)
        assert (found.invariant, found.apply_id) == (1, applies[3])
        set_row(storage, applies[3], active_target=target)
        assert storage.sweeps.check_invariants(page=2) == ()
