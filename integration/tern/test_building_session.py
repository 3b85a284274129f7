"""Indexes that a copy adds at its end are sorted in more memory than MySQL gives by itself."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from integration.databases import Database
from integration.servers.program import Flavor
from integration.tern.desk import params
from tern.ddl.flavor import Flavor as Dialect
from tern.mysql.connect import connect
from tern.mysql.connection import session_variables
from tern.mysql.session import Session, building_session, plain_session

NAME = "innodb_ddl_buffer_size"
WANTED = 64 << 20


@pytest.fixture
def account(database: Database) -> Iterator[str]:
    """One that may do nothing but come in."""
    name = f"builder_{uuid4().hex[:8]}"
    database.query(f"CREATE USER {name}@'%'")
    yield name
    database.query(f"DROP USER {name}@'%'")


def given(database: Database, account: str, *, before: int | None = None) -> dict[str, str]:
    """What the session has where the server, or whoever was there first, had `before`."""

    def session(flavor: Dialect) -> Session:
        plain = plain_session(flavor)
        return plain if before is None else plain.but(**{NAME: before})

    with connect(params(database, user=account), session=session) as connection:
        connection.use(building_session(plain_session(connection.flavor)))
        return session_variables(connection, [NAME])


def test_an_account_without_rights_gets_it_where_the_server_has_it(
    database: Database, account: str
) -> None:
    has_it = database.server.flavor is Flavor.MYSQL
    assert given(database, account) == ({NAME: str(WANTED)} if has_it else {})


def test_what_is_more_already_stays(database: Database, account: str) -> None:
    if database.server.flavor is Flavor.MYSQL:
        assert given(database, account, before=2 * WANTED) == {NAME: str(2 * WANTED)}
