import pytest

from tern.ddl.definitions import read_definitions
from tern.ddl.flavor import Flavor, Vendor
from tests.tern.ddl.texts import MARIADB, MYSQL


def test_all_files_are_read_in_order() -> None:
    found = read_definitions(
        {"b.sql": "CREATE TABLE b (x int); CREATE SEQUENCE s;", "a.sql": "CREATE TABLE a (x int)"},
        flavor=MARIADB,
    )
    assert [table.name for table in found.tables] == ["b", "a"]
    assert [sequence.name for sequence in found.sequences] == ["s"]
    assert found.problems == ()


def test_no_problem_hides_another_files_problems() -> None:
    found = read_definitions(
        {
            "a.sql": "CREATE TABLE a (x int); INSERT INTO a VALUES (1)",
            "b.sql": "CREATE TABLE b ('",
            "c.sql": "CREATE TABLE c (x int)",
        },
        flavor=MYSQL,
    )
    assert [str(problem).partition(": ")[0] for problem in found.problems] == [
        "a.sql:1:25", "b.sql:1:17"
    ]  # fmt: skip
    assert [problem.code.value for problem in found.problems] == [
        "statement_not_allowed", "sql_syntax"
    ]  # fmt: skip
    assert [table.name for table in found.tables] == ["a", "c"]


def test_table_defined_twice_names_the_first_place() -> None:
    found = read_definitions(
        {"users.sql": "CREATE TABLE users (x int)", "more.sql": "\n  CREATE TABLE users (y int)"},
        flavor=MYSQL,
    )
    (problem,) = found.problems
    assert str(problem) == "more.sql:2:3: table `users` is already defined at users.sql:1:1"


def test_tables_and_sequences_share_names() -> None:
    files = {"a.sql": "CREATE TABLE s (x int); CREATE SEQUENCE s"}
    assert len(read_definitions(files, flavor=MARIADB).problems) == 1


def test_case_tells_tables_apart_only_where_the_server_does() -> None:
    files = {"a.sql": "CREATE TABLE Users (x int); CREATE TABLE users (x int)"}
    folding = Flavor(vendor=Vendor.MYSQL, version=(8, 0, 36), lower_case_table_names=1)
    assert read_definitions(files, flavor=MYSQL).problems == ()
    assert len(read_definitions(files, flavor=folding).problems) == 1


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE t (a int" + "(" * 2**15,
        "CREATE TABLE t (a int) " + "x=(1) " * 2**13,
        "CREATE TABLE t (\n" + "a int, -- schemabot: renamed from b\n" * 2**12 + "z int)",
        "CREATE TABLE t (a int" + "\n-- comment" * 2**13 + "\n)",
        "CREATE TABLE t (" + "a int," * 2**12 + "z int)",
        "CREATE TABLE t (a int) PARTITION BY " + "HASH (a) " * 2**12,
        "CREATE TABLE t (a int) " + "AS " * 2**13,
        ";" * 2**15,
    ],
    ids=lambda text: text[-12:].strip(),
)
def test_text_made_to_be_slow_is_read_in_time(text: str) -> None:
    """P-58; the limit that every test has is the measure."""
    read_definitions({"a.sql": text}, flavor=MYSQL)


def test_allowed_clauses_reach_the_guard() -> None:
    files = {"a.sql": "CREATE TABLE a (x int) TABLESPACE ts"}
    assert len(read_definitions(files, flavor=MYSQL).problems) == 1
    allowed = frozenset({"tablespace"})
    assert not read_definitions(files, flavor=MYSQL, allowed_clauses=allowed).problems
