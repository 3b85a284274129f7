"""`schemabot alter` beside a service, beside a replica, and killed after its swap."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from integration.cli.alone import WIDEN, alter, altering, phase
from integration.cli.copies import (
    accepted,
    amount_type,
    checksum,
    eventually_so,
    half_way,
    held_row,
    in_state,
    widened,
)
from integration.cli.flavors import MARIADB_FIRST, MYSQL_FIRST
from integration.cli.processes import ROOT, Shop, eventually
from integration.databases import leftover_tables
from integration.online.replication import Replica, replica_of
from integration.servers.throwaway import Server

pytestmark = pytest.mark.timeout(400)

ADD = "ALTER TABLE orders ADD COLUMN more INT, ADD INDEX by_more (more)"
# The process dies as it is about to drop the old table, which is after the swap.
KILLED = """
import sys
from cli.main import main
from integration.online.victim import Point, Watch

Watch(point=Point(shape=sys.argv.pop(1), is_after=False)).install()
main()
"""


@pytest.fixture(scope="module")
def replica(server: Server) -> Iterator[Replica]:
    with replica_of(server) as replica:
        yield replica


@MYSQL_FIRST
def test_a_service_waits_while_a_stand_alone_run_has_the_table(orders: Shop) -> None:
    """E-59, C-45."""
    orders.serve()
    widened(orders)
    with altering(orders, "-y", "--defer-cutover", ADD) as process:
        eventually(lambda: phase(orders.database) == "held" or None, seconds=120)
        tables = leftover_tables(orders.database)
        apply_id = accepted(orders)
        eventually_so(
            orders, apply_id, lambda seen: "is being changed by" in (seen["detail"] or "")
        )
        assert leftover_tables(orders.database) == tables
        assert orders.progress(apply_id)["state"] == "pending"
        assert alter(orders, "--release", "--table", "orders").status == 0
        assert process.wait(timeout=120) == 0
    ended = eventually_so(orders, apply_id, lambda seen: bool(seen["terminal"]))
    assert (ended["state"], amount_type(orders.database)) == ("failed", "int"), ended


@MARIADB_FIRST
def test_a_stand_alone_run_is_refused_while_a_service_has_the_table(orders: Shop) -> None:
    """E-59, C-45."""
    before = checksum(orders.database)
    orders.serve()
    widened(orders)
    with held_row(orders.database):
        apply_id = accepted(orders)
        half_way(orders, apply_id)
        tables = leftover_tables(orders.database)
        ran = alter(orders, "-y", ADD)
        assert (ran.status, "is being changed by" in ran.err) == (1, True), ran
        assert leftover_tables(orders.database) == tables
    in_state(orders, apply_id, "completed")
    assert (amount_type(orders.database), checksum(orders.database)) == ("bigint", before)


@MARIADB_FIRST
def test_a_replica_that_lags_holds_the_run_and_json_lines_tell_of_it(
    replica: Replica, orders: Shop
) -> None:
    """C-45, C-24."""
    server = replica.server
    address = f"mysql://{server.user}@{server.host}:{server.port}/"
    replica.stop_applying()
    try:
        options = ("-y", "--json", "--replica", address, "--max-lag", "1500ms", WIDEN)
        with altering(orders, *options, errors=subprocess.DEVNULL) as process:
            assert process.stdout is not None
            said = [json.loads(process.stdout.readline())]
            while not is_held_by_lag(said[-1]):
                said.append(json.loads(process.stdout.readline()))
            replica.apply_again()
            said += map(json.loads, process.stdout)
            assert process.wait(timeout=60) == 0
    finally:
        replica.apply_again()
    last = said[-1]
    assert [document["type"] for document in (said[0], last)] == ["plan", "result"]
    assert (last["state"], last["exit_code"], last["error"]) == ("completed", 0, None)
    assert amount_type(orders.database) == "bigint"


def is_held_by_lag(document: dict[str, Any]) -> bool:
    return document["type"] == "progress" and any(
        task["throttle"]["reason"] == "lag" for task in document["progress"]["tasks"]
    )


@MYSQL_FIRST
def test_killed_after_the_swap_the_same_command_only_cleans_up(orders: Shop) -> None:
    before = checksum(orders.database)
    command = [sys.executable, "-c", KILLED, "DROP TABLE IF EXISTS <o>"]
    killed = subprocess.run(  # noqa: S603 (our own)
        [*command, "alter", "--dsn", orders.database.dsn, "-y", WIDEN],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (killed.returncode, amount_type(orders.database)) == (-signal.SIGKILL, "bigint"), killed
    left = leftover_tables(orders.database)
    assert any(name.endswith("_o") for name in left), left
    ran = alter(orders, "-y", WIDEN)
    assert (ran.status, "begun earlier" in ran.err) == (0, True), ran
    assert (amount_type(orders.database), checksum(orders.database)) == ("bigint", before)
    assert leftover_tables(orders.database) == []
