"""A prepared transaction that nobody ends keeps a copy from beginning; one soon ended does not."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from integration.databases import Database, leftover_tables
from integration.online.strikes import Strike, running, striking
from integration.online.workbench import Bench, bench
from tern.values.run import Completed, Permanent

NAME = "'left','behind'"
LOOK = r"INNODB_TRX WHERE trx_mysql_thread_id = 0"


@pytest.fixture
def change(database: Database) -> Iterator[Bench]:
    """A change of one table, where a transaction of another one is prepared and without a session.

    What is left of it at the end is rolled back.
    """
    database.query("CREATE TABLE item (id INT PRIMARY KEY, v INT)")
    database.query("CREATE TABLE other (id INT PRIMARY KEY)")
    made = bench(database, ("item", "ALTER TABLE `item` MODIFY COLUMN `v` BIGINT"))
    with closing(database.connect()) as session:
        for sql in (f"XA START {NAME}", "INSERT INTO other VALUES (1)", f"XA END {NAME}"):
            session.query(sql)
        session.query(f"XA PREPARE {NAME}")
    yield made
    if database.query("XA RECOVER"):
        database.query(f"XA ROLLBACK {NAME}")


def test_one_that_is_left_over_is_named_before_anything_is_made(change: Bench) -> None:
    outcome = change.apply()
    assert isinstance(outcome, Permanent), outcome
    assert outcome.error.code == "preflight"
    assert f"prepared XA transactions are left over: {NAME}" in outcome.error.message
    assert leftover_tables(change.database) == []


def test_one_that_is_ended_between_two_looks_is_no_obstacle(change: Bench) -> None:
    end = running(change.database, f"XA ROLLBACK {NAME}")
    with striking(Strike(looks_like=LOOK, number=2, is_after=True, blow=end)):
        assert change.apply() == Completed()
