import pytest

from tern.ddl.guards import CONNECTION, DATA_DIRECTORY, TABLESPACE, UNION
from tern.ddl.statements import CreateSequence, CreateTable, classify, split
from tests.tern.ddl.texts import MARIADB, MYSQL


def problems(text: str, allowed: frozenset[str] = frozenset()) -> list[str]:
    """The messages, equal for both vendors."""
    (statement,) = split(text, file="f.sql")
    answers: list[list[str]] = []
    for flavor in (MYSQL, MARIADB):
        found = classify(statement, flavor=flavor, allowed_clauses=allowed)
        assert not isinstance(found, CreateSequence)
        refused = () if isinstance(found, CreateTable) else found
        answers.append([problem.message for problem in refused])
    assert answers[0] == answers[1]
    return answers[0]


@pytest.mark.parametrize(
    "tail",
    [
        "AS SELECT 1",
        "SELECT 1",
        "(SELECT 1)",
        "((SELECT 1))",
        "IGNORE AS SELECT 1",
        "REPLACE SELECT 1",
        "TABLE u",
        "(TABLE u)",
        "AS (VALUES ROW(1))",
        "VALUES ROW(1)",
        "WITH c AS (SELECT 1) SELECT * FROM c",
        "ENGINE=InnoDB AS TABLE u",
        "/*!50000 AS SELECT 1 */",
        "/*!99999 AS SELECT 1 */",
        "/*M! SELECT 1 */",
        "AS /*!99999 x */ SELECT 1",
        "PARTITION BY HASH (id) AS SELECT 1",
        "START TRANSACTION",
        "LIKE u",
    ],
)
def test_query_behind_the_definitions_is_refused(tail: str) -> None:
    assert any("only columns, keys" in text for text in problems(f"CREATE TABLE t (id int) {tail}"))


@pytest.mark.parametrize(
    "body", ["SELECT 1", "TABLE u", "VALUES ROW(1)", "WITH c AS (TABLE u) TABLE c", "LIKE u"]
)
def test_query_in_place_of_the_definitions_is_refused(body: str) -> None:
    assert problems(f"CREATE TABLE t ({body})")


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE t (id int /*!99999 ' */ ) AS SELECT 1 /*! ' */)",
        "CREATE TABLE t (id int /*! -- */ ) AS SELECT 1 \n */)",
        "CREATE TABLE t (id int /*! /* */ , x int */)",
        "CREATE TABLE t (id int /*! `*/` int */)",
    ],
)
def test_comment_that_could_end_elsewhere_is_refused(text: str) -> None:
    assert any("could end elsewhere" in message for message in problems(text))


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE t (id int /*!50000 ) AS (TABLE u */)",
        "CREATE TABLE t (id int) /*!99999 ( */ AS TABLE u /*!99999 ) */",
    ],
)
def test_comment_with_unbalanced_parentheses_is_refused(text: str) -> None:
    assert any("balance" in m or "elsewhere" in m for m in problems(text))


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE t (`select` int, a varchar(9) CHECK (a LIKE 'SELECT%'), `table` int)",
        "CREATE TABLE t (connection varchar(9), engine int, tablespace int, `union` int)",
        "CREATE TABLE t (engine int) PARTITION BY HASH (engine) PARTITIONS 2",
        "CREATE TABLE t (connection int) PARTITION BY HASH (connection) PARTITIONS 2",
        "CREATE TABLE t (id int COMMENT 'AS SELECT', key k (id)) COMMENT='DATA DIRECTORY'",
        "CREATE TABLE t (a int) /*!50100 PARTITION BY HASH (a) (PARTITION p ENGINE = InnoDB) */",
        "CREATE TABLE t (id int /*!80023 INVISIBLE */) ENGINE 'Aria'",
        "CREATE TABLE t (id int) WITH SYSTEM VERSIONING",
        "CREATE TABLE t (id int) PARTITION BY LIST (id) (PARTITION p VALUES IN (1, 2))",
    ],
)
def test_harmless_text_that_looks_like_it_is_let_through(text: str) -> None:
    assert problems(text) == []


@pytest.mark.parametrize("engine", ["CONNECT", "`FEDERATED`", "'SPIDER'", "MRG_MyISAM", "= CSV"])
def test_engine_outside_the_list_is_refused_with_the_list(engine: str) -> None:
    (message,) = problems(f"CREATE TABLE t (id int) ENGINE {engine}")
    assert "may not be used; allowed: InnoDB, MyISAM, Aria, MEMORY, ARCHIVE, RocksDB" in message


def test_engine_of_a_partition_is_judged_too() -> None:
    text = (
        "CREATE TABLE t (id int) PARTITION BY RANGE (id) "
        "(PARTITION p VALUES LESS THAN (1) (SUBPARTITION s ENGINE=CONNECT))"
    )
    assert len(problems(text)) == 1


@pytest.mark.parametrize(
    ("clause", "name"),
    [
        ("CONNECTION='mysql://u@h/d/t'", CONNECTION),
        ('CONNECTION "mysql://"', CONNECTION),
        ("UNION=(a, b)", UNION),
        ("TABLESPACE ts", TABLESPACE),
        ("TABLESPACE = `ts`", TABLESPACE),
        ("DATA DIRECTORY='/tmp'", DATA_DIRECTORY),
        ("INDEX DIRECTORY '/tmp'", DATA_DIRECTORY),
        ("/*!50100 TABLESPACE ts */", TABLESPACE),
        (
            "PARTITION BY RANGE (id) (PARTITION p VALUES LESS THAN (1) DATA DIRECTORY='/tmp')",
            DATA_DIRECTORY,
        ),
    ],
)
def test_guarded_clause_needs_the_configuration(clause: str, name: str) -> None:
    text = f"CREATE TABLE t (id int) {clause}"
    (message,) = problems(text)
    assert message.endswith(f"`allow_clauses: [{name}]`")
    assert problems(text, frozenset({name})) == []


def test_sequence_is_guarded_too() -> None:
    (statement,) = split("CREATE SEQUENCE s START WITH 5 ENGINE=CONNECT", file="f.sql")
    found = classify(statement, flavor=MARIADB)
    assert isinstance(found, tuple)
    assert "engine CONNECT" in found[0].message
