"""The traps that MariaDB and MySQL set for a queue, each seen to be closed (T1 to T7)."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Event

import pytest
from sqlalchemy import Connection, exists, select, text

from integration.databases import Database as Schema
from schemabot.domain.apply import ApplyFilter, ApplyOptions, NewApply
from schemabot.domain.errors import ActiveApplyExists, DatabaseLocked
from schemabot.domain.execution import Claimer, Execution, Report
from schemabot.domain.idempotency import IdempotencyKey, StoredAnswer
from schemabot.domain.ids import ApplyId, mint_apply_id
from schemabot.domain.lease import Lease
from schemabot.domain.lock import NewLock
from schemabot.domain.retry import RetryPolicy
from schemabot.domain.scope import Scope
from schemabot.domain.states import ApplyState
from schemabot.storage.claim_order import RANKS
from schemabot.storage.claiming import CLAIM_INDEX, ClaimStatements
from schemabot.storage.database import Database
from schemabot.storage.leases import LeaseStore
from schemabot.storage.locked_apply import LockedApply, select_locked
from schemabot.storage.prepared import Prepared
from schemabot.storage.storage import Storage
from schemabot.storage.tables.schema import applies
from tern.errors import LeaseLost
from tern.values.progress import TaskStatus
from tern.values.run import Completed
from tern.values.target import DatabaseType
from tests.support.stored import (
    TERM,
    a_claimer,
    a_target,
    claimed,
    let_expire,
    new_apply,
    picture,
    report,
    running,
    store_plan,
)

PEER = a_claimer("there/2/b/0")
BARRED = replace(a_claimer(), barred=(Scope(environment="staging"), Scope(database="orders7")))


@pytest.fixture
def peer(upgraded_schema: Schema) -> Iterator[Storage]:
    """The same storage, seen by another process."""
    database = Database(upgraded_schema.dsn, pool_size=4)
    yield Storage(database)
    database.close()


@contextmanager
def in_another_thread(work: Callable[[], object]) -> Iterator[Future[object]]:
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(work)


class OnlyLooks(LeaseStore):
    """A fence that looks for the token without a lock, as a sub-query does."""

    def fence(self, tx: Connection, lease: Lease) -> LockedApply:
        is_ours = exists().where(applies.c.lease_token == lease.token)
        if not tx.execute(select(is_ours)).scalar():
            raise LeaseLost(subject=lease.apply_id, reason="other_token")
        query = select_locked(self._clock).where(applies.c.apply_id == lease.apply_id)
        return LockedApply(tx, tx.execute(query).one(), self._clock)


def write_under_an_uncommitted_steal(
    storage: Storage, peer: Storage, leases: LeaseStore
) -> BaseException | None:
    """What the displaced driver's write met that began before the steal was committed."""
    old = running(storage)
    let_expire(storage, old.lease.apply_id)
    stolen, may_commit = Event(), Event()

    def steal(_: Connection) -> None:
        peer.leases.claim(PEER, limit=1)
        stolen.set()
        assert may_commit.wait(10)

    late = report(old, TaskStatus.COMPLETED, sequence=9)
    with ThreadPoolExecutor(2) as pool:
        stealing = pool.submit(peer.database.write, steal)
        assert stolen.wait(10)
        writing = pool.submit(leases.record, old.lease, late)
        with pytest.raises(TimeoutError):
            writing.result(0.3)
        may_commit.set()
        stealing.result(10)
        return writing.exception(10)


def test_a_displaced_write_waits_for_the_uncommitted_steal_and_is_refused(
    storage: Storage, peer: Storage
) -> None:
    met = write_under_an_uncommitted_steal(storage, peer, storage.leases)
    assert isinstance(met, LeaseLost)


def test_a_fence_that_only_looks_would_let_it_land(storage: Storage, peer: Storage) -> None:
    looks = OnlyLooks(storage.database, retry=RetryPolicy())
    assert write_under_an_uncommitted_steal(storage, peer, looks) is None


def test_beats_within_one_microsecond_count_as_matched(storage: Storage) -> None:
    lease = claimed(storage).lease
    with closing(storage.database.engine.raw_connection()) as connection:
        cursor = connection.cursor()
        same = "UPDATE applies SET lease_expires_at = lease_expires_at WHERE apply_id = %s"
        cursor.execute(same, (lease.apply_id,))
        assert cursor.rowcount == 1
        connection.rollback()
    expiries = {
        storage.leases.renew([lease], term=TERM).kept[0].lease.expires_at.microsecond % 1000
        for _ in range(8)
    }
    assert expiries != {0}, "times are stored without their microseconds"


@pytest.mark.parametrize("claimer", [a_claimer(), BARRED], ids=["free", "barred"])
@pytest.mark.parametrize("ranks", [RANKS, *((rank,) for rank in RANKS)])
def test_a_claim_reads_its_index_and_sorts_nothing(
    storage: Storage, *, ranks: Sequence[int], claimer: Claimer
) -> None:
    _fill(storage, 40)
    claims = ClaimStatements(storage.database.clock)
    statement = claims.candidate(claimer, ranks=ranks)
    plan = _explain(storage.database, statement)
    ours = [row for row in plan if row["table"] not in {"plans", "database_locks", "tasks"}]
    assert [row["key"] for row in ours] == [CLAIM_INDEX]
    assert {row["key"] for row in plan if row["table"] == "tasks"} == {
        "uq_tasks_apply_row_position"
    }
    assert "filesort" not in str(plan)


def test_the_probe_reads_its_index_and_sorts_nothing(storage: Storage) -> None:
    _fill(storage, 40)
    plan = _explain(storage.database, ClaimStatements(storage.database.clock).probe(a_claimer()))
    assert {row["key"] for row in plan if row["table"] == "applies"} == {CLAIM_INDEX}
    assert "filesort" not in str(plan)


@pytest.mark.parametrize("ranks", [RANKS, (3,)])
@pytest.mark.parametrize("claimer", [a_claimer(), BARRED], ids=["free", "barred"])
def test_a_claim_locks_two_rows_at_most_with_five_hundred_due(
    storage: Storage, peer: Storage, claimer: Claimer, *, ranks: Sequence[int]
) -> None:
    _fill(storage, 500)
    claims = ClaimStatements(storage.database.clock)
    query = text(
        "SELECT trx_rows_locked FROM information_schema.innodb_trx "
        "WHERE trx_mysql_thread_id = CONNECTION_ID()"
    )

    def claim_and_count(tx: Connection) -> int:
        claims.candidate(claimer, ranks=ranks).run(tx).first()
        peers_see = peer.leases.claim(PEER, limit=1)
        assert len(peers_see) == 1, "the peer sees an empty queue"
        return int(tx.execute(query).scalar_one())

    own_tasks = 2 * 2  # each by its index and by its row
    assert storage.database.write(claim_and_count) <= 2 + own_tasks


def test_sixteen_claimers_get_each_row_once_and_meet_no_deadlock(
    storage: Storage, upgraded_schema: Schema
) -> None:
    _fill(storage, 120)
    begin = Barrier(16)
    database = Database(upgraded_schema.dsn, pool_size=16)

    def work(number: int) -> list[ApplyId]:
        leases, owner = Storage(database).leases, a_claimer(f"p{number}")
        begin.wait(10)
        got = []
        while executions := leases.claim(owner, limit=1):
            (execution,) = executions
            done = Report(progress=picture(execution, TaskStatus.COMPLETED))
            leases.finish(execution.lease, Completed(), done)
            got.append(execution.lease.apply_id)
        return got

    with ThreadPoolExecutor(16) as pool:
        claimed_ids = [one for got in pool.map(work, range(16)) for one in got]
    database.close()
    assert (len(claimed_ids), len(set(claimed_ids))) == (120, 120)
    counts = storage.applies.state_counts(ApplyFilter())
    assert counts[ApplyState.COMPLETED] == 120


def test_rivals_for_one_target_get_one_apply_and_no_deadlock(
    storage: Storage, upgraded_schema: Schema
) -> None:
    begin = Barrier(8)
    database = Database(upgraded_schema.dsn, pool_size=8)
    rivals = Storage(database)
    plan = store_plan(storage)

    def ask(_: int) -> str:
        new = replace(new_apply(rivals), plan=plan)
        begin.wait(10)
        try:
            return rivals.applies.create(new).apply_id
        except ActiveApplyExists as refused:
            return str(refused.details["apply_id"])

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(ask, range(8)))
    database.close()
    assert len(answers) == 1
    assert len(storage.applies.find(ApplyFilter(), limit=9).items) == 1


def test_rivals_with_one_key_start_one_apply_and_all_get_its_answer(
    storage: Storage, upgraded_schema: Schema
) -> None:
    begin = Barrier(6)
    database = Database(upgraded_schema.dsn, pool_size=6)
    rivals, plan = Storage(database), store_plan(storage)
    key = IdempotencyKey(caller="ada", route="POST /api/apply", key="k", body_hash="b")

    def ask(_: int) -> StoredAnswer:
        new = NewApply(plan=plan, options=ApplyOptions(), caller="ada")
        begin.wait(10)
        return rivals.idempotency.once(key, lambda: rivals.applies.create(new).apply_id)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(ask, range(6)))
    database.close()
    (apply,) = storage.applies.find(ApplyFilter(), limit=9).items
    assert {answer.body for answer in answers} == {apply.apply_id}
    assert [answer.is_replay for answer in answers].count(False) == 1


def test_rivals_for_a_database_lock_get_one_owner(
    storage: Storage, upgraded_schema: Schema
) -> None:
    begin = Barrier(6)
    database = Database(upgraded_schema.dsn, pool_size=6)
    rivals = Storage(database)

    def ask(number: int) -> bool:
        lock = NewLock(database="orders", database_type=DatabaseType.MYSQL, owner=f"cli:{number}")
        begin.wait(10)
        try:
            return rivals.locks.acquire(lock).owner == lock.owner
        except DatabaseLocked:
            return False

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(ask, range(6))) == 1
    database.close()
    assert len(storage.locks.list()) == 1


def test_one_locked_row_stops_no_other_beat(storage: Storage, peer: Storage) -> None:
    leases = [claimed(storage, a_target(f"orders{number}")).lease for number in range(4)]
    held = select(applies.c.id).where(applies.c.apply_id == leases[1].apply_id).with_for_update()
    locked, may_go = Event(), Event()

    def hold(tx: Connection) -> None:
        tx.execute(held).first()
        locked.set()
        assert may_go.wait(20)

    with in_another_thread(lambda: peer.database.write(hold)) as holding:
        assert locked.wait(10)
        renewal = storage.leases.renew(leases, term=timedelta(minutes=5))
        may_go.set()
        holding.result(10)
    assert {kept.lease.apply_id for kept in renewal.kept} == {
        lease.apply_id for lease in leases if lease is not leases[1]
    }
    assert renewal.lost == (), "nothing is known of the locked one"
    assert len(storage.leases.renew(leases, term=TERM).kept) == 4


def test_five_hundred_leases_are_one_statement(storage: Storage) -> None:
    executions = _claim_all(storage, 501)
    before = _updates(storage.database)
    renewal = storage.leases.renew([x.lease for x in executions], term=TERM)
    assert len(renewal.kept) == 501
    assert _updates(storage.database) - before == 2


def _claim_all(storage: Storage, number: int) -> tuple[Execution, ...]:
    _fill(storage, number)
    return storage.leases.claim(a_claimer(term=timedelta(minutes=5)), limit=number)


def _updates(database: Database) -> int:
    query = text("SHOW GLOBAL STATUS LIKE 'Com_update'")
    return int(database.read(lambda tx: tx.execute(query).one())[1])


def _fill(storage: Storage, number: int) -> None:
    new = new_apply(storage)

    def create(_: Connection) -> None:
        for place in range(number):
            plan = replace(new.plan, target=a_target(f"orders{place}"))
            storage.applies.create(replace(new, plan=plan, apply_id=mint_apply_id()))

    storage.database.write(create)


def _explain(database: Database, prepared: Prepared) -> list[dict[str, object]]:
    compiled = prepared.statement.compile(
        dialect=database.engine.dialect, compile_kwargs={"literal_binds": True}
    )
    query = f"EXPLAIN FORMAT=TRADITIONAL {compiled}".replace("%%", "%")
    rows = database.read(lambda tx: tx.exec_driver_sql(query).mappings().all())
    return [dict(row) for row in rows]
