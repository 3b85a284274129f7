import pytest

from tern.ddl.elements import ElementKind
from tern.ddl.errors import LexError
from tern.ddl.flavor import Flavor
from tern.ddl.statements import CreateSequence, CreateTable, Definition, classify, split
from tests.tern.ddl.texts import MARIADB, MYSQL


def defined(text: str, flavor: Flavor = MARIADB) -> Definition:
    (statement,) = split(text, file="f.sql")
    found = classify(statement, flavor=flavor)
    assert isinstance(found, CreateTable | CreateSequence), found
    return found


def refused(text: str, flavor: Flavor = MARIADB, allowed: frozenset[str] = frozenset()) -> str:
    (statement,) = split(text, file="f.sql")
    found = classify(statement, flavor=flavor, allowed_clauses=allowed)
    assert isinstance(found, tuple), found
    return "\n".join(f"{problem.code.value} {problem}" for problem in found)


def test_file_is_split_at_semicolons_outside_strings_and_comments() -> None:
    text = "-- a;\nCREATE TABLE a (x int COMMENT ';') ; ;\n\n  CREATE TABLE b (`;` int) -- end;\n"
    statements = split(text, file="f.sql")
    assert [(s.text, s.line, s.column) for s in statements] == [
        ("CREATE TABLE a (x int COMMENT ';')", 2, 1),
        ("CREATE TABLE b (`;` int)", 4, 3),
    ]
    assert all(text[s.offset : s.end] == s.text for s in statements)


def test_comments_go_with_the_statement_they_stand_by() -> None:
    text = (
        "-- above\nCREATE TABLE a (x int -- inside\n); -- behind\n-- next\nCREATE TABLE b (y int);"
    )
    first, second = split(text, file="f.sql")
    assert [token.text for token in first.beside] == ["-- above", "-- behind"]
    assert [token.text for token in second.beside] == ["-- next"]


@pytest.mark.parametrize("text", ["", "  \n", ";;", "-- only a comment", "/* a */;"])
def test_file_without_statements_gives_none(text: str) -> None:
    assert split(text, file="f.sql") == ()


def test_semicolon_inside_an_executable_comment_ends_nothing() -> None:
    (statement,) = split("CREATE TABLE a (x int) /*! ; */", file="f.sql")
    assert statement.text.endswith("*/")


def test_endless_string_names_file_line_and_column() -> None:
    with pytest.raises(LexError, match=r"^shop/users\.sql:2:3: this string never ends"):
        split("-- ok\n  'abc", file="shop/users.sql")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("create table users (id int)", "users"),
        ("CREATE TABLE `my ``users``` (id int)", "my `users`"),
        ("CREATE TABLE 2fast(id int)", "2fast"),
        ("CREATE -- c\n TABLE /* c */ users (id int)", "users"),
    ],
)
def test_table_has_the_name_that_the_server_gives_it(text: str, name: str) -> None:
    assert defined(text).name == name


def test_if_not_exists_is_blanked_so_that_places_hold() -> None:
    text = "CREATE TABLE IF NOT\n  EXISTS t (id int)"
    found = defined(text)
    assert found.text == "CREATE TABLE       \n         t (id int)"
    assert len(found.text) == len(text)


def test_temporary_form_differs_by_one_word() -> None:
    found = defined("CREATE TABLE IF NOT EXISTS t (id int)")
    assert isinstance(found, CreateTable)
    assert found.temporary_text() == "CREATE TEMPORARY TABLE               t (id int)"


def test_definitions_carry_their_places() -> None:
    found = defined(
        "CREATE TABLE t (\n  id int, -- c\n  note text,\n  KEY k (note(3)), CHECK (id > 0)\n)"
    )
    assert isinstance(found, CreateTable)
    assert [(e.kind, e.name, e.line, e.column) for e in found.elements] == [
        (ElementKind.COLUMN, "id", 2, 3),
        (ElementKind.COLUMN, "note", 3, 3),
        (ElementKind.INDEX, "k", 4, 3),
        (ElementKind.CHECK, None, 4, 20),
    ]


def test_options_that_the_file_names_are_known() -> None:
    found = defined("CREATE TABLE t (id int) ROW_FORMAT=DEFAULT, CHARACTER SET latin1 COMMENT 'x'")
    assert isinstance(found, CreateTable)
    assert found.named_options == {"row_format", "charset", "comment"}


def test_sequence_is_defined_where_the_server_has_them() -> None:
    found = defined("CREATE SEQUENCE IF NOT EXISTS s START WITH 5")
    assert isinstance(found, CreateSequence)
    assert found.text == "CREATE SEQUENCE               s START WITH 5"
    assert "found CREATE SEQUENCE" in refused("CREATE SEQUENCE s", MYSQL)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("INSERT INTO t VALUES (1)", "found INSERT"),
        ("DELIMITER //", "found DELIMITER"),
        ("DROP TABLE t", "found DROP"),
        ("CREATE", "found CREATE"),
        ("CREATE OR REPLACE TABLE t (id int)", "found CREATE OR REPLACE"),
        ("CREATE TEMPORARY TABLE t (id int)", "found CREATE TEMPORARY"),
        ("CREATE /*! TEMPORARY */ TABLE t (id int)", "found CREATE TEMPORARY"),
        ("CREATE VIEW v AS SELECT 1", "found CREATE VIEW"),
        ("CREATE OR REPLACE SEQUENCE s", "found CREATE OR REPLACE"),
        ("CREATE TABLE t LIKE u", "found LIKE"),
        ("CREATE TABLE t AS SELECT 1", "found AS"),
        ("CREATE TABLE t SELECT 1", "found SELECT"),
        ("CREATE TABLE t", "found nothing"),
        ("/*! CREATE TABLE t (id int) */", "no executable comment"),
        ("CREATE TABLE /*!99999 x */ t (id int)", "no executable comment"),
        ("CREATE SEQUENCE s /*! START WITH 5 */", "no executable comment"),
    ],
)
def test_other_statements_are_refused_with_what_was_found(text: str, found: str) -> None:
    message = refused(text)
    assert message.startswith("statement_not_allowed f.sql:1:")
    assert found in message


def test_place_of_a_refusal_is_the_word_that_is_wrong() -> None:
    assert "f.sql:2:10: " in refused("-- c\n  CREATE TEMPORARY TABLE t (id int)")


def test_qualified_name_is_refused_with_the_name_to_write() -> None:
    message = refused("CREATE TABLE shop.`users` (id int)")
    assert message == (
        "qualified_name f.sql:1:14: write `users`, not `shop`.`users`: "
        "the namespace comes from the directory"
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("CREATE TABLE (id int)", "a name must follow"),
        ("CREATE TABLE", "a name must follow"),
        ("CREATE TABLE 'users' (id int)", "a name must follow"),
        ("CREATE TABLE t (id int", "this parenthesis never closes"),
    ],
)
def test_text_that_has_no_form_is_a_syntax_problem(text: str, reason: str) -> None:
    message = refused(text)
    assert message.startswith("sql_syntax f.sql:1:")
    assert reason in message


def test_every_problem_of_a_statement_is_told_once() -> None:
    message = refused("CREATE TABLE t (id int -- schemabot: frob\n) ENGINE=CSV DATA DIRECTORY='/x'")
    assert [line.split()[1] for line in message.splitlines()] == [
        "f.sql:2:10:", "f.sql:2:14:", "f.sql:1:24:"
    ]  # fmt: skip
