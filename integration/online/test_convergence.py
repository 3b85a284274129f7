# ruff: noqa: S608  # texts of the test's own
"""Writers that never rest do not hold a change up, and get no error from it (E-17, E-32, E-41)."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from random import Random
from threading import Event, Thread  # noqa: TID251  # a test's own
from typing import TypeAlias

import pymysql
import pytest
from pymysql.connections import Connection
from pymysql.cursors import Cursor

from integration.databases import Database
from integration.online.workbench import QUICK, UNHELD, bench
from tern.engine.port import CutoverOrder
from tern.values.run import Completed

Session: TypeAlias = "Connection[Cursor]"

ROWS = 500
FEW = 20
CREATE = "CREATE TABLE item (id INT PRIMARY KEY, u INT NOT NULL, n INT NOT NULL)"
FILL = (
    "INSERT INTO item WITH RECURSIVE s (n) AS "
    f"(SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {ROWS}) SELECT n, n, 0 FROM s"
)
ALTER = "ALTER TABLE `item` ADD UNIQUE KEY `u` (`u`), MODIFY COLUMN `n` BIGINT NOT NULL"
TOUCHED = "UPDATE item SET n = n + 1"


def all_rows(random: Random) -> list[str]:
    """Every row in one transaction, and two of them trade their unique values."""
    first, last = sorted(random.sample(range(1, ROWS + 1), 2))
    traded = f"CASE u WHEN {first} THEN {last} ELSE {first} END"
    return [TOUCHED, f"UPDATE item SET u = {traded} WHERE u IN ({first}, {last})"]


def from_the_end(random: Random) -> list[str]:
    """Every row in one transaction, the last first: the first of them is had last."""
    return [f"{TOUCHED} ORDER BY id DESC", *all_rows(random)[1:]]


def a_few_rows(random: Random) -> list[str]:
    """Some rows anywhere, whose unique values go round."""
    keys = sorted(random.sample(range(1, ROWS + 1), FEW))
    among = f"WHERE id IN ({', '.join(map(str, keys))})"
    lock = f"SELECT GROUP_CONCAT(u ORDER BY id) INTO @us FROM item {among} FOR UPDATE"
    moved = f"FIND_IN_SET(id, '{','.join(map(str, [*keys[1:], keys[0]]))}')"
    taken = f"SUBSTRING_INDEX(SUBSTRING_INDEX(@us, ',', {moved}), ',', -1)"
    return [lock, f"UPDATE item SET n = n + 1, u = {taken} {among}"]


@dataclass(slots=True)
class Writer:
    """One session without a pause.

    Attributes:
        touched: How many rows it changed, by what it committed.
    """

    database: Database
    shape: Callable[[Random], list[str]]
    random: Random
    touched: int = 0
    errors: list[str] = field(default_factory=list)

    def work(self, resting: Event) -> None:
        setting = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"
        with closing(self.database.connect(autocommit=False, init_command=setting)) as session:
            while not resting.is_set():
                self.write(session)

    def write(self, session: Session) -> None:
        try:
            for sql in self.shape(self.random):
                session.query(sql)
            session.commit()
        except pymysql.err.Error as error:
            self.errors.append(str(error))
            session.rollback()
        else:
            self.touched += FEW if self.shape is a_few_rows else ROWS


@contextmanager
def written(writers: list[Writer]) -> Iterator[None]:
    resting = Event()
    threads = [Thread(target=writer.work, args=(resting,)) for writer in writers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        resting.set()
        for thread in threads:
            thread.join(30)


@pytest.mark.parametrize(
    ("shape", "count"),
    [
        (all_rows, 1),
        pytest.param(from_the_end, 1, marks=pytest.mark.long),
        pytest.param(all_rows, 3, marks=pytest.mark.long),
        pytest.param(a_few_rows, 4, marks=pytest.mark.long),
    ],
)
def test_writers_that_never_rest(
    database: Database, shape: Callable[[Random], list[str]], count: int
) -> None:
    database.query(CREATE)
    database.query(FILL)
    options = replace(QUICK, throttle=UNHELD)
    change = bench(database, ("item", ALTER), options=options, defer_cutover=True)
    writers = [Writer(database, shape, Random(seed)) for seed in range(count)]  # noqa: S311
    with change.running():
        with written(writers):
            change.until(lambda task: task.ready)
        change.engine.cutover(CutoverOrder.GO)
    assert change.outcome == Completed()
    assert change.engine.progress()[0].differences == 0
    assert [error for writer in writers for error in writer.errors] == []
    rows, unique, touched = database.query("SELECT COUNT(*), COUNT(DISTINCT u), SUM(n) FROM item")[
        0
    ]
    assert (rows, unique, touched) == (ROWS, ROWS, sum(writer.touched for writer in writers))
