"""A swap is not tried while something speaks against it; what that is, is shown (E-44)."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from integration.databases import Database, query
from integration.online.workbench import Bench, bench
from tern.engine.port import CutoverOrder
from tern.values.progress import TaskProgress
from tern.values.run import Completed, Retryable
from tests.support.caller import TERM, HeldLease


@pytest.fixture
def ready(database: Database) -> Iterator[Bench]:
    """A change that waits for its order."""
    database.query("CREATE TABLE item (id INT PRIMARY KEY, v INT)")
    database.query("INSERT INTO item VALUES (1, 1)")
    alter = "ALTER TABLE `item` MODIFY COLUMN `v` BIGINT"
    change = bench(database, ("item", alter), defer_cutover=True)
    change.run = replace(change.run, lease_term=TERM)
    with change.running():
        change.until(lambda task: task.ready)
        yield change


def gate(task: TaskProgress) -> str:
    return dict(task.detail).get("gate", "")


def test_a_prepared_transaction_without_a_session_is_named_and_waited_for(ready: Bench) -> None:
    ready.database.query("CREATE TABLE other (id INT PRIMARY KEY)")
    with closing(ready.database.connect()) as session:
        for sql in (
            "XA START 'left','over'",
            "INSERT INTO other VALUES (1)",
            "XA END 'left','over'",
        ):
            session.query(sql)
        session.query("XA PREPARE 'left','over'")
    ready.engine.cutover(CutoverOrder.GO)
    ready.until(lambda task: "xa: " in gate(task) and "'left','over'" in gate(task))
    assert ready.engine.progress()[0].cutover_attempts == 0
    ready.database.query("XA ROLLBACK 'left','over'")
    assert ready.join() == Completed()


def test_too_little_of_the_lease_is_no_attempt(ready: Bench) -> None:
    fence = ready.run.fence
    assert isinstance(fence, HeldLease)
    fence.left = timedelta(seconds=2)
    ready.engine.cutover(CutoverOrder.GO)
    ready.until(lambda task: "lease" in gate(task))
    assert ready.engine.progress()[0].cutover_attempts == 0
    fence.left = TERM
    assert ready.join() == Completed()


def test_a_server_that_became_read_only_swaps_nothing(ready: Bench) -> None:
    query(ready.database.server, "SET GLOBAL read_only = 1")
    try:
        ready.engine.cutover(CutoverOrder.GO)
        outcome = ready.join()
    finally:
        query(ready.database.server, "SET GLOBAL read_only = 0")
    assert isinstance(outcome, Retryable), outcome
    with ready.again().running() as again:
        again.until(lambda task: task.ready)
        again.engine.cutover(CutoverOrder.GO)
    assert again.outcome == Completed()
