"""What holds a copy back, with its figures, and that it goes on when the cause is gone (E-62).

Each load is a real one: sessions that run, a snapshot that is held, commits that take long.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from threading import Event, Thread  # noqa: TID251  # a test's own

import pymysql
import pytest

from integration.databases import Database, leftover_tables, query
from integration.online.replication import Replica, replica_of
from integration.online.victim import OPTIONS
from integration.online.workbench import Bench, bench
from integration.servers.program import Flavor
from integration.servers.throwaway import Server
from integration.tern.desk import params
from tern.engine.online.chunk_sizing import SizeLimits
from tern.engine.online.throttle.options import MaxLoad, ThrottleOptions
from tern.engine.port import StopKind
from tern.values.progress import TaskProgress
from tern.values.run import Completed, EndState, Outcome, Permanent, Waiting

CHANGE = "ALTER TABLE `item` MODIFY COLUMN `amount` BIGINT"
SLOW = replace(OPTIONS, volume=1, chunk=SizeLimits(start=10, least=10, most=10))
CANCELLED = Completed(end=EndState.CANCELLED)


@pytest.fixture(scope="module")
def replica(server: Server) -> Iterator[Replica]:
    with replica_of(server) as replica:
        yield replica


@pytest.fixture
def item(database: Database) -> Database:
    database.query("CREATE TABLE item (id INT PRIMARY KEY AUTO_INCREMENT, amount INT)")
    rows = ", ".join(f"({n})" for n in range(20_000))
    database.query(f"INSERT INTO item (amount) VALUES {rows}")  # noqa: S608  # texts of ours
    return database


@contextmanager
def copying(item: Database, *, volume: int = 1, **throttle: object) -> Iterator[Bench]:
    """A slow copy under way; cancelled at the end, if it has not ended."""
    options = replace(SLOW, volume=volume, throttle=ThrottleOptions(**throttle))  # type: ignore[arg-type]  # its own
    with bench(item, ("item", CHANGE), options=options).running() as change:
        change.until(lambda task: task.rows_copied > 0)
        yield change
        change.engine.stop(StopKind.CANCEL)


def held_by(reason: str) -> Callable[[TaskProgress], bool]:
    return lambda task: task.throttle is not None and task.throttle.reason == reason


def is_free(task: TaskProgress) -> bool:
    return task.throttle is None


def shown(change: Bench) -> TaskProgress:
    return change.engine.progress()[0]


def assert_stands_still(change: Bench, *, seconds: float = 0.5) -> None:
    """Statements under way may end; then nothing more is copied."""
    Event().wait(seconds)
    before = shown(change).rows_copied
    Event().wait(seconds)
    assert shown(change).rows_copied == before


def assert_goes_on(change: Bench) -> None:
    change.until(is_free)
    before = shown(change).rows_copied
    change.until(lambda task: task.rows_copied > before)


def detail(change: Bench) -> str:
    throttle = shown(change).throttle
    return "" if throttle is None else throttle.detail


@contextmanager
def busy(item: Database, sessions: int) -> Iterator[None]:
    """So many statements run, until the block ends."""
    with ExitStack() as stack:
        held = [stack.enter_context(closing(item.connect())) for _ in range(sessions)]
        threads = [Thread(target=run_for_long, args=(session,)) for session in held]
        for thread in threads:
            thread.start()
        yield
        for session in held:
            item.query(f"KILL QUERY {session.thread_id()}")  # type: ignore[no-untyped-call]
        for thread in threads:
            thread.join(10)


def run_for_long(session: "pymysql.Connection[pymysql.cursors.Cursor]") -> None:
    try:
        session.query("SELECT SLEEP(100)")
    except pymysql.err.OperationalError:
        return  # killed: MariaDB says so, MySQL answers 1


def test_a_paused_copy_stands_still_and_reads_the_log_on(item: Database) -> None:
    with copying(item) as change:
        change.engine.pause()
        change.until(held_by("paused"))
        assert_stands_still(change)
        item.query("UPDATE item SET amount = -1 WHERE id <= 5")
        change.until(lambda task: task.detail["backlog_keys"] == "5")
        change.engine.resume()
        change.until(lambda task: task.detail["backlog_keys"] == "0")
        assert_goes_on(change)
    assert change.outcome == CANCELLED


def test_statements_of_others_hold_the_copy(item: Database) -> None:
    with copying(item) as change:
        with busy(item, 9):
            change.until(held_by("threads"))
            assert detail(change) == "9 statements of others run, limit 4"
            assert_stands_still(change)
        assert_goes_on(change)


def test_a_critical_load_stops_replay_as_well(item: Database) -> None:
    with copying(item, critical_threads=5) as change:
        with busy(item, 9):
            change.until(held_by("critical"))
            item.query("UPDATE item SET amount = -1 WHERE id <= 5")
            change.until(lambda task: task.detail["backlog_keys"] == "5")
            assert_stands_still(change)
        change.until(lambda task: task.detail["backlog_keys"] == "0")
        assert_goes_on(change)


def test_a_critical_load_without_relief_brings_the_run_to_rest(item: Database) -> None:
    throttle = ThrottleOptions(critical_threads=5, critical_for=timedelta(seconds=1))
    change = bench(item, ("item", CHANGE), options=replace(SLOW, throttle=throttle))
    with busy(item, 9), change.running():
        pass
    reason = "9 statements of others run, limit 5"
    assert change.outcome == Waiting(reason=reason, due=timedelta(seconds=60))
    again = replace_options(change.again())
    assert again.apply() == Completed()


def replace_options(change: Bench) -> Bench:
    return Bench(change.database, change.run, OPTIONS)


def history_length(server: Server) -> int:
    sql = (
        "SELECT COUNT FROM information_schema.INNODB_METRICS WHERE NAME = 'trx_rseg_history_len'"
        if server.flavor is Flavor.MYSQL
        else "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS "
        "WHERE VARIABLE_NAME = 'Innodb_history_list_length'"
    )
    return int(query(server, sql)[0][0])


def write_often(session: "pymysql.Connection[pymysql.cursors.Cursor]") -> None:
    for _ in range(2500):
        session.query("UPDATE counted SET n = n + 1")


def test_a_long_history_list_holds_the_copy(item: Database) -> None:
    item.query("CREATE TABLE counted (id INT PRIMARY KEY, n INT)")
    item.query("INSERT INTO counted VALUES (1, 0)")
    limit = history_length(item.server) + 1000
    with copying(item, max_load=MaxLoad(history=limit)) as change:
        with closing(item.connect(autocommit=False)) as snapshot:
            snapshot.query("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            snapshot.query("START TRANSACTION WITH CONSISTENT SNAPSHOT")
            with closing(item.connect()) as writer:
                write_often(writer)
            change.until(held_by("history"))
            assert f"limit {limit:,}" in detail(change)
        assert_goes_on(change)


@contextmanager
def slow_commits(server: Server) -> Iterator[None]:
    """Every commit on the server takes 0.4 s."""
    if server.flavor is Flavor.MYSQL:
        slow = {"binlog_group_commit_sync_delay": 400_000}
    else:
        slow = {"binlog_commit_wait_usec": 400_000, "binlog_commit_wait_count": 1000}
    for name, value in slow.items():
        query(server, f"SET GLOBAL {name} = {value}")
    try:
        yield
    finally:
        for name in slow:
            query(server, f"SET GLOBAL {name} = 0")


def test_slow_commits_hold_the_copy(item: Database) -> None:
    load = MaxLoad(commit=timedelta(milliseconds=200))
    with copying(item, volume=2, max_load=load) as change:
        with slow_commits(item.server):
            change.until(held_by("commit"))
            assert "limit 200 ms" in detail(change)
            assert_stands_still(change, seconds=1)
        assert_goes_on(change)


def test_a_query_of_the_user_holds_the_copy_and_says_why(item: Database) -> None:
    item.query("CREATE TABLE hold (n INT, why VARCHAR(50))")
    item.query("INSERT INTO hold VALUES (0, 'the batch job')")
    sql = f"SELECT n, why FROM {item.name}.hold"  # noqa: S608  # a name of ours
    with copying(item, probe_sql=sql) as change:
        change.until(is_free)
        item.query("UPDATE hold SET n = 3")
        change.until(held_by("probe"))
        assert detail(change) == "the batch job is 3, limit 0"
        assert_stands_still(change)
        item.query("UPDATE hold SET n = 0")
        assert_goes_on(change)


def test_a_replica_that_lags_holds_the_copy(replica: Replica, item: Database) -> None:
    with copying(item, replicas=(replica.params,), max_lag=timedelta(seconds=1.5)) as change:
        change.until(is_free)
        replica.stop_applying()
        try:
            change.until(held_by("lag"))
            assert f" s on {replica.params.place}, limit 1.5 s" in detail(change)
            assert_stands_still(change)
        finally:
            replica.apply_again()
        assert_goes_on(change)


def test_a_copy_beside_a_replica_that_keeps_up_ends(replica: Replica, item: Database) -> None:
    throttle = ThrottleOptions(replicas=(replica.params,), max_lag=timedelta(seconds=5))
    change = bench(item, ("item", CHANGE), options=replace(OPTIONS, throttle=throttle))
    outcome: Outcome = change.apply()
    assert outcome == Completed()


def test_a_server_that_is_no_replica_is_refused_as_one(item: Database) -> None:
    throttle = ThrottleOptions(replicas=(params(item),))
    outcome = bench(item, ("item", CHANGE), options=replace(OPTIONS, throttle=throttle)).apply()
    assert isinstance(outcome, Permanent)
    assert outcome.error.code == "replicas"
    assert "replicates from no server" in outcome.error.message
    assert leftover_tables(item) == []


def test_a_replica_that_can_not_be_reached_is_refused_by_name(item: Database) -> None:
    throttle = ThrottleOptions(replicas=(replace(params(item), port=1),))
    outcome = bench(item, ("item", CHANGE), options=replace(OPTIONS, throttle=throttle)).apply()
    assert isinstance(outcome, Permanent)
    assert "the lag of 127.0.0.1:1 can't be read" in outcome.error.message
