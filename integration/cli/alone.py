"""`schemabot alter` as a process on the shop's schema, and how far its copy is."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from integration.cli.processes import COMMAND, Ran, Shop
from integration.databases import Database, leftover_tables

WIDEN = "ALTER TABLE orders MODIFY amount BIGINT"


def alter(shop: Shop, *arguments: str, **environ: str) -> Ran:
    """One `schemabot alter` on the shop's schema, to its end."""
    return shop.spawn("alter", "--dsn", shop.database.dsn, *arguments, **environ)


@contextmanager
def altering(
    shop: Shop, *arguments: str, errors: int = subprocess.STDOUT
) -> Iterator["subprocess.Popen[str]"]:
    """A `schemabot alter` that goes on during the block; standard error goes with the rest."""
    with subprocess.Popen(  # noqa: S603 (our own)
        [*COMMAND, "alter", "--dsn", shop.database.dsn, *arguments],
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def shadow_with_rows(database: Database) -> str | None:
    """The shadow's name once rows are in it."""
    names = [name for name in leftover_tables(database) if name.endswith("_n")]
    if not names or not database.query(f"SELECT 1 FROM `{names[0]}` LIMIT 1"):  # noqa: S608
        return None
    return str(names[0])


def phase(database: Database) -> str | None:
    """Where the copy is by its checkpoint."""
    for name in leftover_tables(database):
        if name.endswith("_c"):
            sql = f"SELECT JSON_UNQUOTE(JSON_EXTRACT(doc, '$.phase')) FROM `{name}` WHERE id = 1"  # noqa: S608
            rows = database.query(sql)
            return str(rows[0][0]) if rows else None
    return None
