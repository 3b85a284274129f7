"""What stands when a process dies around a commit, or when the answer to it is lost (Q-6, Q-61).

Bind it by a class with the fixtures `storage`, which judges, and `open_dying`, which opens the same
database for a process that will die.
"""

from datetime import timedelta
from typing import Protocol

import pymysql
import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from schemabot.domain.apply import ApplyFilter
from schemabot.domain.control import AnswerStatus, Operation
from schemabot.domain.errors import StorageUnavailable
from schemabot.domain.execution import Report
from schemabot.domain.idempotency import IdempotencyKey
from schemabot.domain.states import ApplyState
from schemabot.storage.database import Database
from schemabot.storage.storage import Storage
from tern.errors import ServerUnavailable
from tern.values.progress import TaskStatus
from tern.values.run import Completed, Retryable
from tests.support.stored import (
    a_claimer,
    claim_one,
    claimed,
    let_expire,
    new_apply,
    picture,
    report,
    running,
    store_apply,
)

GONE = ServerUnavailable(place="orders/production", reason="refused")
KEY = IdempotencyKey(caller="ada", route="POST /api/apply", key="k1", body_hash="b1")


class Died(Exception):
    """The process is no more."""


class DiesBeforeCommit(Database):
    """Everything was sent but COMMIT."""

    def commit(self, connection: Connection) -> None:
        del connection
        raise Died


class DiesAfterCommit(Database):
    """COMMIT was carried out, and nobody lived to hear of it."""

    def commit(self, connection: Connection) -> None:
        super().commit(connection)
        raise Died


class LosesAnswer(Database):
    """COMMIT was carried out, and its answer is lost; the process lives on."""

    def commit(self, connection: Connection) -> None:
        super().commit(connection)
        raise OperationalError("COMMIT", {}, pymysql.OperationalError(2013, "connection lost"))


class LosesCommit(Database):
    """The connection broke before COMMIT arrived; the process lives on."""

    def commit(self, connection: Connection) -> None:
        connection.rollback()
        raise OperationalError("COMMIT", {}, pymysql.OperationalError(2013, "connection lost"))


class OpenDying(Protocol):
    """Opens the judge's database once more, with this fault."""

    def __call__(self, kind: type[Database]) -> Storage: ...


class CrashContract:
    """Before COMMIT nothing stands; after it everything does."""

    @pytest.mark.parametrize(("kind", "stands"), [(DiesBeforeCommit, 0), (DiesAfterCommit, 1)])
    def test_an_apply_stands_whole_or_not_at_all(
        self, storage: Storage, open_dying: OpenDying, *, kind: type[Database], stands: int
    ) -> None:
        new = new_apply(storage)
        with pytest.raises(Died):
            open_dying(kind).applies.create(new)
        found = storage.applies.find(ApplyFilter(), limit=9).items
        assert [len(apply.tasks) for apply in found] == [2] * stands
        assert len(storage.leases.claim(a_claimer(), limit=9)) == stands

    @pytest.mark.parametrize(("kind", "stands"), [(DiesBeforeCommit, 0), (DiesAfterCommit, 1)])
    def test_a_replay_of_the_key_after_a_crash_starts_one_apply(
        self, storage: Storage, open_dying: OpenDying, *, kind: type[Database], stands: int
    ) -> None:
        dying, new = open_dying(kind), new_apply(storage)
        with pytest.raises(Died):
            dying.idempotency.once(KEY, lambda: dying.applies.create(new).apply_id)
        again = storage.idempotency.once(KEY, lambda: storage.applies.create(new).apply_id)
        (apply,) = storage.applies.find(ApplyFilter(), limit=9).items
        assert (again.body, again.is_replay) == (apply.apply_id, bool(stands))

    def test_an_unanswered_create_that_was_stored_is_answered_by_a_read(
        self, storage: Storage, open_dying: OpenDying
    ) -> None:
        new = new_apply(storage)
        apply = open_dying(LosesAnswer).applies.create(new)
        assert apply == storage.applies.get(new.apply_id)

    def test_an_unanswered_fast_path_leaves_the_lease_to_expire(
        self, storage: Storage, open_dying: OpenDying
    ) -> None:
        new = new_apply(storage)
        apply, execution = open_dying(LosesAnswer).applies.create_and_claim(new, a_claimer())
        assert execution is None
        assert storage.leases.claim(a_claimer(), limit=1) == ()
        let_expire(storage, apply.apply_id)
        assert claim_one(storage).lease.epoch == 2

    def test_a_create_whose_commit_never_arrived_is_an_outage_and_stores_nothing(
        self, storage: Storage, open_dying: OpenDying
    ) -> None:
        with pytest.raises(StorageUnavailable):
            open_dying(LosesCommit).applies.create(new_apply(storage))
        assert storage.applies.find(ApplyFilter(), limit=9).items == ()

    def test_a_claim_that_died_before_its_commit_was_none(
        self, storage: Storage, open_dying: OpenDying
    ) -> None:
        store_apply(storage)
        with pytest.raises(Died):
            open_dying(DiesBeforeCommit).leases.claim(a_claimer(), limit=1)
        assert claim_one(storage).lease.epoch == 1

    def test_a_claim_that_died_after_its_commit_is_recovered_when_it_expires(
        self, storage: Storage, open_dying: OpenDying
    ) -> None:
        apply = store_apply(storage)
        with pytest.raises(Died):
            open_dying(DiesAfterCommit).leases.claim(a_claimer(), limit=1)
        assert storage.leases.claim(a_claimer(), limit=1) == ()
        let_expire(storage, apply.apply_id)
        assert claim_one(storage).lease.epoch == 2

    def test_a_report_that_died_before_its_commit_left_nothing(
        self, storage: Storage, open_dying: OpenDying
    ) -> None:
        execution = claimed(storage)
        before = storage.applies.get(execution.lease.apply_id)
        with pytest.raises(Died):
            open_dying(DiesBeforeCommit).leases.record(
                execution.lease, report(execution, TaskStatus.RUNNING)
            )
        assert storage.applies.get(execution.lease.apply_id) == before

    @pytest.mark.parametrize("kind", [DiesBeforeCommit, DiesAfterCommit, LosesAnswer])
    def test_an_end_sent_again_gives_one_end(
        self, storage: Storage, open_dying: OpenDying, *, kind: type[Database]
    ) -> None:
        execution = running(storage)
        last = Report(progress=picture(execution, TaskStatus.COMPLETED, sequence=9))
        with pytest.raises((Died, StorageUnavailable)):
            open_dying(kind).leases.finish(execution.lease, Completed(), last)
        ended = storage.leases.finish(execution.lease, Completed(), last)
        assert ended.state is ApplyState.COMPLETED

    def test_a_failure_sent_again_spends_one_attempt(
        self, storage: Storage, open_dying: OpenDying
    ) -> None:
        execution = running(storage)
        with pytest.raises(StorageUnavailable):
            open_dying(LosesAnswer).leases.finish(execution.lease, Retryable(error=GONE), Report())
        again = storage.leases.finish(execution.lease, Retryable(error=GONE), Report())
        assert again.state is ApplyState.FAILED_RETRYABLE
        assert again.retry_in is not None
        assert again.retry_in <= timedelta(seconds=1)
        assert storage.applies.get(execution.lease.apply_id).attempt == 1

    @pytest.mark.parametrize(
        ("kind", "status"),
        [
            (DiesBeforeCommit, AnswerStatus.QUEUED),
            (DiesAfterCommit, AnswerStatus.ALREADY_REQUESTED),
            (LosesAnswer, AnswerStatus.ALREADY_REQUESTED),
        ],
    )
    def test_a_request_asked_again_stands_once(
        self,
        storage: Storage,
        open_dying: OpenDying,
        *,
        kind: type[Database],
        status: AnswerStatus,
    ) -> None:
        apply_id = running(storage).lease.apply_id
        with pytest.raises((Died, StorageUnavailable)):
            open_dying(kind).controls.request(apply_id, Operation.STOP, caller="ada")
        again = storage.controls.request(apply_id, Operation.STOP, caller="ada")
        assert again.status is status
        assert [row.generation for row in storage.controls.list(apply_id)] == [1]

    def test_a_beat_that_lost_its_answer_is_repeated_without_harm(
        self, storage: Storage, open_dying: OpenDying
    ) -> None:
        lease = claimed(storage).lease
        with pytest.raises(StorageUnavailable):
            open_dying(LosesAnswer).leases.renew([lease], term=timedelta(seconds=15))
        assert len(storage.leases.renew([lease], term=timedelta(seconds=15)).kept) == 1
