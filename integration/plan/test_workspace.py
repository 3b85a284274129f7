"""P-19: plans for accounts that may make no schemas build in one that is there, or elsewhere."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from integration.databases import Database, fresh_database, query
from integration.plan.target import Account, PlanTarget, carry_out, only
from integration.plan.test_fix_lint import judged
from integration.servers.throwaway import Server, throwaway_server
from tern.errors import MissingPrivilege
from tern.local.planning.fixed_scratch import WorkspaceInUse
from tern.local.planning.settings import PlanSettings, Workspace
from tern.local.planning.yard import WorkspaceUnfit, check_workspace
from tern.mysql.connect import ConnectParams, connect
from tern.mysql.server import read_server
from tern.mysql.session import plain_session
from tern.values.plan import Verdict

TABLE = "CREATE TABLE t (id int PRIMARY KEY, a int)"
WIDER = TABLE.replace("a int", "a bigint")
RIGHTS = "CREATE, DROP, ALTER, INDEX, REFERENCES, INSERT, SELECT, CREATE TEMPORARY TABLES"


@pytest.fixture
def yard(server: Server) -> Iterator[Database]:
    """The schema that is there for plans."""
    with fresh_database(server) as database:
        yield database


@pytest.fixture
def poor(target: PlanTarget, bare_account: Account, yard: Database) -> PlanTarget:
    """An account that may read its schema and work in the other, and make none."""
    for host in ("%", "localhost"):
        account = f"'{bare_account.user}'@'{host}'"
        query(target.server, f"GRANT SELECT ON `{target.database.name}`.* TO {account}")
        query(target.server, f"GRANT {RIGHTS} ON `{yard.name}`.* TO {account}")
    return fixed(target, yard).as_account(bare_account)


@pytest.fixture
def twin(server: Server) -> Iterator[Server]:
    """Another server of the same kind."""
    with throwaway_server(server.flavor, is_fast=True) as started:
        yield started


def fixed(target: PlanTarget, yard: Database) -> PlanTarget:
    return target.with_settings(PlanSettings(workspace=Workspace(schema=yard.name)))


def params(server: Server) -> ConnectParams:
    return ConnectParams(host=server.host, port=server.port, user=server.user)


def test_an_account_that_may_make_no_schema_plans_in_one_that_is_there(
    target: PlanTarget, poor: PlanTarget, yard: Database
) -> None:
    """P-19: desired tables and proof copies stand there in turn, with keys between them."""
    child = "CREATE TABLE c (id int PRIMARY KEY{}, FOREIGN KEY (id) REFERENCES t (id))"
    target.run(TABLE, child.format(""))
    with pytest.raises(MissingPrivilege):
        poor.with_settings(PlanSettings()).plan(TABLE, child.format(""))
    result = poor.plan(WIDER, child.format(", n int"))
    assert (result.problems, [s.proof for s in result.statements]) == ((), [None, None])
    assert yard.query("SHOW TABLES") == []
    carry_out(target, result)
    assert poor.plan(WIDER, child.format(", n int")).statements == ()


def test_a_fixed_schema_takes_the_defaults_of_the_one_it_stands_for(
    target: PlanTarget, poor: PlanTarget
) -> None:
    query(target.server, f"ALTER DATABASE `{target.database.name}` CHARACTER SET latin1")
    target.run("CREATE TABLE t (id int PRIMARY KEY, a varchar(9))")
    assert poor.plan("CREATE TABLE t (id int PRIMARY KEY, a varchar(9))").statements == ()


def test_a_row_in_the_workspace_stops_the_plan(poor: PlanTarget, yard: Database) -> None:
    yard.query("CREATE TABLE empty_one (id int)")
    yard.query("CREATE TABLE precious (id int)")
    yard.query("INSERT INTO precious VALUES (1)")
    with pytest.raises(WorkspaceInUse, match="its table precious holds rows"):
        poor.plan(TABLE)
    assert yard.query("SHOW TABLES") == [("empty_one",), ("precious",)]


def test_what_a_killed_plan_left_in_the_workspace_is_cleared(
    poor: PlanTarget, yard: Database
) -> None:
    yard.query("CREATE TABLE t (id int PRIMARY KEY)")
    yard.query("CREATE TABLE u (id int, FOREIGN KEY (id) REFERENCES t (id))")
    assert only(poor.plan(TABLE)).verdict is Verdict.DIRECT
    assert yard.query("SHOW TABLES") == []


def test_files_are_mended_in_a_workspace_too(poor: PlanTarget, yard: Database) -> None:
    """P-19, P-45."""
    text = "CREATE TABLE t (id bigint PRIMARY KEY, a INT(11)) CHARSET utf8mb4"
    found = judged(poor, {"t.sql": text}, "display_width")
    assert (found.problems, found.unfixed) == ((), ())
    assert found.fixed == {"shop": {"t.sql": text.replace("INT(11)", "INT")}}
    assert yard.query("SHOW TABLES") == []


def test_plans_in_one_workspace_take_turns(target: PlanTarget, poor: PlanTarget) -> None:
    target.run(TABLE)
    with ThreadPoolExecutor(4) as pool:
        made = [pool.submit(poor.plan, TABLE.replace("a int", f"a{n} int")) for n in range(4)]
        ddl = [only(each.result(timeout=100)).ddl for each in made]
    assert [f"ADD COLUMN `a{n}`" in text for n, text in enumerate(ddl)] == [True] * 4


def test_a_live_schema_is_no_workspace(target: PlanTarget) -> None:
    target.run(TABLE)
    with pytest.raises(WorkspaceUnfit, match="is the schema that is planned for"):
        fixed(target, target.database).plan(TABLE)
    assert target.show("t")


def test_a_fixed_schema_holds_one_namespace(target: PlanTarget, yard: Database) -> None:
    files = {"shop": {"a.sql": TABLE}, "audit": {"a.sql": TABLE}}
    with pytest.raises(WorkspaceUnfit, match="the files have audit, shop"):
        fixed(target, yard).plan_files(files)


def test_another_server_is_built_on_and_the_target_only_read(
    target: PlanTarget, bare_account: Account, twin: Server
) -> None:
    """P-19: SELECT is all that the target's account needs. P-36: it is said who judged."""
    for host in ("%", "localhost"):
        on = f"`{target.database.name}`.* TO '{bare_account.user}'@'{host}'"
        query(target.server, f"GRANT SELECT ON {on}")
    target.run(TABLE)
    elsewhere = PlanSettings(workspace=Workspace(params=params(twin)))
    result = target.as_account(bare_account).with_settings(elsewhere).plan(WIDER)
    assert (only(result).verdict, only(result).proof) == (Verdict.COPY, None)
    assert only(result).details["source"] == "workspace"
    place = f"{twin.host}:{twin.port}"
    assert any(f"workspace {place}" in warning for warning in result.warnings)
    assert query(twin, r"SHOW DATABASES LIKE '\_schemabot\_%'") == []


def test_a_server_of_the_other_vendor_is_no_workspace(
    target: PlanTarget, mariadb: Server, mysql: Server
) -> None:
    other = mysql if target.is_mariadb else mariadb
    elsewhere = PlanSettings(workspace=Workspace(params=params(other)))
    with pytest.raises(WorkspaceUnfit, match="vendor is"):
        target.with_settings(elsewhere).plan(TABLE)


@pytest.mark.parametrize(
    "variable",
    [
        "lower_case_table_names",
        "innodb_page_size",
        "innodb_default_row_format",
        "explicit_defaults_for_timestamp",
    ],
)
def test_a_workspace_that_is_set_otherwise_is_refused(server: Server, variable: str) -> None:
    """P-19."""
    with connect(params(server), session=plain_session) as connection:
        found = read_server(connection)
    other = replace(found, variables={**found.variables, variable: "7"})
    with pytest.raises(WorkspaceUnfit, match=f"{variable} is 7, not "):
        check_workspace(found, other)
    check_workspace(found, found)
