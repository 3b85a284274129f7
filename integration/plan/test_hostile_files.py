"""Files that mean harm end as errors or harmless tables; live schemas stay as they are (P-58)."""

import pytest

from integration.plan.target import PlanTarget, codes

LIVE = "CREATE TABLE live (id int PRIMARY KEY, note varchar(20))"
ROWS = "INSERT INTO live VALUES (1, 'kept')"


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE t /*!50100 SELECT */ /*!50100 * FROM live */",
        "CREATE TABLE t (id int) /*! IGNORE SELECT 1 AS id */",
        "CREATE TABLE t (id int) REPLACE /*!40000 AS TABLE live */",
        "CREATE /*!50100 OR REPLACE */ TABLE live (id int)",
        "CREATE TABLE t (id int) ENGINE=/*!50100 FEDERATED */ CONNECTION='mysql://root@h/d/t'",
        "CREATE TABLE t (id int) CONNECTION='mysql://root@127.0.0.1/mysql/user'",
        "CREATE TABLE t (id int) ENGINE=MRG_MYISAM UNION=(live) INSERT_METHOD=LAST",
        "CREATE TABLE t (id int) ENGINE=CSV",
        "CREATE TABLE t (id int) INDEX DIRECTORY '/tmp'",
        "CREATE TABLE t (id int) TABLESPACE mysql",
        "CREATE TABLE t (id int); DROP TABLE live",
        "CREATE TABLE t (id int); /*!50100 DROP TABLE live */",
        "CREATE TABLE t (id int); SET GLOBAL read_only = 1",
    ],
)
def test_what_reaches_beyond_its_table_is_refused_and_never_run(
    target: PlanTarget, text: str
) -> None:
    target.run(LIVE, ROWS)
    result = target.plan(LIVE, text)
    assert result.statements == ()
    assert set(codes(result)) == {"statement_not_allowed"}
    assert target.database.query("SELECT * FROM live") == [(1, "kept")]
    assert target.database.query("SHOW TABLES") == [("live",)]


def test_a_key_into_a_live_table_binds_nothing_while_it_is_planned(target: PlanTarget) -> None:
    target.run(LIVE, ROWS)
    child = "CREATE TABLE kids (id int PRIMARY KEY, p int, FOREIGN KEY (p) REFERENCES {}live (id))"
    for schema in ("", f"`{target.database.name}`."):
        assert target.plan(LIVE, child.format(schema)).problems == ()
    target.run("DELETE FROM live", "DROP TABLE live")


@pytest.mark.parametrize(
    ("text", "column"),
    [("CREATE TABLE `😀` (id int)", 14), ("CREATE TABLE t (id int, `a😀` int)", 25)],
)
def test_a_name_that_no_server_can_store_is_rejected_at_its_place(
    target: PlanTarget, text: str, column: int
) -> None:
    result = target.plan("CREATE TABLE good (id int PRIMARY KEY)", f"\n{text}")
    assert result.statements == ()
    assert codes(result) == ["table_rejected"]
    assert [(p.file, p.line, p.column) for p in result.problems] == [("1.sql", 2, column)]
