"""Every kind of bad input is told with its file, line and column, all at once (P-10)."""

import pytest

from integration.databases import fresh_database
from integration.plan.target import PlanTarget, codes
from integration.servers.throwaway import Server
from tern.local.planning.settings import MAX_FILE_BYTES, MAX_PROBLEMS
from tern.values.plan import Problem

GOOD = "CREATE TABLE good (id int PRIMARY KEY);\n"


def only_problem(target: PlanTarget, text: str) -> Problem:
    result = target.plan(text)
    assert result.statements == ()
    assert len(result.problems) == 1, result.problems
    return result.problems[0]


def place(problem: Problem) -> tuple[str | None, int | None, int | None]:
    return problem.file, problem.line, problem.column


def test_a_syntax_error_is_shown_where_the_server_stopped(target: PlanTarget) -> None:
    text = GOOD + "\nCREATE TABLE bad (\n  id int PRIMARY KEY,\n\tname varcharr(10)\n);"
    problem = only_problem(target, text)
    assert problem.code == "sql_syntax"
    assert place(problem) == ("0.sql", 5, 7)
    shown = problem.message.splitlines()
    assert "varcharr" in shown[0]
    assert shown[-2:] == [" name varcharr(10)", "      ^"]


def test_an_error_at_the_end_is_shown_there(target: PlanTarget) -> None:
    problem = only_problem(target, "CREATE TABLE bad (id int) ENGINE=InnoDB COMMENT=")
    assert problem.code == "sql_syntax"
    assert place(problem) == ("0.sql", 1, 49)


@pytest.mark.parametrize(
    ("text", "said", "column"),
    [
        ("CREATE TABLE t (id int, id int)", "Duplicate column name", 1),
        ("CREATE TABLE t (id int, KEY (nope))", "nope", 30),
        ("CREATE TABLE t (id int, bad date DEFAULT 'x')", "Invalid default", 25),
        ("CREATE TABLE t (a char(255), b varchar(65500) CHARACTER SET latin1)", "Row size", 1),
    ],
)
def test_a_table_that_the_server_rejects_has_its_place_and_words(
    target: PlanTarget, text: str, *, said: str, column: int
) -> None:
    problem = only_problem(target, GOOD + text)
    assert problem.code == "table_rejected"
    assert place(problem) == ("0.sql", 2, column)
    assert said in problem.message
    assert problem.table == "t"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("INSERT INTO t VALUES (1)", "statement_not_allowed"),
        ("DROP TABLE t", "statement_not_allowed"),
        ("CREATE VIEW v AS SELECT 1", "statement_not_allowed"),
        ("CREATE OR REPLACE TABLE t (id int)", "statement_not_allowed"),
        ("CREATE TEMPORARY TABLE t (id int)", "statement_not_allowed"),
        ("CREATE TABLE t LIKE u", "statement_not_allowed"),
        ("CREATE TABLE t AS SELECT 1", "statement_not_allowed"),
        ("CREATE TABLE t (id int) SELECT 1", "statement_not_allowed"),
        ("CREATE TABLE t (id int) /*!50100 AS SELECT 1 */", "statement_not_allowed"),
        ("CREATE TABLE t (id int) ENGINE=FEDERATED", "statement_not_allowed"),
        ("CREATE TABLE t (id int) DATA DIRECTORY='/tmp'", "statement_not_allowed"),
        ("CREATE TABLE other.t (id int)", "qualified_name"),
        ("CREATE TABLE t (id int", "sql_syntax"),
        ("CREATE TABLE t (id int COMMENT 'x)", "sql_syntax"),
        ("CREATE TABLE good (id int)", "duplicate_table"),
    ],
)
def test_what_may_not_stand_in_a_file_is_refused_with_its_place(
    target: PlanTarget, text: str, code: str
) -> None:
    result = target.plan(GOOD + text)
    assert result.statements == ()
    assert set(codes(result)) == {code}
    assert {(problem.file, problem.line) for problem in result.problems} == {("0.sql", 2)}
    assert all(problem.column for problem in result.problems)


def test_a_second_definition_names_the_first(target: PlanTarget) -> None:
    result = target.plan("CREATE TABLE t (id int)", "\n  CREATE TABLE t (id int)")
    assert codes(result) == ["duplicate_table"]
    assert result.problems[0].message == "table `t` is already defined at 0.sql:1:1"


def test_problems_of_all_files_are_collected_in_order(target: PlanTarget) -> None:
    result = target.plan(
        "CREATE TABLE b (id intt);\nCREATE TABLE c (id int, id int);", "SELECT 1;", "CREATE TABLE ("
    )
    assert [(p.file, p.code) for p in result.problems] == [
        ("0.sql", "sql_syntax"),
        ("0.sql", "table_rejected"),
        ("1.sql", "statement_not_allowed"),
        ("2.sql", "sql_syntax"),
    ]


def test_more_problems_than_the_limit_are_counted(target: PlanTarget) -> None:
    text = ";\n".join(f"CREATE TABLE t{n} (id intt)" for n in range(MAX_PROBLEMS + 7))
    result = target.plan(text)
    assert len(result.problems) == MAX_PROBLEMS + 1
    assert result.problems[-1].message.startswith("7 more problems")


def test_a_file_that_is_too_large_is_refused(target: PlanTarget) -> None:
    problem = only_problem(target, GOOD + "-- " + "x" * MAX_FILE_BYTES)
    assert problem.code == "too_large"
    assert problem.file == "0.sql"


def test_text_that_is_not_utf8_is_refused(target: PlanTarget) -> None:
    assert only_problem(target, GOOD + "-- \udcff").code == "not_utf8"


def test_an_empty_namespace_needs_to_be_meant(target: PlanTarget) -> None:
    target.run("CREATE TABLE t (id int PRIMARY KEY)")
    problem = only_problem(target, "-- nothing here\n")
    assert problem.code == "empty_namespace"
    assert "empty: true" in problem.message


def test_a_mebibyte_of_brackets_is_an_error_in_time(mariadb: Server) -> None:
    """It is refused before any server sees it, so one is enough."""
    with fresh_database(mariadb) as database:
        text = "CREATE TABLE t (id int DEFAULT " + "(" * 1_000_000
        problem = only_problem(PlanTarget(database=database), text)
    assert problem.code in {"sql_syntax", "table_rejected"}


def test_a_default_that_would_take_its_time_is_harmless(target: PlanTarget) -> None:
    result = target.plan("CREATE TABLE t (id int PRIMARY KEY, a int DEFAULT (SLEEP(100)))")
    assert result.problems or result.statements
