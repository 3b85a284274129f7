"""Rules that need the live server: counters, dependents, use, room, other tables (P-43)."""

from dataclasses import replace

import pytest

from integration.databases import fresh_database, query
from integration.plan.target import PlanTarget
from integration.servers.throwaway import Server
from tern.ddl.flavor import Flavor, Vendor
from tern.ddl.reserved_words import is_reserved
from tern.lint.linting import LintFloors
from tern.local.planning.settings import PlanSettings
from tern.values.plan import PlanResult
from tern.values.schema_files import LintConfig, RuleConfig, SchemaConfig, Severity

USERS = "CREATE TABLE users (id bigint PRIMARY KEY, name varchar(20) NOT NULL) CHARSET utf8mb4"
SEQUENCE = "CREATE SEQUENCE s"


def messages(result: PlanResult, rule: str) -> list[str]:
    assert result.problems == ()
    return [finding.message for finding in result.findings if finding.rule == rule]


def test_a_counter_that_runs_out_is_an_error_and_a_wider_type_mends_it(target: PlanTarget) -> None:
    text = "CREATE TABLE t (id {} AUTO_INCREMENT PRIMARY KEY{}) CHARSET utf8mb4"
    target.run(f"{text.format('smallint', '')} AUTO_INCREMENT=32001")
    result = target.plan(text.format("smallint", ", a int"))
    (said,) = messages(result, "auto_inc_capacity")
    assert said.startswith("counter `id` has used 97 % of smallint")
    assert any("auto_inc_capacity" in reason for reason in result.statements[0].unsafe_reasons)
    assert messages(target.plan(text.format("bigint", ", a int")), "auto_inc_capacity") == []


def test_views_and_triggers_that_need_what_goes_are_named(target: PlanTarget) -> None:
    target.run(
        USERS,
        "CREATE TABLE log (id bigint PRIMARY KEY) CHARSET utf8mb4",
        "CREATE VIEW names AS SELECT u.name FROM users u",
        "CREATE VIEW ids AS SELECT id FROM users",
        "CREATE TRIGGER shout BEFORE INSERT ON users FOR EACH ROW SET NEW.name = UPPER(NEW.name)",
        "CREATE TRIGGER count_up AFTER INSERT ON log FOR EACH ROW "
        "UPDATE users SET name = 'x' WHERE id = NEW.id",
    )
    less = "CREATE TABLE users (id bigint PRIMARY KEY) CHARSET utf8mb4"
    log = "CREATE TABLE log (id bigint PRIMARY KEY) CHARSET utf8mb4"
    result = target.plan(less, log)
    name = target.database.name
    (view,) = messages(result, "view_depends")
    assert view.startswith(f"view `{name}`.`names` uses column `name`, which is removed")
    own, other = sorted(messages(result, "trigger_depends"), reverse=True)
    assert f"`{name}`.`shout` uses column `name`" in own
    assert f"`{name}`.`count_up` uses column `name`" in other


def test_a_column_that_nothing_names_disturbs_nobody(target: PlanTarget) -> None:
    target.run(USERS, "CREATE VIEW ids AS SELECT id FROM users")
    result = target.plan("CREATE TABLE users (id bigint PRIMARY KEY) CHARSET utf8mb4")
    assert messages(result, "view_depends") == []


def test_other_tables_are_asked_about_types_and_keys(target: PlanTarget) -> None:
    target.run(USERS)
    result = target.plan(
        USERS,
        "CREATE TABLE t (id bigint PRIMARY KEY, user_id int NOT NULL) CHARSET utf8mb4",
    )
    (said,) = messages(result, "type_mismatch")
    assert said.startswith("column `user_id` is int")
    assert "as `id` of `users`" in said


def test_a_copy_that_needs_more_disk_than_there_is_needs_consent(target: PlanTarget) -> None:
    target.run(USERS)
    tight = target.with_settings(PlanSettings(disk_limit_bytes=1))
    result = tight.plan(USERS.replace("name varchar(20)", "name varchar(20) CHARACTER SET latin1"))
    (said,) = messages(result, "disk_space")
    assert "1 are left for it" in said
    assert any(r.startswith("disk_space: ") for r in result.statements[0].unsafe_reasons)


def test_what_the_servers_configuration_lowers_asks_for_no_consent(target: PlanTarget) -> None:
    """P-42, P-43."""
    target.run(USERS)
    less = "CREATE TABLE users (id bigint PRIMARY KEY) CHARSET utf8mb4"
    rules = {"drop_column": RuleConfig(severity=Severity.WARNING)}
    lax = target.with_settings(PlanSettings(lint=LintFloors(rules=rules)))
    result = lax.plan(less)
    assert len(messages(result, "drop_column")) == 1
    assert [statement.unsafe_reasons for statement in result.statements] == [()]
    raised = SchemaConfig(
        lint=LintConfig(rules={"drop_column": RuleConfig(severity=Severity.ERROR)})
    )
    assert replace(lax, config=raised).plan(less).statements[0].unsafe_reasons


def test_what_was_used_and_goes_is_told_where_the_server_counts(target: PlanTarget) -> None:
    target.run(f"{USERS.removesuffix(') CHARSET utf8mb4')}, KEY k (name)) CHARSET utf8mb4")
    if target.is_mariadb:
        target.run("SET GLOBAL userstat = 1")
    target.run("INSERT INTO users VALUES (1, 'a')", "SELECT * FROM users FORCE INDEX (k)")
    used = messages(target.plan(USERS), "drop_in_use")
    if target.is_mariadb:
        target.run("SET GLOBAL userstat = 0")
    (said,) = used
    assert said.startswith("index `k` was used ")


def test_only_a_raised_rule_repeats_in_a_plan_what_is_left_alone(target: PlanTarget) -> None:
    target.run(USERS, "CREATE VIEW ids AS SELECT id FROM users")
    assert messages(target.plan(USERS), "unmanaged_object") == []
    raised = LintConfig(rules={"unmanaged_object": RuleConfig(severity=Severity.WARNING)})
    strict = PlanTarget(database=target.database, config=SchemaConfig(lint=raised))
    assert len(messages(strict.plan(USERS), "unmanaged_object")) == 1


@pytest.mark.parametrize("kept", [True, False])
def test_a_sequence_that_goes_needs_consent(mariadb: Server, *, kept: bool) -> None:
    with fresh_database(mariadb) as database:
        target = PlanTarget(database=database)
        target.run(USERS, SEQUENCE)
        result = target.plan(USERS, *([SEQUENCE] if kept else []))
    assert len(messages(result, "drop_sequence")) == (not kept)
    assert all(s.unsafe_reasons == ("sequence `s` is removed",) for s in result.statements)


def test_reserved_words_are_those_of_the_server(mysql: Server) -> None:
    flavor = Flavor(vendor=Vendor.MYSQL, version=(9, 7, 0))
    rows = query(mysql, "SELECT WORD, RESERVED FROM information_schema.KEYWORDS")
    wrong = [word for word, reserved in rows if is_reserved(word, flavor) != bool(reserved)]
    assert wrong == []
