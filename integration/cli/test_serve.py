"""A service as a process, and the commands over sockets, on both servers."""

import signal
import socket

import pytest

from integration.cli.flavors import MARIADB_FIRST, MYSQL_FIRST
from integration.cli.processes import ENVIRONMENT, Shop

pytestmark = pytest.mark.timeout(400)

ORDERS = "CREATE TABLE orders (id BIGINT PRIMARY KEY, customer VARCHAR(40){more});\n"
BEFORE = ORDERS.format(more="")
AFTER = ORDERS.format(more=", note VARCHAR(20)")
CUSTOMERS = "CREATE TABLE customers (id BIGINT PRIMARY KEY, email VARCHAR(90));\n"
INDEXED = "CREATE TABLE customers (id BIGINT PRIMARY KEY, email VARCHAR(90), KEY e (email));\n"


def columns(shop: Shop, table: str) -> list[str]:
    sql = (
        "SELECT column_name FROM information_schema.columns WHERE table_schema = %s "
        "AND table_name = %s ORDER BY ordinal_position"
    )
    return [name for (name,) in shop.database.query(sql, shop.database.name, table)]


def test_a_schema_is_made_from_nothing_and_then_changed(served: Shop) -> None:
    served.files(orders=BEFORE, customers=CUSTOMERS)
    made = served.apply()
    assert (made.status, "apply completed" in made.out) == (0, True), made
    served.files(orders=AFTER, customers=INDEXED)
    assert served.plan("--exit-code").status == 3
    changed = served.apply("--json")
    assert changed.documents[-1]["state"] == "completed", changed
    assert columns(served, "orders") == ["id", "customer", "note"]
    assert served.plan("--exit-code").status == 0


@MYSQL_FIRST
def test_progress_status_and_logs_tell_of_an_apply(served: Shop) -> None:
    served.files(orders=BEFORE)
    apply_id = served.apply("--no-watch", "--json").documents[0]["apply_id"]
    assert served.run("progress", apply_id, "--watch").status == 0
    progress = served.progress(apply_id)
    assert (progress["state"], progress["percent"]) == ("completed", 100.0)
    assert apply_id in served.run("status", "-d", "shop").out
    assert "claimed by" in served.run("logs", apply_id).out


@MARIADB_FIRST
def test_sigterm_drains_and_ends_well(shop: Shop) -> None:
    process = shop.serve()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=15) == 0


@MARIADB_FIRST
def test_bad_configuration_exits_2_with_every_mistake(shop: Shop) -> None:
    shop.configuration.write_text("server: {listen: nowhere}\ndatabasez: {}\n")
    ran = shop.spawn("serve", "--config", str(shop.configuration))
    assert ran.status == 2
    assert "server.yaml:1:" in ran.err
    assert "databasez" in ran.err
    assert "Traceback" not in ran.err


@MARIADB_FIRST
def test_a_taken_address_exits_1_with_one_sentence(shop: Shop) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        ran = shop.spawn("serve", "--config", str(shop.configuration), "--listen", address)
    assert ran.status == 1
    assert f"Error: can't listen on {address}: address already in use" in ran.err


@pytest.mark.parametrize("good", [True, False])
@MARIADB_FIRST
def test_check_says_whether_it_would_start(shop: Shop, *, good: bool) -> None:
    if not good:
        shop.configure(dsn=f"{shop.kind}://nobody@/")
    ran = shop.spawn("serve", "--config", str(shop.configuration), "--check")
    assert (ran.status == 0) is good, ran


@MARIADB_FIRST
def test_the_environments_of_a_database_are_listed(served: Shop) -> None:
    ran = served.run("databases")
    assert (ran.status, "shop" in ran.out, ENVIRONMENT in ran.out) == (0, True, True)
