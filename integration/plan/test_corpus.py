"""Real-shaped schemas come to rest: once made, they have nothing left to plan (P-56)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from cli.merging import Merged, merge
from integration.corpus.real_shapes import files_for, schemas
from integration.plan.target import PlanTarget, carry_out, pulled
from tern.ddl.create_table import parse_create_table
from tern.ddl.definitions import read_definitions
from tern.ddl.flavor import Flavor, Vendor
from tern.ddl.identifiers import quote
from tern.ddl.statements import CreateTable
from tern.ddl.table_text import table_text
from tern.errors import SchemaBotError
from tern.local.planning.comparison import may_be_temporary
from tern.mysql.connect import connect
from tern.mysql.connection import Connection
from tern.mysql.introspect import show_create
from tern.mysql.session import planning_session
from tern.values.target import DatabaseType

FLAVORS = {
    "mysql": Flavor(vendor=Vendor.MYSQL, version=(9, 7, 0)),
    "mariadb": Flavor(vendor=Vendor.MARIADB, version=(10, 11, 0)),
}


@pytest.mark.parametrize("schema", schemas())
def test_a_schema_made_by_its_plan_has_nothing_left_to_plan_or_to_pull(
    target: PlanTarget, schema: str
) -> None:
    files = files_for(schema, target.server.flavor)
    created = target.plan_files({"shop": files})
    assert created.problems == ()
    assert [s.proof for s in created.statements if s.proof] == []
    carry_out(target, created)
    assert_nothing_to_plan(target, files)
    assert_nothing_to_pull(target)
    assert_tiers_agree(target, files)


def assert_nothing_to_plan(target: PlanTarget, files: Mapping[str, str]) -> None:
    plan = target.plan_files({"shop": files})
    assert (plan.problems, [s.ddl for s in plan.statements]) == ((), [])


def assert_nothing_to_pull(target: PlanTarget) -> None:
    """P-52: pull then plan is empty, pull again changes nothing."""
    kind = DatabaseType(target.server.flavor)
    live = pulled(target)
    files = dict(merge({}, live, type_=kind, prunes=False).texts)
    assert len(files) == len(live) > 0
    assert_nothing_to_plan(target, files)
    assert merge(files, pulled(target), type_=kind, prunes=True) == Merged()


def assert_tiers_agree(target: PlanTarget, files: Mapping[str, str]) -> None:
    """P-14, P-24: temporary tables print what ordinary ones do; and all is parsed and rendered."""
    with at_target(target) as connection:
        for table in defined(connection, files):
            live = shown(connection, target, table)
            assert table_text(parse_create_table(live)) == live
            if may_be_temporary(table) and is_clean_as_temporary(connection, table):
                printed = shown(connection, target, table).replace(" TEMPORARY", "", 1)
                connection.execute(f"DROP TEMPORARY TABLE {quote(table.name)}")
                connection.execute(f"DROP TABLE {quote(table.name)}")
                connection.execute(table.text)
                assert lines(printed) == lines(shown(connection, target, table))


def lines(text: str) -> list[str]:
    """Order apart: MySQL prints the checks of an ordinary table by name, others as written."""
    return sorted(line.rstrip(",") for line in text.splitlines())


@contextmanager
def at_target(target: PlanTarget) -> Iterator[Connection]:
    with connect(target.params, session=planning_session) as connection:
        connection.enter(target.database.name)
        connection.execute("SET SESSION foreign_key_checks = 0")
        yield connection


def defined(connection: Connection, files: Mapping[str, str]) -> tuple[CreateTable, ...]:
    read = read_definitions(files, flavor=connection.flavor)
    assert read.problems == ()
    return read.tables


def shown(connection: Connection, target: PlanTarget, table: CreateTable) -> str:
    return show_create(connection, schema=target.database.name, table=table.name)


def is_clean_as_temporary(connection: Connection, table: CreateTable) -> bool:
    """Make it; whether the second tier believes what it prints."""
    try:
        connection.execute(table.temporary_text())
    except SchemaBotError:
        return False
    if connection.warning_count == 0:
        return True
    connection.execute(f"DROP TEMPORARY TABLE {quote(table.name)}")
    return False


@pytest.mark.parametrize("flavor", ["mysql", "mariadb"])
def test_the_corpus_holds_three_hundred_tables_for_each_flavor(flavor: str) -> None:
    found: set[tuple[str, str]] = set()
    for schema in schemas():
        read = read_definitions(files_for(schema, flavor), flavor=FLAVORS[flavor])
        assert read.problems == ()
        found |= {(schema, table.name) for table in read.tables}
    assert len(found) >= 300
