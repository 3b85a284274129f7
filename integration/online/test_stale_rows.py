"""A stale row of the shadow goes, and the process dies before it is written anew (E-34, E-56)."""

import re
from contextlib import ExitStack
from random import Random

import pytest
from pymysql.connections import Connection
from pymysql.cursors import Cursor

from integration.databases import Database
from integration.online.test_convergence import (
    ALTER,
    CREATE,
    FILL,
    ROWS,
    Writer,
    a_few_rows,
    written,
)
from integration.online.victim import OPTIONS, die, kill_mutated
from integration.online.workbench import bench
from tern.engine.port import CutoverOrder
from tern.values.run import Completed

REMOVED = re.compile(r"^DELETE .*_n` .* AND \(`u`\) IN \(SELECT")


def die_once_stale_rows_are_gone() -> None:
    """From now on the program dies by the first commit that has removed a stale row."""
    send = Connection.query
    removing: set[int] = set()

    def query(driver: "Connection[Cursor]", sql: object, unbuffered: bool = False) -> int:  # noqa: FBT001, FBT002  # the driver's own
        answer: int = send(driver, sql, unbuffered)
        text = sql.decode("utf-8", "replace") if isinstance(sql, bytes) else str(sql)
        if REMOVED.match(text) and answer:
            removing.add(id(driver))
        elif text == "COMMIT" and id(driver) in removing:
            die()
        elif text == "ROLLBACK":
            removing.discard(id(driver))
        return answer

    Connection.query = query  # type: ignore[assignment, method-assign]  # the driver, not ours


@pytest.mark.long
def test_a_stale_row_that_is_gone_when_the_process_dies_comes_back(database: Database) -> None:
    database.query(CREATE)
    database.query(FILL)
    writers = [Writer(database, a_few_rows, Random(seed)) for seed in range(4)]  # noqa: S311
    change = bench(database, ("item", ALTER), options=OPTIONS, defer_cutover=True)
    with ExitStack() as under_load:
        under_load.enter_context(written(writers))
        assert kill_mutated(change, die_once_stale_rows_are_gone) == [], "nothing stale was removed"
        again = change.again()
        with again.running():
            again.until(lambda task: task.ready)
            # Under the new key an UPDATE that moves values round would be refused.
            under_load.close()
            again.engine.cutover(CutoverOrder.GO)
    assert again.outcome == Completed()
    assert [error for writer in writers for error in writer.errors] == []
    found = database.query("SELECT COUNT(*), COUNT(DISTINCT u), SUM(n) FROM item")
    assert found == [(ROWS, ROWS, sum(writer.touched for writer in writers))]
