"""How old a blocker is, where the server's machine keeps another time than UTC (E-46)."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from integration.databases import Database, fresh_database
from integration.servers.program import Flavor
from integration.servers.throwaway import throwaway_server
from integration.tern.onlooker import DEADLINE_SECONDS, wait_for_blockers

# Of a machine 5:30 h ahead of UTC, in POSIX's words, which need no table of zones.
AHEAD = "XST-5:30"


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
        (found,) = wait_for_blockers(ahead, "item", age=timedelta(seconds=1))
        assert timedelta(seconds=1) <= found.age < timedelta(seconds=DEADLINE_SECONDS)
        assert found.in_transaction
