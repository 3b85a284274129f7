"""Small tables, and how often a statement ran on them."""

import re

from integration.cli.processes import Shop
from integration.databases import query


def create(name: str, more: str = "") -> str:
    return f"CREATE TABLE {name} (id BIGINT PRIMARY KEY, note VARCHAR(200){more});\n"


def times_run(shop: Shop, pattern: str) -> int:
    """How often the server's newest binary log, which the test began, has a statement of it."""
    server = shop.database.server
    newest = query(server, "SHOW BINARY LOGS")[-1][0]
    return sum(
        re.search(pattern, event[5], re.IGNORECASE) is not None
        for event in query(server, f"SHOW BINLOG EVENTS IN '{newest}'", charset="latin1")
        if event[2] == "Query" and f"use `{shop.database.name}`" in event[5]
    )
