"""`schemabot alter`: one target, no service; every option of C-44 and C-45 on both servers."""

import signal

import pytest

from integration.cli.alone import WIDEN, alter, altering, phase, shadow_with_rows
from integration.cli.copies import amount_type, checksum, held_row, innodb_id
from integration.cli.flavors import MARIADB_FIRST, MYSQL_FIRST
from integration.cli.processes import Shop, eventually
from integration.databases import leftover_tables

pytestmark = pytest.mark.timeout(400)

EVENTS = "CREATE TABLE events (id INT PRIMARY KEY, kind INT)"


def test_a_statement_is_carried_out_to_the_end(orders: Shop) -> None:
    before = checksum(orders.database)
    renaming = f"{WIDEN}, RENAME COLUMN note TO remark"
    ran = alter(orders, "-y", "--allow-unsafe", renaming)
    assert ran.status == 0, ran
    assert "copy" in ran.out
    assert "apply completed" in ran.out
    assert (amount_type(orders.database), checksum(orders.database)) == ("bigint", before)
    assert orders.database.query("SELECT COUNT(remark) FROM orders") == [(before[0],)]
    assert leftover_tables(orders.database) == []


@pytest.mark.long
def test_a_dry_run_shows_the_plan_and_writes_nothing(orders: Shop) -> None:
    tables = orders.database.query("SHOW TABLES")
    ran = alter(orders, "--dry-run", WIDEN)
    assert (ran.status, amount_type(orders.database)) == (0, "int"), ran
    assert "rows" in ran.out
    assert orders.database.query("SHOW TABLES") == tables


@MARIADB_FIRST
def test_several_tables_cut_over_together_when_another_process_says_so(orders: Shop) -> None:
    orders.database.query(EVENTS)
    statements = (WIDEN, "ALTER TABLE events MODIFY kind BIGINT")
    with altering(orders, "-y", "--defer-cutover", *statements) as process:
        eventually(lambda: phase(orders.database) == "held" or None, seconds=60)
        assert len([n for n in leftover_tables(orders.database) if n.endswith("_n")]) == 2
        ran = alter(orders, "--release", "--table", "orders")
        assert ran.status == 0, ran
        assert process.wait(timeout=60) == 0
    assert "bigint" in orders.database.query("SHOW CREATE TABLE events")[0][1]
    assert amount_type(orders.database) == "bigint"


@MYSQL_FIRST
def test_after_kill_9_the_same_command_goes_on_with_the_same_copy(orders: Shop) -> None:
    before = checksum(orders.database)
    with held_row(orders.database), altering(orders, "-y", WIDEN) as process:
        name = eventually(lambda: shadow_with_rows(orders.database), seconds=60)
        shadow = innodb_id(orders.database, name)
        process.send_signal(signal.SIGKILL)
        process.wait()
    ran = alter(orders, "-y", WIDEN)
    assert (ran.status, "begun earlier" in ran.err) == (0, True), ran
    assert innodb_id(orders.database, "orders") == shadow
    assert (amount_type(orders.database), checksum(orders.database)) == ("bigint", before)
    assert leftover_tables(orders.database) == []


@MARIADB_FIRST
def test_ctrl_c_comes_to_rest_and_cancel_drops_what_was_copied(orders: Shop) -> None:
    with held_row(orders.database), altering(orders, "-y", WIDEN) as process:
        eventually(lambda: shadow_with_rows(orders.database), seconds=60)
        refused = alter(orders, "--cancel", "--table", "orders", "-y")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130
    assert (refused.status, "changes" in refused.err or "lock" in refused.err) == (1, True)
    assert leftover_tables(orders.database) != []
    ran = alter(orders, "--cancel", "--table", "orders", "-y")
    assert (ran.status, amount_type(orders.database)) == (0, "int"), ran
    assert leftover_tables(orders.database) == []
    again = alter(orders, "--cancel", "--table", "orders", "-y")
    assert (again.status, "has left anything" in again.err) == (1, True), again


@MYSQL_FIRST
def test_a_change_that_does_not_fit_fails_and_leaves_nothing(orders: Shop) -> None:
    ran = alter(orders, "-y", "--allow-unsafe", "ALTER TABLE orders MODIFY amount TINYINT")
    assert (ran.status, amount_type(orders.database)) == (1, "int"), ran
    assert leftover_tables(orders.database) == []


@pytest.mark.long
def test_the_old_table_is_kept_if_asked_for(orders: Shop) -> None:
    ran = alter(orders, "-y", "--keep-old", "--volume", "5", "--max-load", "threads=90", WIDEN)
    assert ran.status == 0, ran
    (old,) = leftover_tables(orders.database)
    assert orders.database.query(f"SELECT COUNT(*) FROM `{old}`") == [(6000,)]  # noqa: S608
    orders.database.query(f"DROP TABLE `{old}`")


LONG = pytest.mark.long


@MARIADB_FIRST
@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("-y", "ALTER TABLE orders DROP COLUMN note"), 1, "--allow-unsafe"),
        pytest.param(("-y", "ALTER TABLE orders MODIFY nothing INT"), 1, "refuses it", marks=LONG),
        pytest.param(("--release", "--table", "orders"), 1, "of it is at work", marks=LONG),
        ((WIDEN,), 2, "-y"),
    ],
)
def test_what_may_not_be_done_is_refused_and_said(
    orders: Shop, *, arguments: tuple[str, ...], status: int, said: str
) -> None:
    ran = alter(orders, *arguments)
    assert (ran.status, said in ran.err) == (status, True), ran
    assert amount_type(orders.database) == "int"
