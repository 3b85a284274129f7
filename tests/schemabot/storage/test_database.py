"""Transactions: whole or not at all, repeated when they may be, joined on one thread."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pymysql
import pytest
from sqlalchemy import Connection, literal, select
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError, StatementError

from schemabot.domain.errors import StorageMisconfigured, StorageUnavailable
from schemabot.storage.clock import SqliteClock
from schemabot.storage.columns import UtcMicros
from schemabot.storage.database import Database
from schemabot.storage.faults import outage_of
from schemabot.storage.retry import REPEATS
from schemabot.storage.storage import Storage

PUT = "INSERT INTO settings (setting_key, value, updated_at) VALUES ('k', 'v', '2026-01-01')"


class Refused(Exception):
    """What a use case raises inside its transaction."""


def failing_with(number: int) -> OperationalError:
    return OperationalError("UPDATE", {}, pymysql.OperationalError(number, "no"))


@pytest.mark.parametrize("number", [1213, 1205, 1020])
def test_a_deadlock_or_lock_wait_repeats_the_whole_transaction(
    database: Database, number: int
) -> None:
    """Q-32."""
    tries: list[int] = []

    def work(tx: Connection) -> str:
        tx.exec_driver_sql(PUT)
        tries.append(number)
        if len(tries) < 3:
            raise failing_with(number)
        return "done"

    assert database.write(work) == "done"
    assert Storage(database).settings.get("k") == "v"


def test_after_five_repeats_it_is_an_outage(database: Database) -> None:
    tries: list[int] = []

    def work(_: Connection) -> None:
        tries.append(1)
        raise failing_with(1213)

    with pytest.raises(StorageUnavailable, match="1213"):
        database.write(work)
    assert len(tries) == 1 + REPEATS


@pytest.mark.parametrize("number", [2006, 2013, 1040, 1317])
def test_a_lost_connection_is_an_outage_and_is_not_repeated(
    database: Database, number: int
) -> None:
    tries: list[int] = []

    def work(_: Connection) -> None:
        tries.append(1)
        raise failing_with(number)

    with pytest.raises(StorageUnavailable):
        database.write(work)
    assert len(tries) == 1


def test_a_bug_is_not_called_an_outage(database: Database) -> None:
    def broken(tx: Connection) -> None:
        tx.exec_driver_sql(PUT)
        tx.exec_driver_sql(PUT)

    with pytest.raises(IntegrityError):
        database.write(broken)
    with pytest.raises((ProgrammingError, StorageUnavailable)):
        database.read(lambda tx: tx.exec_driver_sql("SELECT nonsense FROM nowhere"))


def test_an_outage_says_neither_statement_nor_values() -> None:
    gone = pymysql.OperationalError(2003, "can't connect")
    said = str(outage_of(OperationalError("SELECT secret", {"p": "hidden"}, gone)))
    assert "2003: can't connect" in said
    assert "secret" not in said
    assert "hidden" not in said


def test_what_raises_leaves_nothing_behind(database: Database) -> None:
    def work(tx: Connection) -> None:
        tx.exec_driver_sql(PUT)
        raise Refused

    with pytest.raises(Refused):
        database.write(work)
    assert Storage(database).settings.get("k") is None


def test_a_transaction_joins_the_one_that_its_thread_has_open(database: Database) -> None:
    settings = Storage(database).settings

    def work(_: Connection) -> None:
        settings.put("k", "inner")
        assert settings.get("k") == "inner"
        raise Refused

    with pytest.raises(Refused):
        database.write(work)
    assert settings.get("k") is None


def test_a_write_inside_a_read_is_refused_instead_of_lost(database: Database) -> None:
    settings = Storage(database).settings
    with pytest.raises(RuntimeError, match="reads"):
        database.read(lambda _: settings.put("k", "lost"))


def test_a_busy_database_is_waited_for(storage_url: str, database: Database) -> None:
    other = Database(storage_url, pool_size=1)
    begun, may_end = Event(), Event()

    def hold(tx: Connection) -> None:
        tx.exec_driver_sql(PUT)
        begun.set()
        assert may_end.wait(10)

    with ThreadPoolExecutor(2) as pool:
        holding = pool.submit(other.write, hold)
        assert begun.wait(10)
        writing = pool.submit(Storage(database).settings.put, "k", "later")
        may_end.set()
        holding.result(10)
        writing.result(10)
    assert Storage(database).settings.get("k") == "later"
    other.close()


def test_readers_are_not_held_up_by_a_writer(storage_url: str, database: Database) -> None:
    other = Storage(Database(storage_url, pool_size=1))

    def work(tx: Connection) -> None:
        tx.exec_driver_sql(PUT)
        assert other.settings.get("k") is None

    database.write(work)
    other.database.close()


@pytest.mark.parametrize(
    "url",
    ["", "nonsense", "sqlite://", "sqlite:///:memory:", "postgresql://h/d", "mysql://h:3306"],
)
def test_a_url_that_storage_cannot_be_on_is_refused_before_any_connection(url: str) -> None:
    with pytest.raises(StorageMisconfigured):
        Database(url)


def test_a_password_never_stands_in_an_error() -> None:
    database = Database(
        "mysql://root:sesame@127.0.0.1:1/none", connect_timeout=timedelta(seconds=1)
    )
    with pytest.raises(StorageUnavailable) as gone:
        database.ping()
    assert "sesame" not in str(gone.value)
    database.close()


def test_a_file_in_a_folder_that_is_not_there_is_an_outage(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/missing/storage.db")
    with pytest.raises(StorageUnavailable, match="unable to open"):
        database.ping()
    database.close()


def test_sqlite_commits_durably_with_a_log_and_foreign_keys(database: Database) -> None:
    def pragmas(tx: Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [tx.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    assert database.read(pragmas) == ["wal", 2, 1]


def test_the_databases_clock_adds_and_compares(database: Database) -> None:
    clock = SqliteClock()
    base = literal(datetime(2026, 1, 31, 23, 59, 59, 500000, tzinfo=UTC), UtcMicros())
    sums = select(
        clock.shifted(base, timedelta(milliseconds=1500)),
        clock.shifted(base, -timedelta(days=1)),
        clock.later_of(base, clock.shifted(base, timedelta(microseconds=1000))),
        clock.after(timedelta(seconds=60)) > clock.now(),
    )
    later, earlier, latest, is_later = database.read(lambda tx: tx.execute(sums).one())
    assert later == datetime(2026, 2, 1, 0, 0, 1, tzinfo=UTC)
    assert earlier == datetime(2026, 1, 30, 23, 59, 59, 500000, tzinfo=UTC)
    assert latest == datetime(2026, 1, 31, 23, 59, 59, 501000, tzinfo=UTC)
    assert is_later


def test_a_naive_time_is_refused(database: Database) -> None:
    naive = literal(datetime(2026, 1, 1), UtcMicros())  # noqa: DTZ001 - what is refused
    with pytest.raises(StatementError, match="time zone"):
        database.read(lambda tx: tx.execute(select(naive)).all())


def test_the_databases_now_is_now(database: Database) -> None:
    assert abs(database.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_locked_sqlite_file_counts_as_repeatable(storage_url: str) -> None:
    path = storage_url.removeprefix("sqlite:///")
    holder, other = (sqlite3.connect(path, timeout=0, isolation_level=None) for _ in range(2))
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError) as locked:
        other.execute("BEGIN IMMEDIATE")
    assert locked.value.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
    holder.close()
    other.close()


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("mariadb://root@db.example:3307/service", ("db.example", 3307)),
        ("mysql://root@db.example/service", ("db.example", 3306)),
        ("sqlite:///service.db", None),
    ],
)
def test_a_database_names_its_server(url: str, server: tuple[str, int] | None) -> None:
    database = Database(url, pool_size=1)
    assert database.server == server
    database.close()
