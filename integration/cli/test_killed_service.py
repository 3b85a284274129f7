"""`kill -9` of a service in the middle of an apply: another one finishes it, nothing runs twice."""

import signal
from contextlib import closing
from typing import Any

import pytest

from integration.cli.flavors import MARIADB_FIRST, MYSQL_FIRST
from integration.cli.processes import Shop, eventually
from integration.cli.tables import create, times_run
from integration.databases import query

pytestmark = pytest.mark.timeout(400)

TABLES = ("alpha", "beta", "gamma")
ROWS = 300_000


def state(shop: Shop, apply_id: str) -> dict[str, Any]:
    return dict(shop.progress(apply_id))


def task_states(shop: Shop, apply_id: str) -> list[str]:
    return [str(task["state"]) for task in state(shop, apply_id)["tasks"]]


@MARIADB_FIRST
def test_killed_while_it_waits_for_a_lock(shop: Shop) -> None:
    process = shop.serve()
    shop.files(**{name: create(name) for name in TABLES})
    assert shop.apply().status == 0
    shop.files(**{name: create(name, ", age INT") for name in TABLES})
    with closing(shop.database.connect(autocommit=False)) as holder, holder.cursor() as cursor:
        cursor.execute("SELECT * FROM beta")
        apply_id = shop.apply("--no-watch", "--json").documents[0]["apply_id"]
        # MariaDB tells nobody's locks: there an old transaction may hold the first table back, too
        eventually(lambda: "running" in task_states(shop, apply_id) or None, seconds=30)
        process.send_signal(signal.SIGKILL)
        process.wait()
        holder.rollback()
    shop.serve()
    ran = shop.run("progress", apply_id, "--watch")
    assert (ran.status, "apply completed" in ran.out) == (0, True), ran
    counts = {name: times_run(shop, rf"alter table `{name}`") for name in TABLES}
    assert counts == dict.fromkeys(TABLES, 1)


@MYSQL_FIRST
def test_killed_while_the_server_builds_an_index(shop: Shop) -> None:
    process = shop.serve()
    shop.files(alpha=create("alpha"), beta=create("beta"))
    assert shop.apply().status == 0
    _fill(shop)
    # what has a trigger isn't copied: its index is built in place
    shop.database.query("CREATE TRIGGER t BEFORE INSERT ON alpha FOR EACH ROW SET @a = 1")
    shop.files(alpha=create("alpha", ", KEY by_note (note, id)"), beta=create("beta", ", x INT"))
    apply_id = shop.apply("--no-watch", "--json").documents[0]["apply_id"]
    eventually(lambda: _builds(shop), seconds=30)
    process.send_signal(signal.SIGKILL)
    process.wait()
    shop.serve()
    ran = shop.run("progress", apply_id, "--watch")
    assert (ran.status, "apply completed" in ran.out) == (0, True), ran
    assert times_run(shop, r"alter table `alpha`") == 1
    assert times_run(shop, r"alter table `beta`") == 1


@MARIADB_FIRST
def test_sigterm_in_the_middle_hands_the_apply_back(shop: Shop) -> None:
    process = shop.serve()
    shop.files(alpha=create("alpha"))
    assert shop.apply().status == 0
    shop.files(alpha=create("alpha", ", age INT"))
    with closing(shop.database.connect(autocommit=False)) as holder, holder.cursor() as cursor:
        cursor.execute("SELECT * FROM alpha")
        apply_id = shop.apply("--no-watch", "--json").documents[0]["apply_id"]
        eventually(lambda: state(shop, apply_id)["state"] == "running" or None, seconds=30)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
        holder.rollback()
    shop.serve()
    assert shop.run("progress", apply_id, "--watch").status == 0
    assert times_run(shop, r"alter table `alpha`") == 1


def _fill(shop: Shop) -> None:
    shop.database.query("INSERT INTO alpha VALUES (1, REPEAT('x', 150))")
    count = 1
    while count < ROWS:
        shop.database.query(
            "INSERT INTO alpha SELECT id + %s, CONCAT(id, REPEAT('x', 150)) FROM alpha", count
        )
        count *= 2


def _builds(shop: Shop) -> bool | None:
    """Whether the server is at work on the index now."""
    sql = (
        "SELECT 1 FROM information_schema.processlist WHERE info LIKE 'ALTER TABLE%%alpha%%' "
        "AND time_ms > 50 AND state NOT LIKE 'Waiting%%'"
        if shop.kind == "mariadb"
        else "SELECT 1 FROM performance_schema.processlist WHERE info LIKE 'ALTER TABLE%%alpha%%' "
        "AND state NOT LIKE 'Waiting%%'"
    )
    return bool(query(shop.database.server, sql)) or None


@pytest.fixture(autouse=True)
def _no_rows_in_the_log(shop: Shop) -> None:
    """A fresh binary log per test, so that reading it stays quick."""
    query(shop.database.server, "FLUSH BINARY LOGS")
