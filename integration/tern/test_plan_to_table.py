"""From schema files to tables: what the planner proved is what the engine runs and recognises."""

from dataclasses import replace

import pytest

from integration.databases import Database
from integration.servers.program import Flavor
from integration.tern.desk import ENVIRONMENT, access, target, work
from tern.local.admission import Finding, find_findings
from tern.local.engines import Engines, make_online
from tern.local.mysql_site import MysqlSite
from tern.local.tern import LocalTern
from tern.values.plan import PlannedStatement, PlanRequest, PlanResult, Verdict
from tern.values.run import Completed, Work, WorkStatement
from tern.values.schema_files import SchemaFiles
from tests.contracts.tern import Run
from tests.support.caller import HeldLease

LIVE = (
    "CREATE TABLE parent (id INT PRIMARY KEY, code VARCHAR(10) CHARACTER SET latin1)",
    (
        "CREATE TABLE child (id INT PRIMARY KEY, parent_id INT, KEY (parent_id), "
        "FOREIGN KEY (parent_id) REFERENCES parent (id))"
    ),
    "CREATE TABLE old_name (id INT PRIMARY KEY, n INT CHECK (n > 0))",
    (
        "CREATE TABLE parted (id INT PRIMARY KEY) PARTITION BY RANGE (id) "
        "(PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20))"
    ),
    "CREATE TABLE superfluous (id INT PRIMARY KEY)",
)
FILES = """
CREATE TABLE parent (
  id INT PRIMARY KEY,
  code VARCHAR(10) CHARACTER SET latin1,
  label VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT 'x'
);
CREATE TABLE child (id INT PRIMARY KEY, parent_id INT, KEY by_parent (parent_id), note TEXT);
-- schemabot: renamed from old_name
CREATE TABLE new_name (id INT PRIMARY KEY, n INT CHECK (n > 0), m INT);
CREATE TABLE parted (id INT PRIMARY KEY) PARTITION BY RANGE (id) (
  PARTITION p0 VALUES LESS THAN (10),
  PARTITION p1 VALUES LESS THAN (20),
  PARTITION p2 VALUES LESS THAN (30)
);
CREATE TABLE fresh (
  id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
  parent_id INT,
  doubled INT AS (parent_id * 2) VIRTUAL,
  FOREIGN KEY (parent_id) REFERENCES parent (id)
);
"""
SEQUENCES = "CREATE SEQUENCE counter INCREMENT BY 5;"


@pytest.fixture
def tern(database: Database) -> LocalTern:
    for ddl in LIVE:
        database.query(ddl)
    return LocalTern({(database.name, ENVIRONMENT): access(database)})


def request(database: Database) -> PlanRequest:
    is_mariadb = database.server.flavor is Flavor.MARIADB
    text = FILES + (SEQUENCES if is_mariadb else "")
    files = SchemaFiles(files={database.name: {"all.sql": text}})
    return PlanRequest(target=target(database), desired=files)


async def test_a_plan_is_carried_out_and_leaves_nothing_to_plan(
    database: Database, tern: LocalTern
) -> None:
    planned = await tern.plan(request(database))
    assert planned.problems == ()
    refused = [s.ddl for s in planned.statements if s.verdict is Verdict.REFUSED or s.proof]
    assert refused == []
    run = Run(tern=tern, work=_work(database, planned))
    assert await run.to_end() == Completed()
    assert (await tern.plan(request(database))).statements == ()
    tables = {name for (name,) in database.query("SHOW TABLES")}
    assert {"parent", "child", "new_name", "parted", "fresh"} <= tables
    assert not {"old_name", "superfluous"} & tables


async def test_a_plan_run_again_finds_every_statement_in_place(
    database: Database, tern: LocalTern
) -> None:
    planned = await tern.plan(request(database))
    todo = _work(database, planned)
    await Run(tern=tern, work=todo).to_end()
    database.query("DROP TABLE _schemabot_work")
    again = Run(tern=tern, work=todo)
    assert await again.to_end() == Completed()
    assert {task.detail["how"] for task in again.memory.reports[-1].tasks} == {"already in place"}


async def test_whatever_a_crash_left_the_next_run_sees_what_is_done(
    database: Database, tern: LocalTern
) -> None:
    """Also within several statements of one table, where no report of them was stored."""
    todo = _work(database, await tern.plan(request(database)))
    for done, statement in enumerate(todo.statements):
        assert _findings(database, todo) == _expected(todo, done)
        database.query(statement.ddl)
    assert _findings(database, todo) == _expected(todo, len(todo.statements))


def _findings(database: Database, todo: Work) -> list[Finding]:
    survey = MysqlSite(access(database)).take(todo, fence=HeldLease())
    found = find_findings(todo, survey)
    return [found[each.task_id] for each in todo.statements]


def _expected(todo: Work, done: int) -> list[Finding]:
    return [Finding.IN_PLACE] * done + [Finding.TO_RUN] * (len(todo.statements) - done)


def _work(database: Database, planned: PlanResult) -> Work:
    made = [_statement(each) for each in planned.statements]
    return replace(work(database, made, allow_unsafe=True), session=planned.session)


def _statement(planned: PlannedStatement) -> WorkStatement:
    return WorkStatement(
        task_id=f"task-{planned.ordinal}",
        ordinal=planned.ordinal,
        namespace=planned.namespace,
        schema=planned.schema,
        table=planned.table,
        change_type=planned.change_type,
        ddl=planned.ddl,
        verdict=planned.verdict,
        base=planned.base,
        desired=planned.desired,
        unsafe_reasons=planned.unsafe_reasons,
        details=planned.details,
        evidence=planned.evidence,
    )


async def test_without_a_copy_engine_an_index_is_built_in_place(database: Database) -> None:
    database.query("CREATE TABLE parent (id INT PRIMARY KEY)")
    text = "CREATE TABLE parent (id INT PRIMARY KEY, note INT, KEY by_note (note));"
    files = SchemaFiles(files={database.name: {"all.sql": text}})
    bare = LocalTern({(database.name, ENVIRONMENT): access(database)}, engines=Engines(online=None))
    planned = await bare.plan(PlanRequest(target=target(database), desired=files))
    assert [s.verdict for s in planned.statements] == [Verdict.INPLACE]
    assert await Run(tern=bare, work=_work(database, planned)).to_end() == Completed()
    assert database.query("SHOW INDEX FROM parent WHERE Key_name = 'by_note'") != []


async def test_a_new_child_follows_the_copy_of_its_parent(database: Database) -> None:
    """P-25."""
    database.query("CREATE TABLE p (id BIGINT PRIMARY KEY, n INT)")
    database.query("INSERT INTO p VALUES (1, 1)")
    text = (
        "CREATE TABLE p (id BIGINT PRIMARY KEY, n BIGINT);"
        "CREATE TABLE a (id INT PRIMARY KEY, p BIGINT, FOREIGN KEY (p) REFERENCES p (id));"
    )
    files = SchemaFiles(files={database.name: {"all.sql": text}})
    tern = LocalTern(
        {(database.name, ENVIRONMENT): access(database)}, engines=Engines(online=make_online)
    )
    planned = await tern.plan(PlanRequest(target=target(database), desired=files))
    assert [s.verdict for s in planned.statements] == [Verdict.COPY, Verdict.DIRECT]
    assert await Run(tern=tern, work=_work(database, planned)).to_end() == Completed()
    database.query("INSERT INTO a VALUES (1, 1)")
    assert (await tern.plan(PlanRequest(target=target(database), desired=files))).statements == ()


WITH_INDEX = "CREATE TABLE t (id INT PRIMARY KEY, a INT, KEY k (a))"


async def _without_index(database: Database) -> tuple[LocalTern, Work]:
    database.query(WITH_INDEX)
    database.query("INSERT INTO t VALUES (1, 2), (3, 4)")
    files = SchemaFiles(
        files={database.name: {"t.sql": "CREATE TABLE t (id INT PRIMARY KEY, a INT)"}}
    )
    tern = LocalTern({(database.name, ENVIRONMENT): access(database)})
    planned = await tern.plan(PlanRequest(target=target(database), desired=files))
    return tern, _work(database, planned)


async def test_use_since_the_plan_of_what_goes_is_told_before_it_goes(database: Database) -> None:
    """P-39."""
    tern, todo = await _without_index(database)
    database.query("SELECT id FROM t FORCE INDEX (k) WHERE a > 1")
    run = Run(tern=tern, work=todo)
    assert await run.to_end() == Completed()
    (line,) = [line for line in run.memory.lines if line.event == "used_since_plan"]
    assert line.message == "index k: 0 reads of rows -> 2 reads of rows"
    assert line.task_id == todo.statements[0].task_id


async def test_what_was_not_used_since_the_plan_goes_without_a_word(database: Database) -> None:
    """P-39."""
    tern, todo = await _without_index(database)
    run = Run(tern=tern, work=todo)
    assert await run.to_end() == Completed()
    assert "used_since_plan" not in {line.event for line in run.memory.lines}
