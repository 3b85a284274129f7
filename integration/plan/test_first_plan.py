"""A plan says what must run, how, and what it would lose; and changes nothing."""

from integration.plan.target import PlanTarget, carry_out, codes, only
from tern.local.planning.settings import PlanSettings
from tern.values.plan import ChangeType, Verdict

USERS = "CREATE TABLE users (id bigint NOT NULL PRIMARY KEY, email varchar(50) NOT NULL)"

ORDERS = (
    "CREATE TABLE orders (id int PRIMARY KEY, user_id bigint NOT NULL, "
    "FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE)"
)


def test_an_empty_schema_gets_its_table(target: PlanTarget) -> None:
    statement = only(target.plan(USERS))
    assert statement.change_type is ChangeType.CREATE
    assert statement.verdict is Verdict.DIRECT
    assert statement.base is None
    assert statement.desired == statement.ddl
    assert statement.unsafe_reasons == ()


def test_equal_files_give_an_empty_plan(target: PlanTarget) -> None:
    target.run(USERS)
    result = target.plan(USERS)
    assert (result.statements, result.problems) == ((), ())
    assert [original.table for original in result.originals] == ["users"]


def test_the_live_schema_is_as_before_the_plan(target: PlanTarget) -> None:
    target.run(USERS, "INSERT INTO users VALUES (1, 'a')")
    before = target.show("users")
    target.plan(USERS.replace("varchar(50)", "int"))
    assert target.show("users") == before
    assert target.database.query("SELECT * FROM users") == [(1, "a")]


def test_a_carried_out_plan_leaves_nothing_to_plan(target: PlanTarget) -> None:
    target.run(
        USERS,
        "CREATE TABLE gone (id int PRIMARY KEY)",
        "CREATE TABLE notes (id int PRIMARY KEY, body text, KEY (body(10)))",
    )
    files = [
        USERS.replace("varchar(50)", "varchar(90)"),
        "CREATE TABLE notes (id int PRIMARY KEY, title varchar(20), body mediumtext)",
        ORDERS,
    ]
    result = target.plan(*files)
    assert [(s.table, s.change_type) for s in result.statements] == [
        ("notes", "alter"),
        ("users", "alter"),
        ("orders", "create"),
        ("gone", "drop"),
    ]
    carry_out(target, result)
    assert target.plan(*files).statements == ()


def test_a_new_last_column_is_instant(target: PlanTarget) -> None:
    target.run(USERS)
    statement = only(target.plan(USERS.replace("NOT NULL)", "NOT NULL, name varchar(9))")))
    assert (statement.verdict, statement.details["source"]) == (Verdict.INSTANT, "target")
    assert statement.ddl == "ALTER TABLE `users` ADD COLUMN `name` varchar(9) DEFAULT NULL"
    assert statement.unsafe_reasons == ()


def test_a_renamed_index_is_in_place(target: PlanTarget) -> None:
    target.run(USERS.replace("NOT NULL)", "NOT NULL, KEY a (email))"))
    statement = only(target.plan(USERS.replace("NOT NULL)", "NOT NULL, KEY b (email))")))
    assert statement.verdict in {Verdict.INPLACE, Verdict.INSTANT}


def test_a_new_index_is_copied_though_the_server_would_build_it(target: PlanTarget) -> None:
    target.run(USERS)
    statement = only(target.plan(USERS.replace("NOT NULL)", "NOT NULL, KEY (email))")))
    assert statement.verdict is Verdict.COPY
    assert statement.details["native"] == "inplace"


def test_another_type_is_copied_and_unsafe(target: PlanTarget) -> None:
    target.run(USERS)
    statement = only(target.plan(USERS.replace("bigint", "int")))
    assert statement.verdict is Verdict.COPY
    assert "bigint" in statement.unsafe_reasons[0]
    assert statement.estimate is not None
    assert statement.estimate.bytes is not None


def test_without_a_copy_engine_a_copy_is_refused_with_the_servers_words(
    target: PlanTarget,
) -> None:
    target.run(USERS)
    bare = target.with_settings(PlanSettings(copy_engine_available=False))
    statement = only(bare.plan(USERS.replace("varchar(50)", "int")))
    assert statement.verdict is Verdict.REFUSED
    assert statement.reason is not None
    assert "needs a table copy" in statement.reason
    assert "Cannot change column type" in statement.reason


def test_without_a_copy_engine_what_the_server_builds_in_place_runs_so(target: PlanTarget) -> None:
    target.run(USERS)
    bare = target.with_settings(PlanSettings(copy_engine_available=False))
    statement = only(
        bare.plan(USERS.replace("id bigint", "note int, KEY by_note (note), id bigint"))
    )
    assert statement.verdict is Verdict.INPLACE
    assert statement.details == {
        "source": "rule",
        "native": "inplace",
        "builds": "in place",
    }
    assert statement.reason is not None
    assert "replicas" in statement.reason


def test_a_table_without_a_file_is_dropped_with_consent_only(target: PlanTarget) -> None:
    target.run(USERS, "CREATE TABLE gone (id int PRIMARY KEY)")
    statement = only(target.plan(USERS))
    assert statement.ddl == "DROP TABLE `gone`"
    assert statement.unsafe_reasons == ("table `gone` is removed",)
    assert statement.base is not None
    assert statement.desired is None


def test_a_plan_with_problems_has_no_statements(target: PlanTarget) -> None:
    target.run("CREATE TABLE gone (id int PRIMARY KEY)")
    result = target.plan("CREATE TABLE t (id in)")
    assert codes(result) == ["sql_syntax"]
    assert result.statements == ()


def test_base_and_desired_are_the_servers_texts_around_the_statement(target: PlanTarget) -> None:
    target.run(USERS, "INSERT INTO users VALUES (1, 'a')")
    result = target.plan(USERS.replace("NOT NULL)", "NOT NULL, name varchar(9))"))
    statement = only(result)
    assert statement.base == target.show("users")
    carry_out(target, result)
    assert statement.desired == target.show("users")
