"""P-53: a plan written as SQL runs as it stands, by any client, and leads where the plan leads."""

from contextlib import closing

from pymysql.constants import CLIENT

from cli.render.plan_sql import sql_text
from integration.databases import connect
from integration.plan.target import PlanTarget
from tests.cli.render.samples import plan, statement

BEFORE = "CREATE TABLE t (id int PRIMARY KEY, a int, gone int)"
AFTER = """CREATE TABLE `t` (id int PRIMARY KEY, a bigint NOT NULL DEFAULT 7,
    `od``d; -- name` varchar(20) DEFAULT 'it''s; \\\\ "x"' COMMENT '-- no comment
    */', KEY (a))"""


def test_a_plan_as_sql_runs_and_leaves_nothing_to_do(target: PlanTarget) -> None:
    target.run(BEFORE)
    planned = target.plan(AFTER, "CREATE TABLE u (id int PRIMARY KEY, t datetime DEFAULT 0)")
    text = sql_text({
        "test": plan(
            *(
                statement(s.table, s.verdict, ddl=s.ddl, schema=s.schema, ordinal=s.ordinal)
                for s in planned.statements
            )
        )
    })
    options = {"client_flag": CLIENT.MULTI_STATEMENTS, "init_command": "SET sql_mode='ANSI_QUOTES'"}
    with closing(connect(target.server, **options)) as session, session.cursor() as cursor:
        cursor.execute(text)
        while cursor.nextset():
            pass
    again = target.plan(AFTER, "CREATE TABLE u (id int PRIMARY KEY, t datetime DEFAULT 0)")
    assert (again.problems, again.statements) == ((), ())
