"""A standby takes its server's place: by GTIDs the change goes on there (E-57, E-61)."""

from contextlib import closing

import pytest

from integration.databases import Database, connect, query
from integration.online.replication import Replica, promote, standby
from integration.online.test_beginning import ALTER, document, generation_of_next, rest
from integration.online.workbench import bench
from integration.servers.program import Flavor

SCHEMA = "moved"


def give_other_ids(replica: Replica) -> None:
    """Tables get other ids there than where they come from."""
    with closing(connect(replica.server)) as session:
        for sql in (
            "SET sql_log_bin = 0",
            "CREATE DATABASE theirs",
            "CREATE TABLE theirs.one (id INT)",
            "CREATE TABLE theirs.two (id INT)",
        ):
            session.query(sql)


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("flavor", list(Flavor), ids=str)
def test_a_change_goes_on_where_its_server_was_replaced(flavor: Flavor) -> None:
    with standby(flavor) as (source, replica):
        give_other_ids(replica)
        query(source, f"CREATE DATABASE {SCHEMA}")
        database = Database(server=source, name=SCHEMA)
        database.query("CREATE TABLE item (id INT PRIMARY KEY, v INT)")
        database.query("INSERT INTO item VALUES (1, 1), (2, 2)")
        change = bench(database, ("item", ALTER), defer_cutover=True)
        rest(change)
        before = document(change)["server"]
        promote(replica, source)
        change.database = Database(server=replica.server, name=SCHEMA)
        change.database.query("UPDATE item SET v = 3 - v")
        assert document(change)["server"] == before
        assert generation_of_next(change) == 1
        assert change.database.query("SELECT id, v FROM item ORDER BY id") == [(1, 2), (2, 1)]
