"""A table that somebody keeps locked is told as busy, in time, and hides no other (P-57)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from threading import Event

import pymysql
import pytest

from integration.databases import fresh_database, query
from integration.plan.target import PlanTarget, codes, only
from tern.values.plan import Verdict

T = "CREATE TABLE t (id int PRIMARY KEY)"
OTHER = "CREATE TABLE other (id int PRIMARY KEY)"


@contextmanager
def in_background(target: PlanTarget, statement: str) -> Iterator[None]:
    """A statement that another session runs, ended with the block."""
    with closing(target.database.connect()) as session:
        number = session.thread_id()  # type: ignore[no-untyped-call]

        def run() -> None:
            with suppress(pymysql.err.Error), session.cursor() as cursor:
                cursor.execute(statement)

        with ThreadPoolExecutor(1) as pool:
            pool.submit(run)
            Event().wait(0.5)
            yield
            with suppress(pymysql.err.Error):
                query(target.server, f"KILL {number}")


@pytest.fixture
def t_is_locked(target: PlanTarget) -> Iterator[None]:
    """Somebody renames t and u at once, has t already and waits for u, which is being read."""
    target.run(T, OTHER, "CREATE TABLE u (id int PRIMARY KEY)")
    with closing(target.database.connect()) as reader, reader.cursor() as cursor:
        cursor.execute("START TRANSACTION")
        cursor.execute("SELECT * FROM u")
        with in_background(target, "RENAME TABLE t TO t2, u TO u2"):
            yield


@pytest.mark.usefixtures("t_is_locked")
def test_a_locked_table_is_busy_within_fifteen_seconds(target: PlanTarget) -> None:
    result = target.plan(T, OTHER, "CREATE TABLE u (id int PRIMARY KEY)")
    assert "table_busy" in codes(result)
    assert f"{target.database.name}.t stayed locked" in result.problems[0].message
    assert result.took < timedelta(seconds=15)


def test_a_table_under_an_open_transaction_is_no_obstacle(target: PlanTarget) -> None:
    target.run(T)
    with closing(target.database.connect()) as reader, reader.cursor() as cursor:
        cursor.execute("LOCK TABLES t WRITE")
        statement = only(target.plan(T.replace("KEY)", "KEY, a int)")))
    assert statement.verdict is Verdict.INSTANT


def test_a_locked_table_of_another_schema_is_no_obstacle(target: PlanTarget) -> None:
    target.run(T)
    with fresh_database(target.server) as other:
        held = f"CREATE TABLE {other.name}.held SELECT SLEEP(20) AS s"
        with in_background(target, held):
            result = target.plan(T.replace("KEY)", "KEY, a int)"))
    assert result.took < timedelta(seconds=15)
    assert only(result).verdict is Verdict.INSTANT
