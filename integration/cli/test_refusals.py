"""What stands in the way is said with the thing, the place and the next step, exit 1 or 2."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from integration.cli.flavors import MARIADB_FIRST, MYSQL_FIRST
from integration.cli.processes import Shop, eventually
from integration.databases import query

pytestmark = pytest.mark.timeout(400)

ORDERS = "CREATE TABLE orders (id BIGINT PRIMARY KEY, customer VARCHAR(40));\n"
MORE = "CREATE TABLE orders (id BIGINT PRIMARY KEY, customer VARCHAR(40), note INT);\n"


@MARIADB_FIRST
def test_a_target_that_is_down_is_named(shop: Shop) -> None:
    shop.configure(dsn=f"{shop.kind}://root@127.0.0.1:9/")
    shop.serve()
    shop.files(orders=ORDERS)
    ran = shop.plan()
    assert ran.status == 1
    assert "127.0.0.1:9" in ran.err
    assert "Traceback" not in ran.err


@MYSQL_FIRST
def test_a_wrong_password_is_named_without_being_told(shop: Shop) -> None:
    server = shop.database.server
    with _account(shop, "wrong", grant="SELECT"):
        shop.configure(dsn=f"{shop.kind}://wrong:not-it@{server.host}:{server.port}/")
        shop.serve()
        shop.files(orders=ORDERS)
        ran = shop.plan()
    assert ran.status == 1
    assert "wrong" in ran.err
    assert "not-it" not in ran.err


@MARIADB_FIRST
def test_a_missing_privilege_is_named(shop: Shop) -> None:
    server = shop.database.server
    with _account(shop, "reader", grant="SELECT"):
        shop.configure(dsn=f"{shop.kind}://reader:right@{server.host}:{server.port}/")
        shop.serve()
        shop.files(orders=ORDERS)
        ran = shop.plan()
    assert ran.status == 1
    assert "CREATE" in ran.err + ran.out


@MYSQL_FIRST
def test_an_unknown_environment_lists_the_known_ones(served: Shop) -> None:
    place = served.files(orders=ORDERS)
    ran = served.run("plan", "-s", str(place), "-e", "nowhere")
    assert (ran.status, "staging" in ran.err) == (1, True), ran


@MARIADB_FIRST
def test_an_unknown_database_lists_the_known_ones(served: Shop) -> None:
    place = served.files(orders=ORDERS)
    (place / "schemabot.yaml").write_text(f"database: nope\ntype: {served.kind}\n")
    ran = served.plan()
    assert (ran.status, "nope" in ran.err, "shop" in ran.err) == (1, True, True), ran


@MYSQL_FIRST
def test_sql_that_cannot_be_read_is_placed_by_file_line_and_column(served: Shop) -> None:
    served.files(orders="CREATE TABLE orders (\n  id BIGINT PRIMARY KEY,\n  name VARCHR(10)\n);\n")
    ran = served.apply()
    assert ran.status == 1
    assert "orders.sql:3:" in ran.out, ran
    assert "Try: mend the files and plan again" in ran.err


@MARIADB_FIRST
def test_two_applies_at_once_the_second_names_the_first(served: Shop) -> None:
    served.files(orders=ORDERS)
    assert served.apply().status == 0
    served.files(orders=MORE)
    with closing(served.database.connect(autocommit=False)) as holder, holder.cursor() as cursor:
        cursor.execute("SELECT * FROM orders")
        first = served.apply("--no-watch", "--json").documents[0]["apply_id"]
        second = served.apply()
        holder.rollback()
    assert second.status == 1
    assert first in second.err
    assert f"Try: schemabot progress {first}" in second.err
    eventually(lambda: served.progress(first)["terminal"] or None, seconds=60)


@contextmanager
def _account(shop: Shop, name: str, *, grant: str) -> Iterator[None]:
    server, schema = shop.database.server, shop.database.name
    query(server, f"CREATE USER {name}@'%' IDENTIFIED BY 'right'")
    query(server, f"GRANT {grant} ON `{schema}`.* TO {name}@'%'")
    try:
        yield
    finally:
        query(server, f"DROP USER {name}@'%'")
