"""A copy through the command line, the API, the queue and the engine: all that can be asked of it.

Queue Q-46 to Q-53, engine E-53, E-56, E-61, E-63, metrics A-59.
"""

import signal

import pytest

from integration.cli.copies import (
    ROWS,
    accepted,
    amount_type,
    ask,
    checksum,
    counted,
    eventually_so,
    half_way,
    held_row,
    in_state,
    innodb_id,
    ready,
    seed,
    widened,
)
from integration.cli.flavors import MARIADB_FIRST, MYSQL_FIRST
from integration.cli.processes import Shop
from integration.databases import leftover_tables

pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def busy(shop: Shop) -> Shop:
    """A served shop whose table has rows, and files that ask for a copy of it."""
    seed(shop.database)
    shop.serve()
    widened(shop)
    return shop


@MARIADB_FIRST
def test_a_copy_is_quickened_stopped_and_started(busy: Shop) -> None:
    before = checksum(busy.database)
    with held_row(busy.database):
        apply_id = accepted(busy, "--volume", "2")
        (task,) = half_way(busy, apply_id)["tasks"]
        assert (task["method"], task["phase"], task["estimate"]["rows"] > 0) == (
            "copy",
            "copy",
            True,
        )
        ask(busy, "volume", apply_id, volume=7)
        eventually_so(busy, apply_id, lambda progress: progress["volume"] == 7)
        assert counted(busy, "copies", 'phase="copy"') == 1
        ask(busy, "stop", apply_id)
        in_state(busy, apply_id, "stopped")
    assert amount_type(busy.database) == "int"
    ask(busy, "start", apply_id)
    in_state(busy, apply_id, "completed")
    assert (amount_type(busy.database), checksum(busy.database)) == ("bigint", before)
    assert leftover_tables(busy.database) == []
    # Both drives together; what the second one copied before its first picture is not counted.
    assert ROWS / 2 < counted(busy, "copy_rows_total") < 2 * ROWS
    assert counted(busy, "cutover_attempts_total", 'engine="online"', 'outcome="succeeded"') == 1
    assert counted(busy, "cutover_lock_seconds_count", 'outcome="succeeded"') == 1
    assert counted(busy, "copies") == 0


@pytest.mark.long
def test_a_cutover_waits_for_its_order_which_can_be_taken_back(busy: Shop) -> None:
    apply_id = accepted(busy, "--defer-cutover")
    assert ready(busy, apply_id)["state"] == "waiting_for_cutover"
    with held_row(busy.database):
        ask(busy, "cutover", apply_id)
        in_state(busy, apply_id, "cutting_over")
        ask(busy, "cutover", apply_id, take_back=True)
        in_state(busy, apply_id, "waiting_for_cutover")
    assert amount_type(busy.database) == "int"
    ask(busy, "cutover", apply_id)
    in_state(busy, apply_id, "completed")
    assert amount_type(busy.database) == "bigint"


@pytest.mark.long
def test_a_cancelled_copy_leaves_the_table_and_nothing_else(busy: Shop) -> None:
    before = checksum(busy.database)
    with held_row(busy.database):
        apply_id = accepted(busy)
        half_way(busy, apply_id)
        ask(busy, "cancel", apply_id)
        in_state(busy, apply_id, "cancelled")
    assert (amount_type(busy.database), checksum(busy.database)) == ("int", before)
    assert leftover_tables(busy.database) == []


@MYSQL_FIRST
def test_killed_at_half_way_another_service_goes_on_with_the_same_copy(busy: Shop) -> None:
    before = checksum(busy.database)
    (process,) = busy.running
    with held_row(busy.database):
        apply_id = accepted(busy)
        half_way(busy, apply_id)
        shadow = innodb_id(busy.database, "orders_sb______n")
        process.send_signal(signal.SIGKILL)
        process.wait()
    busy.serve()
    in_state(busy, apply_id, "completed")
    assert innodb_id(busy.database, "orders") == shadow
    assert (amount_type(busy.database), checksum(busy.database)) == ("bigint", before)
    assert leftover_tables(busy.database) == []
