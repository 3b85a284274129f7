"""P-14, P-22: what SchemaBot spelled out on MySQL is found unchanged by a temporary table alone."""

import pytest

from integration.databases import fresh_database
from integration.plan.target import PlanTarget, carry_out
from integration.plan.test_printed import made
from integration.servers.throwaway import Server
from tern.ddl.spelled_charsets import tell_the_same

TABLE = "create table t (id int primary key, a varchar(9), b enum('x','y'), key k (a)) {}"
DEFAULTS = ("charset utf8mb4", "charset latin1", "charset utf8mb4 collate utf8mb4_bin")
CLAUSES = (
    "",
    "character set utf8mb4",
    "collate utf8mb4_bin",
    "collate utf8mb4_general_ci",
    "character set utf8mb4 collate utf8mb4_0900_ai_ci",
    "character set latin1",
    "collate latin1_swedish_ci",
    "collate latin1_bin",
)


@pytest.mark.parametrize("default", ["charset utf8mb4", "charset utf8mb4 collate utf8mb4_bin"])
def test_a_table_that_a_plan_altered_is_not_built_again(mysql: Server, default: str) -> None:
    with fresh_database(mysql) as database:
        target = PlanTarget(database=database)
        target.run(TABLE.format("charset latin1"))
        carry_out(target, target.plan(TABLE.format(default)))
        assert "CHARACTER SET utf8mb4 COLLATE" in target.show("t")
        before = made(mysql)
        result = target.plan(TABLE.format(default))
        assert (result.problems, result.statements) == ((), ())
        assert made(mysql) - before == 1  # the temporary table


def test_texts_that_tell_the_same_have_the_same_collations(mysql: Server) -> None:
    """The catalogue is the oracle, over every pair of defaults and clauses."""
    found: list[tuple[str, object]] = []
    with fresh_database(mysql) as database:
        target = PlanTarget(database=database)
        for default in DEFAULTS:
            for clause in CLAUSES:
                target.run(
                    "drop table if exists t",
                    f"create table t (id int primary key, a varchar(9) {clause}) {default}",
                )
                columns = database.query(
                    "SELECT TABLE_COLLATION, CHARACTER_SET_NAME, c.COLLATION_NAME "
                    "FROM information_schema.COLUMNS c JOIN information_schema.TABLES t "
                    "USING (TABLE_SCHEMA, TABLE_NAME) WHERE TABLE_SCHEMA = DATABASE() "
                    "ORDER BY ORDINAL_POSITION"
                )
                found.append((target.show("t"), columns))
    pairs = [(a, b) for n, a in enumerate(found) for b in found[:n]]
    told = [(a[1], b[1]) for a, b in pairs if tell_the_same(a[0], b[0])]
    assert [(a, b) for a, b in told if a != b] == []
    assert len(told) >= len(DEFAULTS)
