"""Several schemas in one plan, and nothing of any other is touched (P-3, P-4, P-13, P-27)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from integration.databases import Database, fresh_database, query
from integration.plan.target import PlanTarget, carry_out, codes
from integration.servers.throwaway import Server
from tern.values.schema_files import NamespaceConfig, SchemaConfig

USERS = "CREATE TABLE users (id int PRIMARY KEY)"


@pytest.fixture
def audit(target: PlanTarget) -> Iterator[Database]:
    """A second schema on the same server."""
    with fresh_database(target.server) as database:
        yield database


def schemas(audit: Database) -> dict[str, str]:
    return {"audit": audit.name}


def test_references_between_namespaces_are_planned_and_run(
    target: PlanTarget, audit: Database
) -> None:
    shop = target.database.name
    files = {
        "shop": {"users.sql": USERS},
        "audit": {
            "events.sql": "CREATE TABLE events (id int PRIMARY KEY, user_id int, "
            f"FOREIGN KEY (user_id) REFERENCES `{shop}`.users (id))"
        },
    }
    result = target.plan_files(files, schemas=schemas(audit))
    assert not result.problems
    assert [(s.namespace, s.schema, s.table) for s in result.statements] == [
        ("shop", shop, "users"),
        ("audit", audit.name, "events"),
    ]
    carry_out(target, result)
    assert target.plan_files(files, schemas=schemas(audit)).statements == ()
    audit.query("DROP TABLE events")


@contextmanager
def statements_of(server: Server) -> Iterator[list[str]]:
    """Everything that the server is sent within the block, filled in at its end."""
    sent: list[str] = []
    query(server, "SET GLOBAL log_output = 'TABLE'")
    query(server, "TRUNCATE TABLE mysql.general_log")
    query(server, "SET GLOBAL general_log = 1")
    try:
        yield sent
    finally:
        query(server, "SET GLOBAL general_log = 0")
        rows = query(server, "SELECT CONVERT(argument USING utf8mb4) FROM mysql.general_log")
        sent += [str(text) for (text,) in rows]


def test_planning_hangs_no_foreign_key_on_a_live_table(target: PlanTarget) -> None:
    target.run(USERS)
    shop = target.database.name
    child = (
        "CREATE TABLE child (id int PRIMARY KEY, user_id int, "
        f"FOREIGN KEY (user_id) REFERENCES `{shop}`.users (id))"
    )
    with statements_of(target.server) as sent:
        result = target.plan(USERS, child)
    built = [text for text in sent if "child" in text and "REFERENCES" in text]
    assert len(built) >= 2  # for the files, and for the proof
    assert not [text for text in built if shop in text]
    assert "_schemabot_" not in "".join(s.ddl + (s.desired or "") for s in result.statements)


def test_a_key_into_a_schema_outside_the_plan_is_left_to_the_apply(
    target: PlanTarget, audit: Database
) -> None:
    audit.query("CREATE TABLE people (id int PRIMARY KEY)")
    child = (
        "CREATE TABLE child (id int PRIMARY KEY, person_id int, "
        f"FOREIGN KEY (person_id) REFERENCES `{audit.name}`.people (id))"
    )
    result = target.plan(child)
    assert not result.problems
    assert f"`{audit.name}`.`people`" in result.statements[0].ddl
    carry_out(target, result)
    assert target.plan(child).statements == ()
    target.run("DROP TABLE child")


def test_a_namespace_takes_its_schema_from_the_files_with_the_environment(
    target: PlanTarget, audit: Database
) -> None:
    prefix = audit.name
    config = SchemaConfig(namespaces={"audit": NamespaceConfig(schema=prefix)})
    result = replace(target, config=config).plan_files({
        "shop": {"a.sql": USERS},
        "audit": {"b.sql": USERS},
    })
    assert result.namespaces == {"shop": target.database.name, "audit": prefix}


def test_two_namespaces_on_one_schema_are_a_problem(target: PlanTarget) -> None:
    result = target.plan_files(
        {"shop": {"a.sql": USERS}, "audit": {"b.sql": USERS}},
        schemas={"audit": target.database.name},
    )
    assert codes(result) == ["namespace_conflict"]
    assert "audit and shop" in result.problems[0].message


def test_an_empty_namespace_drops_all_where_it_is_meant(target: PlanTarget) -> None:
    target.run(USERS)
    config = SchemaConfig(namespaces={"shop": NamespaceConfig(empty=True)})
    result = replace(target, config=config).plan_files({"shop": {}})
    assert [s.ddl for s in result.statements] == ["DROP TABLE `users`"]


def test_ignored_and_foreign_tables_are_listed_and_left(target: PlanTarget) -> None:
    target.run(
        USERS,
        "CREATE TABLE tmp_x (id int)",
        "CREATE TABLE _users_gho (id int)",
        "CREATE TABLE users_sbabcde_n (id int)",
        "CREATE TABLE _schemabot_work (id int)",
        "CREATE TABLE _vt_hold_x (id int)",
    )
    config = SchemaConfig(ignore_tables=("^tmp_",))
    result = replace(target, config=config).plan(USERS, "CREATE TABLE tmp_new (id int)")
    assert result.statements == ()
    assert {(o.kind, o.name) for o in result.ignored} == {
        ("table", "tmp_x"),
        ("table", "_users_gho"),
        ("table", "users_sbabcde_n"),
        ("table", "_schemabot_work"),
        ("table", "_vt_hold_x"),
        ("definition", "tmp_new"),
    }
    target.run("DROP TABLE users_sbabcde_n")


def test_views_triggers_routines_and_events_are_named_and_left(target: PlanTarget) -> None:
    target.run(
        USERS,
        "CREATE VIEW v AS SELECT * FROM users",
        "CREATE TRIGGER tr BEFORE INSERT ON users FOR EACH ROW SET NEW.id = NEW.id",
        "CREATE PROCEDURE p() SELECT 1",
        "CREATE FUNCTION f() RETURNS int DETERMINISTIC RETURN 1",
        "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1",
    )
    result = target.plan(USERS)
    assert result.statements == ()
    assert {(o.kind, o.name) for o in result.unmanaged} == {
        ("view", "v"),
        ("trigger", "tr"),
        ("procedure", "p"),
        ("function", "f"),
        ("event", "e"),
    }


def test_a_table_with_a_trigger_or_a_child_is_not_copied(target: PlanTarget) -> None:
    target.run(
        USERS,
        "CREATE TRIGGER tr BEFORE INSERT ON users FOR EACH ROW SET NEW.id = NEW.id",
        "CREATE TABLE kids (id int PRIMARY KEY, u int, FOREIGN KEY (u) REFERENCES users (id))",
    )
    kids = target.show("kids")
    result = target.plan(USERS.replace("PRIMARY KEY", "PRIMARY KEY, a int, KEY (a)"), kids)
    (statement,) = result.statements
    assert statement.verdict == "inplace"
    assert "triggers (tr)" in str(statement.reason)
    assert f"point at it ({target.database.name}.kids)" in str(statement.reason)


def test_what_only_a_copy_could_do_is_refused_on_a_table_with_a_trigger(target: PlanTarget) -> None:
    target.run(
        "CREATE TABLE log (id int PRIMARY KEY, n int)",
        "CREATE TRIGGER tr BEFORE INSERT ON log FOR EACH ROW SET NEW.id = NEW.id",
    )
    (statement,) = target.plan("CREATE TABLE log (id int PRIMARY KEY, n varchar(9))").statements
    assert statement.verdict == "refused"
    assert "triggers (tr)" in str(statement.reason)
