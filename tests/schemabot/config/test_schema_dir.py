from collections.abc import Sized

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemabot.config.errors import SchemaDirectoryInvalid
from schemabot.config.lint_rules import GUARDING_RULES, LATER_RULES, RULES
from schemabot.config.schema_dir import problems_in_files, read_schema_directory
from tern.lint.rules.registry import ALL_RULES
from tern.values.plan import Problem
from tern.values.schema_files import (
    NamespaceConfig,
    OptionClass,
    SchemaConfig,
    SchemaFiles,
    Severity,
)
from tern.values.target import DatabaseType

YAML = b"database: shop\n"
USERS = b"CREATE TABLE users (id INT PRIMARY KEY);\n"


def problems(contents: dict[str, bytes]) -> tuple[Problem, ...]:
    with pytest.raises(SchemaDirectoryInvalid) as caught:
        read_schema_directory(contents)
    return caught.value.problems


def problem_in_yaml(text: str) -> Problem:
    (found,) = problems({"schemabot.yaml": text.encode(), "users.sql": USERS})
    assert found.file == "schemabot.yaml"
    return found


def test_a_flat_directory_is_one_namespace_named_as_the_database() -> None:
    directory = read_schema_directory({"schemabot.yaml": YAML, "users.sql": USERS, "README": b"x"})
    assert directory.database == "shop"
    assert directory.type is DatabaseType.MYSQL
    assert directory.files.files == {"shop": {"users.sql": USERS.decode()}}


def test_a_flat_directory_may_name_its_namespace() -> None:
    contents = {"schemabot.yaml": YAML + b"namespace: store\n", "users.sql": USERS}
    assert list(read_schema_directory(contents).files.files) == ["store"]


def test_each_directory_below_is_a_namespace() -> None:
    contents = {"schemabot.yaml": YAML, "shop/users.sql": USERS, "audit/log.sql": USERS}
    assert read_schema_directory(contents).files.files == {
        "shop": {"users.sql": USERS.decode()},
        "audit": {"log.sql": USERS.decode()},
    }


def test_the_whole_of_schemabot_yaml_reaches_the_desired_files() -> None:
    text = b"""
database: shop
type: mariadb
deployment: west
environments: [staging, production]
namespaces: {shop: {schema: "shop_{environment}", ignore_tables: ["^tmp_"]}}
ignore_tables: ["^schema_version$"]
plan: {column_order: ignored, partitions: list_ignored, options: {row_format: managed}, probe: off}
lint: {rules: {has_enum: warning, pk_type: {severity: error, allow: [bigint]}, nullable: off}}
"""
    directory = read_schema_directory({"schemabot.yaml": text, "users.sql": USERS})
    config = directory.files.config
    assert (directory.type, directory.deployment) == (DatabaseType.MARIADB, "west")
    assert directory.environments == ("staging", "production")
    assert config.namespaces["shop"].schema == "shop_{environment}"
    assert config.namespaces["shop"].ignore_tables == ("^tmp_",)
    assert config.plan.options == {"row_format": OptionClass.MANAGED}
    assert config.lint.rules["has_enum"].severity is Severity.WARNING
    assert config.lint.rules["nullable"].severity is Severity.OFF
    assert config.lint.rules["pk_type"].allow == ("bigint",)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("database: shop\nnamspace: x\n", (2, 1), "unknown key; did you mean namespace?"),
        ("database: a\nplan:\n  probes: off\n", (3, 3), "unknown key; did you mean probe?"),
        ("database: a\nlint: {rules: {has_enums: off}}\n", (2, 16), "did you mean has_enum?"),
        ("database: 3\n", (1, 1), "must be a string, not a whole number"),
        ("type: mysql\n", (1, 1), "this key is required"),
        ("database: a\ntype: oracle\n", (2, 1), "must be 'mysql', 'mariadb'"),
        ("database: a\nignore_tables: ['(']\n", (2, 17), "not a regular expression"),
        ("database: a\nignore_tables: ['(a+)+$']\n", (2, 17), "could take for ever"),
        ("database: a\nlint: {rules: {drop_table: warning}}\n", (2, 16), "guards data"),
        ("database: a\nplan: {column_order: list_ignored}\n", (2, 8), "must be 'managed'"),
        ("database: a\ndatabase: b\n", (2, 1), "stands here twice"),
        ("database: a\nb: [\n", (3, 1), "expected"),
        ("database: a\nnamespaces: {a: {schema: '{env}'}}\n", (2, 18), "{environment}"),
        ("- a\n", (1, 1), "must be a mapping, not a list"),
    ],
)
def test_what_is_wrong_in_schemabot_yaml_has_a_place(
    text: str, place: tuple[int, int], message: str
) -> None:
    found = problem_in_yaml(text)
    assert message in found.message
    assert (found.line, found.column) == place


def test_an_unknown_key_or_rule_has_its_own_code() -> None:
    assert problem_in_yaml("database: a\nnope: 1\n").code == "unknown_key"
    assert problem_in_yaml("database: a\nlint: {rules: {nope: off}}\n").code == "unknown_key"
    assert problem_in_yaml("database: 3\n").code == "config_invalid"


def test_the_rules_are_those_that_the_data_plane_checks() -> None:
    checked = {rule.name: rule.guards_data for rule in ALL_RULES}
    assert set(checked) == RULES
    assert {name for name, guards in checked.items() if guards} == GUARDING_RULES
    assert not RULES & LATER_RULES


def test_a_rule_of_a_later_version_is_refused_by_name() -> None:
    found = problem_in_yaml("database: a\nlint: {rules: {drop_vschema: off}}\n")
    assert "rule drop_vschema is not supported by this version" in found.message


def test_a_directory_without_schemabot_yaml_is_none() -> None:
    (found,) = problems({"users.sql": USERS})
    assert "schemabot init" in found.message


def test_a_mixture_of_layouts_names_one_file_of_each() -> None:
    (found,) = problems({"schemabot.yaml": YAML, "users.sql": USERS, "audit/log.sql": USERS})
    assert found.code == "mixed_layout"
    assert "users.sql" in found.message
    assert "audit/log.sql" in found.message


def test_files_two_levels_down_are_refused() -> None:
    (found,) = problems({"schemabot.yaml": YAML, "a/b/users.sql": USERS})
    assert (found.code, found.file) == ("mixed_layout", "a/b/users.sql")


def test_text_that_is_no_utf8_has_line_and_column() -> None:
    (found,) = problems({"schemabot.yaml": YAML, "users.sql": "ä\nbö".encode() + b"\xff"})
    assert (found.code, found.file, found.line, found.column) == ("not_utf8", "users.sql", 2, 3)
    (found,) = problems({"schemabot.yaml": YAML, "users.sql": b"a\0b"})
    assert (found.line, found.column) == (1, 2)


def test_a_file_over_one_mebibyte_is_refused() -> None:
    (found,) = problems({"schemabot.yaml": YAML, "users.sql": b"x" * (2**20 + 1)})
    assert (found.code, found.file) == ("too_large", "users.sql")


def test_names_that_differ_only_by_case_are_refused() -> None:
    contents = {"schemabot.yaml": YAML, "shop/Users.sql": USERS, "shop/users.sql": USERS}
    (found,) = problems(contents)
    assert "differ only by case" in found.message
    assert found.file == "shop/users.sql"


def test_a_namespace_without_tables_is_refused_unless_it_may_be_empty() -> None:
    (found,) = problems({"schemabot.yaml": YAML, "notes.txt": b"x"})
    assert found.code == "empty_namespace"
    yaml = YAML + b"namespaces: {audit: {empty: true}}\n"
    directory = read_schema_directory({"schemabot.yaml": yaml, "shop/users.sql": USERS})
    assert directory.files.files["audit"] == {}


def test_a_namespace_of_comments_alone_is_empty() -> None:
    files = {"shop": {"users.sql": "-- nothing here\n"}}
    (found,) = problems_in_files(SchemaFiles(files=files))
    assert (found.code, found.namespace) == ("empty_namespace", "shop")
    allowed = SchemaConfig(namespaces={"shop": NamespaceConfig(empty=True)})
    assert not list(problems_in_files(SchemaFiles(files=files, config=allowed)))


def test_two_namespaces_on_one_schema_are_refused() -> None:
    yaml = YAML + b"namespaces: {a: {schema: b}, b: {}}\n"
    (found,) = problems({"schemabot.yaml": yaml, "a/x.sql": USERS, "b/x.sql": USERS})
    assert "a and b are on one schema" in found.message


def test_a_namespace_that_a_flat_directory_lacks_is_told() -> None:
    (found,) = problems({"schemabot.yaml": YAML + b"namespaces: {x: {}}\n", "u.sql": USERS})
    assert "only shop" in found.message


def test_a_request_has_limits_in_all() -> None:
    many = {f"{number}.sql": "create table t (a int)" for number in range(10_001)}
    codes = {problem.code for problem in problems_in_files(SchemaFiles(files={"a": many}))}
    assert codes == {"too_large"}


paths = st.sampled_from([
    "schemabot.yaml",
    "a.sql",
    "A.sql",
    "x/a.sql",
    "x/y/a.sql",
    "vschema.json",
])


@given(st.dictionaries(paths, st.binary(max_size=60) | st.just(YAML) | st.just(USERS)))
def test_any_contents_are_a_directory_or_problems(contents: dict[str, bytes]) -> None:
    try:
        found: Sized = read_schema_directory(contents).files.files
    except SchemaDirectoryInvalid as error:
        found = error.problems
    assert found
