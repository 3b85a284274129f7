"""Writes that wait for the next statement go with it, in order, or nothing of it happens."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from pymysql.err import IntegrityError, ProgrammingError
from sqlalchemy import Column, Connection, MetaData, String, Table, select
from sqlalchemy.dialects.mysql import LONGTEXT
from sqlalchemy.exc import IntegrityError as ConstraintBroken

from integration.databases import Database as Schema
from integration.databases import query
from integration.servers.throwaway import Server
from schemabot.storage.database import Database
from schemabot.storage.prepared import insert_row_later, insert_rows_later
from schemabot.storage.server_connection import ServerConnection

INSERT = "INSERT INTO letters (name, content) VALUES (%s, %s)"
LARGE = "x" * 600_000  # two of them are no longer sent together


LETTERS = Table(
    "letters",
    MetaData(),
    Column("name", String(20), primary_key=True),
    Column("content", LONGTEXT),
)


@pytest.fixture
def letters(upgraded_schema: Schema) -> Iterator[Database]:
    database = Database(upgraded_schema.dsn, pool_size=2)
    database.write(LETTERS.create)
    yield database
    database.write(LETTERS.drop)
    database.close()


@contextmanager
def opened(database: Database) -> Iterator[ServerConnection]:
    with closing(database.engine.raw_connection()) as pooled:
        driver = pooled.dbapi_connection
        assert isinstance(driver, ServerConnection)
        yield driver
        driver.rollback()


def ask(connection: ServerConnection, query: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def stored(database: Database) -> list[str]:
    query = select(LETTERS.c.name).order_by(LETTERS.c.name)
    return database.read(lambda tx: list(tx.execute(query).scalars()))


def test_what_waits_goes_before_the_next_statement(letters: Database) -> None:
    with opened(letters) as connection:
        for name in ("a", "b"):
            connection.execute_later(INSERT, (name, "it's; 100 %"))
        found = ask(connection, "SELECT name, content FROM letters ORDER BY name")
    assert found == [("a", "it's; 100 %"), ("b", "it's; 100 %")]


def test_what_waits_is_committed(letters: Database) -> None:
    with opened(letters) as connection:
        connection.insert_later(INSERT, [("a", None), ("b", None)])
        connection.commit()
    assert stored(letters) == ["a", "b"]


def test_what_waits_is_forgotten_by_a_rollback(letters: Database) -> None:
    with opened(letters) as connection:
        connection.execute_later(INSERT, ("a", None))
        connection.rollback()
        connection.commit()
    assert stored(letters) == []


@pytest.fixture
def narrow(server: Server, letters: Database) -> Iterator[Database]:
    """Over sessions that take packets of 2 MiB at most."""
    ((usual,),) = query(server, "SELECT @@GLOBAL.max_allowed_packet")
    query(server, "SET GLOBAL max_allowed_packet = 2097152")
    letters.engine.dispose()
    yield letters
    query(server, f"SET GLOBAL max_allowed_packet = {usual}")


def test_more_than_a_packet_takes_goes_in_several(narrow: Database) -> None:
    with opened(narrow) as connection:
        connection.insert_later(INSERT, [(name, LARGE) for name in "abc"])
        for name in "def":
            connection.execute_later(INSERT, (name, LARGE))
        connection.commit()
    assert stored(narrow) == list("abcdef")


def test_nothing_after_an_error_happens_and_no_lock_is_left(letters: Database) -> None:
    with opened(letters) as connection:
        for name in ("a", "a", "b"):
            connection.execute_later(INSERT, (name, None))
        with pytest.raises(IntegrityError):
            connection.commit()
        with opened(letters) as other:
            ask(other, "SET innodb_lock_wait_timeout = 1")
            other.execute_later(INSERT, ("a", None))  # would wait for the row of the first
            other.commit()
        connection.commit()
    assert stored(letters) == ["a"]


def test_an_error_is_raised_by_the_next_statement(letters: Database) -> None:
    with opened(letters) as connection:
        for name in ("a", "a"):
            connection.execute_later(INSERT, (name, None))
        with pytest.raises(IntegrityError):
            ask(connection, "INSERT INTO letters (name) VALUES ('c')")
        connection.commit()
    assert stored(letters) == ["a"]


def test_a_constraint_that_breaks_at_the_commit_is_no_outage(letters: Database) -> None:
    def work(tx: Connection) -> None:
        insert_rows_later(tx, LETTERS, [{"name": "a"}])
        insert_row_later(tx, LETTERS, {"name": "a"})

    with pytest.raises(ConstraintBroken):
        letters.write(work)
    assert stored(letters) == []


COUNT = "SELECT COUNT(*) FROM letters WHERE name <> %(not)s AND name <> %(nor)s"


def count(connection: ServerConnection, name: str, **given: str) -> object:
    kept = connection.kept(name, COUNT, fixed={"not": "it's; 100 %"}, given=given)
    assert kept is not None
    return ask(connection, kept)[0][0]


def test_a_kept_statement_gets_what_differs_each_time(letters: Database) -> None:
    with opened(letters) as connection:
        connection.insert_later(INSERT, [("a", None), ("b", None), ("it's; 100 %", None)])
        assert [count(connection, "kept_a", nor=each) for each in ("a", "c'c")] == [1, 2]


def test_a_statement_that_never_reached_the_session_is_sent_again(letters: Database) -> None:
    with opened(letters) as connection:
        assert connection.kept("kept_a", COUNT, fixed={"not": ""}, given={"nor": ""})
        connection.rollback()
        assert count(connection, "kept_a", nor="") == 0
        connection.execute_later("INSERT INTO nowhere VALUES (%s)", (1,))
        with pytest.raises(ProgrammingError):
            count(connection, "kept_b", nor="")
        assert count(connection, "kept_b", nor="") == 0


def test_a_session_keeps_no_more_than_it_may(letters: Database) -> None:
    with opened(letters) as connection:
        names = [f"kept_{number}" for number in range(100)]
        texts = [connection.kept(name, "SELECT 1", fixed={}, given={}) for name in names]
        assert texts == [*(f"EXECUTE {name}" for name in names[:64]), *[None] * 36]
