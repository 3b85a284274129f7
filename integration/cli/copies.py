"""A table that is big enough to be caught in the middle of its copy, and a way to hold it there."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

import httpx

from integration.cli.processes import ENVIRONMENT, Shop, eventually
from integration.databases import Database, query

ROWS = 6_000
HELD = 4_000
"""A row that is locked in the middle of the copy: everything before it gets copied."""

TEXT = "CREATE TABLE orders (id BIGINT PRIMARY KEY, note VARCHAR(200), amount {kind});\n"


def seed(database: Database) -> None:
    """The table as it is before the change, with rows."""
    database.query(TEXT.format(kind="INT"))
    database.query("INSERT INTO orders VALUES (1, 'first', 7)")
    count = 1
    while count < ROWS:
        count += min(count, ROWS - count)
        database.query(
            "INSERT INTO orders SELECT id + (SELECT COUNT(*) FROM orders), "
            "CONCAT('note ', id), MOD(id * 31, 5000) FROM orders ORDER BY id LIMIT %s",
            count - int(database.query("SELECT COUNT(*) FROM orders")[0][0]),
        )


def widened(shop: Shop) -> None:
    """The schema directory asks for a wider column."""
    shop.files(orders=TEXT.format(kind="BIGINT"))


@contextmanager
def held_row(database: Database) -> Iterator[None]:
    """Somebody's transaction holds a row in the middle; the copy comes up to it and no further."""
    with closing(database.connect(autocommit=False)) as holder, holder.cursor() as cursor:
        cursor.execute("SELECT * FROM orders WHERE id = %s FOR UPDATE", (HELD,))
        yield
        holder.rollback()


def accepted(shop: Shop, *options: str) -> str:
    """The id of an apply that copies the table."""
    ran = shop.apply("--no-watch", "--json", *options)
    assert ran.status == 0, ran
    return str(ran.documents[0]["apply_id"])


def half_way(shop: Shop, apply_id: str) -> Mapping[str, Any]:
    """The progress once some rows are copied and others are not."""

    def look() -> Mapping[str, Any] | None:
        progress = shop.progress(apply_id)
        assert not progress["terminal"], progress
        copied = progress["tasks"][0]["rows_copied"] or 0
        return progress if 0 < copied < ROWS else None

    return eventually(look, seconds=40)


def eventually_so(
    shop: Shop, apply_id: str, holds: Callable[[Mapping[str, Any]], bool]
) -> Mapping[str, Any]:
    """The progress once this holds of it."""

    def look() -> Mapping[str, Any] | None:
        progress = shop.progress(apply_id)
        return progress if holds(progress) else None

    return eventually(look, seconds=60)


def in_state(shop: Shop, apply_id: str, state: str) -> Mapping[str, Any]:
    """The progress once the apply is in this state."""
    return eventually_so(shop, apply_id, lambda progress: progress["state"] == state)


def ready(shop: Shop, apply_id: str) -> Mapping[str, Any]:
    """The progress once the copy waits for its cutover, proven."""
    return eventually_so(
        shop, apply_id, lambda progress: bool(progress["tasks"][0]["cutover"]["ready"])
    )


def ask(shop: Shop, operation: str, apply_id: str, **more: object) -> None:
    """A control request that is accepted."""
    body = {"apply_id": apply_id, "environment": ENVIRONMENT, **more}
    answer = httpx.post(f"{shop.endpoint}/api/{operation}", json=body, trust_env=False)
    assert answer.status_code == 202, answer.text


def counted(shop: Shop, metric: str, *labels: str) -> float:
    """The sum of what the service counts under this name, with all of these labels."""
    text = httpx.get(f"{shop.endpoint}/metrics", trust_env=False).text
    lines = [line.split() for line in text.splitlines() if line.startswith(f"schemabot_{metric}{{")]
    return sum(float(value) for name, value in lines if all(label in name for label in labels))


def amount_type(database: Database) -> str:
    """The type of the column that the change widens."""
    sql = (
        "SELECT column_type FROM information_schema.columns WHERE table_schema = %s "
        "AND table_name = 'orders' AND column_name = 'amount'"
    )
    return str(database.query(sql, database.name)[0][0]).partition("(")[0]


def checksum(database: Database) -> tuple[Any, ...]:
    """What the rows add up to, whatever the column's type."""
    return database.query("SELECT COUNT(*), SUM(id), SUM(amount * id) FROM orders")[0]


def innodb_id(database: Database, table: str) -> int:
    """The server's own id of a table, which a rename keeps; `table` is a LIKE pattern."""
    sql = (
        "SELECT table_id FROM information_schema.innodb_sys_tables WHERE name LIKE %s"
        if database.server.flavor == "mariadb"
        else "SELECT table_id FROM information_schema.innodb_tables WHERE name LIKE %s"
    )
    ((found,),) = query(database.server, sql, f"{database.name}/{table}")
    return int(found)
