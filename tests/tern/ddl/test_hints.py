import pytest

from tern.ddl.elements import ElementKind
from tern.ddl.hints import AllowHint, Hint, RenameHint
from tern.ddl.statements import CreateTable, classify, split
from tests.tern.ddl.texts import MARIADB


def hints(text: str) -> tuple[Hint, ...]:
    (statement,) = split(text, file="f.sql")
    found = classify(statement, flavor=MARIADB)
    assert isinstance(found, CreateTable), found
    return found.hints


def problem(text: str) -> str:
    (statement,) = split(text, file="f.sql")
    found = classify(statement, flavor=MARIADB)
    assert isinstance(found, tuple), found
    return str(found[0])


def subjects(text: str) -> list[str | None]:
    return [None if hint.subject is None else hint.subject.name for hint in hints(text)]


def test_hint_at_the_end_of_a_line_is_about_the_column_there() -> None:
    text = (
        "CREATE TABLE t (\n a int, -- schemabot: renamed from x\n"
        " b int -- schemabot: renamed from `y z`\n)"
    )
    found = hints(text)
    assert [h.old_name for h in found if isinstance(h, RenameHint)] == ["x", "y z"]
    assert subjects(text) == ["a", "b"]
    assert [(hint.line, hint.column) for hint in found] == [(2, 9), (3, 8)]


def test_hint_on_a_line_of_its_own_is_about_the_column_below() -> None:
    text = "CREATE TABLE t (\n a int,\n -- schemabot: renamed from x\n\n b int\n)"
    assert subjects(text) == ["b"]


def test_hint_inside_a_long_definition_is_about_that_one() -> None:
    text = (
        "CREATE TABLE t (\n a int\n   NOT NULL -- schemabot: renamed from x\n   DEFAULT 5,\n b int)"
    )
    assert subjects(text) == ["a"]


def test_hint_behind_a_string_over_lines_is_about_its_column() -> None:
    text = "CREATE TABLE t (\n a int COMMENT 'x\ny', -- schemabot: renamed from x\n b int)"
    assert subjects(text) == ["a"]


def test_hint_around_the_statement_is_about_the_table() -> None:
    text = (
        "-- schemabot: renamed from people\nCREATE TABLE users (id int);"
        " -- schemabot: allow has_float it is"
    )
    assert subjects(text) == [None, None]


def test_hint_in_the_head_or_behind_the_last_definition_is_about_the_table() -> None:
    assert subjects("CREATE TABLE t ( -- schemabot: renamed from x\n id int)") == [None]
    assert subjects("CREATE TABLE t (id int\n -- schemabot: renamed from x\n)") == [None]
    assert subjects("CREATE TABLE t (id int\n) -- schemabot: renamed from x\nENGINE=InnoDB") == [
        None
    ]


def test_allow_hint_keeps_rule_reason_and_what_it_is_about() -> None:
    (hint,) = hints(
        "CREATE TABLE t (a float,\n -- schemabot: allow redundant_index needed here\n KEY k (a))"
    )
    assert isinstance(hint, AllowHint)
    assert (hint.rule, hint.reason) == ("redundant_index", "needed here")
    assert hint.subject is not None
    assert (hint.subject.kind, hint.subject.name) == (ElementKind.INDEX, "k")


def test_hint_about_a_nameless_definition_has_an_empty_name() -> None:
    assert subjects(
        "CREATE TABLE t (a int,\n -- schemabot: allow has_float why not\n CHECK (a > 0))"
    ) == [""]


@pytest.mark.parametrize(
    "text",
    [
        "renamed from",
        "renamed from a b",
        "renamed from 'a'",
        "renamed from `a",
        "allow has_float",
        "frobnicate",
        "",
    ],
)
def test_hint_that_is_not_understood_is_a_problem_with_its_place(text: str) -> None:
    message = problem(f"CREATE TABLE t (\n a int -- schemabot: {text}\n)")
    assert message.startswith("f.sql:2:8: the hint ")


def test_index_cannot_be_renamed_by_a_hint() -> None:
    assert "not understood" in problem(
        "CREATE TABLE t (a int, KEY k (a) -- schemabot: renamed from j\n)"
    )


def test_other_comments_say_nothing() -> None:
    assert (
        hints("-- schemabot is nice\nCREATE TABLE t (a int /* schemabot: renamed from x */)") == ()
    )
