"""How old a blocker is, where the server's machine keeps another time than UTC (E-46)."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from threading import Event
from time import monotonic

import pytest

from integration.databases import Database, fresh_database
from integration.servers.program import Flavor
from integration.servers.throwaway import throwaway_server
from integration.tern.desk import params
from tern.mysql.connect import connect
from tern.mysql.metadata_lock import Blocker, blockers
from tern.mysql.session import plain_session

# Of a machine 5:30 h ahead of UTC, in POSIX's words, which need no table of zones.
AHEAD = "XST-5:30"
DEADLINE_SECONDS = 20


@pytest.fixture(params=list(Flavor), ids=str)
def ahead(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A schema on a server of its own, started on such a machine."""
    monkeypatch.setenv("TZ", AHEAD)
    with (
        throwaway_server(request.param, is_fast=True) as server,
        fresh_database(server) as database,
    ):
        yield database


def test_a_transaction_is_as_old_as_it_is(ahead: Database) -> None:
    ahead.query("CREATE TABLE item (id INT PRIMARY KEY)")
    with closing(ahead.connect(autocommit=False)) as session:
        session.query("SELECT * FROM item")
        (found,) = seen(ahead)
        assert timedelta(seconds=1) <= found.age < timedelta(seconds=DEADLINE_SECONDS)
        assert found.in_transaction


def seen(database: Database) -> list[Blocker]:
    """Those who block the table for more than a second, looked for until there are any.

    On MariaDB they are seen once their transaction is three seconds old.
    """
    with connect(params(database), session=plain_session) as connection:
        deadline = monotonic() + DEADLINE_SECONDS
        while monotonic() < deadline:
            found = blockers(connection, schema=database.name, table="item")
            if found and found[0].age >= timedelta(seconds=1):
                return found
            Event().wait(0.1)
    raise AssertionError(database.query("SHOW FULL PROCESSLIST"))
