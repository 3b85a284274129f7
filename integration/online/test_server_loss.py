"""The server restarts, or dies, under a run: it comes back, goes on, and loses nothing (E-57)."""

from collections.abc import Callable

import pytest

from integration.databases import Database, fresh_database
from integration.online.test_orders import CHANGE, CREATE, SLOW
from integration.online.victim import OPTIONS
from integration.online.workbench import bench
from integration.servers.throwaway import Server
from tern.engine.port import CutoverOrder
from tern.values.run import Completed

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]
ROWS = 3000
WAYS: dict[str, Callable[[Server], None]] = {"restarts": Server.stop, "dies": Server.kill}


def item(database: Database) -> None:
    database.query(CREATE)
    rows = ", ".join(f"({n})" for n in range(ROWS))
    database.query(f"INSERT INTO item (amount) VALUES {rows}")  # noqa: S608  # numbers of ours


def write(database: Database, amount: int) -> None:
    """At both ends, acknowledged."""
    database.query("UPDATE item SET amount = %s WHERE id IN (1, 2999)", amount)
    database.query("INSERT INTO item (amount) VALUES (%s)", amount)


def check(database: Database, amounts: list[int]) -> None:
    found = database.query("SELECT amount FROM item WHERE id IN (1, 2999) OR id > %s", ROWS)
    assert sorted(amount for (amount,) in found) == sorted([*amounts[:-1], *[amounts[-1]] * 3])
    assert database.query("SELECT COUNT(*) FROM item") == [(ROWS + len(amounts),)]
    assert "bigint" in database.query("SHOW CREATE TABLE item")[0][1]


@pytest.mark.parametrize("way", WAYS)
def test_a_copy_outlives_its_server(private_server: Server, way: str) -> None:
    with fresh_database(private_server) as database:
        item(database)
        with bench(database, ("item", CHANGE), options=SLOW).running() as change:
            change.until(lambda task: task.rows_copied > 100)
            write(database, -1)
            WAYS[way](private_server)
            private_server.start()
            write(database, -2)
            change.until(lambda task: task.phase == "copy" and "interrupted" not in task.detail)
            change.engine.volume(11)
        assert change.outcome == Completed()
        check(database, [-1, -2])


@pytest.mark.parametrize("way", WAYS)
def test_a_held_cutover_outlives_its_server(private_server: Server, way: str) -> None:
    with fresh_database(private_server) as database:
        item(database)
        change = bench(database, ("item", CHANGE), options=OPTIONS, defer_cutover=True)
        with change.running():
            change.until(lambda task: task.ready)
            change.engine.pause()
            write(database, -1)
            WAYS[way](private_server)
            private_server.start()
            write(database, -2)
            change.engine.resume()
            change.until(lambda task: task.ready and "interrupted" not in task.detail)
            change.engine.cutover(CutoverOrder.GO)
        assert change.outcome == Completed()
        check(database, [-1, -2])
