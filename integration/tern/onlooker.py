"""Somebody who looks at who holds a table, as the engine does before it asks for it."""

from datetime import timedelta
from threading import Event
from time import monotonic

from integration.databases import Database
from integration.tern.desk import params
from tern.mysql.connect import connect
from tern.mysql.metadata_lock import Blocker, blockers
from tern.mysql.session import plain_session

DEADLINE_SECONDS = 60


def wait_for_blockers(database: Database, table: str, *, age: timedelta) -> list[Blocker]:
    """Those that hold the table, as soon as one has for so long.

    On MariaDB they are seen once their transaction is three seconds old.
    """
    with connect(params(database), session=plain_session) as connection:
        deadline = monotonic() + DEADLINE_SECONDS
        while monotonic() < deadline:
            found = blockers(connection, schema=database.name, table=table)
            if found and found[0].age >= age:
                return found
            Event().wait(0.1)
    raise AssertionError(database.query("SHOW FULL PROCESSLIST"))
