"""Files as definitions, and everything wrong with them that needs no server."""

from collections.abc import Mapping

import pytest

from tern.ddl.flavor import Flavor, Vendor
from tern.local.planning.desired import DesiredSchema, FileReader
from tern.local.planning.namespaces import InvalidPattern, Namespace, resolve
from tern.local.planning.problems import Problems
from tern.local.planning.settings import MAX_FILE_BYTES, MAX_REQUEST_BYTES
from tern.values.plan import PlanRequest, Problem
from tern.values.schema_files import NamespaceConfig, SchemaConfig, SchemaFiles
from tern.values.target import DatabaseType, Target

MARIADB = Flavor(vendor=Vendor.MARIADB, version=(10, 11, 0))
T = "CREATE TABLE t (id int)"


def request(
    files: Mapping[str, Mapping[str, str]],
    *,
    config: SchemaConfig | None = None,
    schemas: Mapping[str, str] | None = None,
) -> PlanRequest:
    return PlanRequest(
        target=Target(
            database="shop",
            type=DatabaseType.MARIADB,
            environment="staging",
            schemas=schemas or {},
        ),
        desired=SchemaFiles(files=files, config=config or SchemaConfig()),
    )


def namespaces(asked: PlanRequest) -> tuple[Namespace, ...]:
    return resolve(asked, Problems())


def read(
    files: Mapping[str, str], *, config: SchemaConfig | None = None, case_rule: int = 0
) -> tuple[DesiredSchema, tuple[Problem, ...]]:
    problems = Problems()
    flavor = Flavor(vendor=Vendor.MARIADB, version=(10, 11, 0), lower_case_table_names=case_rule)
    reader = FileReader(flavor=flavor, allow_clauses=frozenset(), problems=problems)
    (schema,) = reader.read_all(namespaces(request({"shop": files}, config=config)))
    return schema, problems.all()


def codes(found: tuple[Problem, ...]) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.file) for problem in found]


def test_a_namespaces_schema_is_what_the_server_configuration_says_first() -> None:
    config = SchemaConfig(
        namespaces={
            "a": NamespaceConfig(schema="a_{environment}"),
            "b": NamespaceConfig(schema="b_{environment}"),
        }
    )
    asked = request({"a": {}, "b": {}, "c": {}}, config=config, schemas={"a": "live_a"})
    assert {space.name: space.schema for space in namespaces(asked)} == {
        "a": "live_a",
        "b": "b_staging",
        "c": "c",
    }


def test_a_namespace_that_only_the_configuration_names_is_a_namespace() -> None:
    config = SchemaConfig(namespaces={"audit": NamespaceConfig(empty=True)})
    assert [space.name for space in namespaces(request({"shop": {}}, config=config))] == [
        "audit",
        "shop",
    ]


def test_an_invalid_pattern_is_named() -> None:
    config = SchemaConfig(ignore_tables=("(",))
    with pytest.raises(InvalidPattern, match=r"'\(' is not a regular expression"):
        namespaces(request({"shop": {}}, config=config))


def test_tables_and_sequences_are_kept_apart() -> None:
    schema, problems = read({"a.sql": f"{T};\nCREATE SEQUENCE s;"})
    assert problems == ()
    assert (list(schema.tables), list(schema.sequences)) == (["t"], ["s"])


def test_a_duplicate_is_told_by_the_servers_case_rule() -> None:
    files = {"a.sql": T, "b.sql": T.replace(" t ", " T ")}
    assert codes(read(files)[1]) == []
    assert codes(read(files, case_rule=1)[1]) == [("duplicate_table", "b.sql")]


def test_a_table_and_a_sequence_share_their_names() -> None:
    assert codes(read({"a.sql": f"{T};CREATE SEQUENCE t"})[1]) == [("duplicate_table", "a.sql")]


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("a.txt", T, "unknown_file"),
        ("a.sql", "x" * (MAX_FILE_BYTES + 1), "too_large"),
        ("a.sql", f"{T} -- \udcff", "not_utf8"),
        ("a.sql", "CREATE TABLE t (id int COMMENT 'x", "sql_syntax"),
        ("a.sql", "SELECT 1", "statement_not_allowed"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_problem(name: str, text: str, code: str) -> None:
    assert codes(read({name: text})[1]) == [(code, name)]


def test_a_request_that_is_too_large_is_not_read_at_all() -> None:
    problems = Problems()
    text = "x" * MAX_FILE_BYTES
    count = MAX_REQUEST_BYTES // MAX_FILE_BYTES + 1
    files = {f"{number}.sql": text for number in range(count)}
    reader = FileReader(flavor=MARIADB, allow_clauses=frozenset(), problems=problems)
    assert reader.read_all(namespaces(request({"shop": files}))) == ()
    assert codes(problems.all()) == [("too_large", None)]


def test_a_namespace_without_tables_must_be_meant() -> None:
    assert codes(read({})[1]) == [("empty_namespace", None)]
    meant = SchemaConfig(namespaces={"shop": NamespaceConfig(empty=True)})
    assert codes(read({}, config=meant)[1]) == []


def test_an_ignored_definition_is_unused_and_no_empty_namespace() -> None:
    schema, problems = read({"a.sql": T}, config=SchemaConfig(ignore_tables=("^t$",)))
    assert problems == ()
    assert schema.tables == {}
    assert schema.unused == {"t": "ignore_tables: ^t$"}
