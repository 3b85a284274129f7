"""No scratch schema stays, whatever becomes of the plan; old ones are swept, with care (P-17)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from threading import Event

import anyio
import pymysql
import pytest

from cli.processes.sweeping import keep_swept
from integration.databases import connect, query
from integration.plan.target import PlanTarget, scratch_schemas
from integration.servers.throwaway import Server
from schemabot.telemetry.span import Spans
from tern.errors import ServerUnavailable
from tern.local.access import TargetAccess
from tern.local.planning.crew import PlanningStopped
from tern.local.planning.scratch import sweep
from tern.local.tern import LocalTern
from tern.mysql.connect import ConnectParams
from tern.mysql.connect import connect as open_connection
from tern.mysql.connection import Connection
from tern.mysql.session import planning_session
from tern.values.target import DatabaseType

MANY = ";\n".join(
    f"CREATE TABLE t{n} (id int PRIMARY KEY, a int, b int, KEY (a), KEY (b))" for n in range(60)
)


@pytest.fixture
def connection(server: Server) -> Iterator[Connection]:
    params = ConnectParams(host=server.host, port=server.port, user=server.user)
    with open_connection(params, session=planning_session) as opened:
        yield opened


def scratch_name(*, age: timedelta, digits: str = "0123456789") -> str:
    made = datetime.now(UTC) - age
    return f"_schemabot_w_{made:%Y%m%d%H%M%S}_{digits}_d0"


@pytest.fixture
def old_schema(server: Server) -> Iterator[str]:
    """What a plan left behind two hours ago."""
    name = scratch_name(age=timedelta(hours=2))
    query(server, f"CREATE DATABASE {name}")
    query(server, f"CREATE TABLE {name}.t (id int)")
    yield name
    query(server, f"DROP DATABASE IF EXISTS {name}")


def kill_planners(server: Server, *, except_for: int = 0) -> int:
    """Kill the sessions that work in scratch schemas, and those that wait for work there."""
    rows = query(
        server,
        "SELECT id FROM information_schema.processlist WHERE db LIKE %s AND id <> %s",
        r"\_schemabot\_%",
        except_for,
    )
    with closing(connect(server)) as session, session.cursor() as cursor:
        for (number,) in rows:
            with suppress(pymysql.err.OperationalError):  # gone already
                cursor.execute(f"KILL {number}")
    return len(rows)


def test_a_plan_that_is_cancelled_cleans_up(target: PlanTarget) -> None:
    stopping = Event()
    with ThreadPoolExecutor(1) as pool:
        planned = pool.submit(target.plan_files, {"shop": {"a.sql": MANY}}, stopping=stopping)
        while not scratch_schemas(target.server) and not planned.done():
            pass
        stopping.set()
        error = planned.exception(timeout=40)
    assert isinstance(error, PlanningStopped)
    assert scratch_schemas(target.server) == []


def test_killed_sessions_leave_nothing_behind(target: PlanTarget) -> None:
    with ThreadPoolExecutor(1) as pool:
        planned = pool.submit(target.plan, MANY)
        killed = 0
        while not killed and not planned.done():
            killed = kill_planners(target.server)
        error = planned.exception(timeout=60)
    assert killed
    assert isinstance(error, ServerUnavailable)
    assert scratch_schemas(target.server) == []


def test_twenty_plans_at_once_end_right(target: PlanTarget) -> None:
    target.run("CREATE TABLE t (id int PRIMARY KEY)")
    with ThreadPoolExecutor(20) as pool:
        futures = [
            pool.submit(target.plan, f"CREATE TABLE t (id int PRIMARY KEY, c{n} int)")
            for n in range(20)
        ]
        results = [future.result(timeout=100) for future in futures]
    assert [r.statements[0].ddl for r in results] == [
        f"ALTER TABLE `t` ADD COLUMN `c{n}` int{'(11)' if target.is_mariadb else ''} DEFAULT NULL"
        for n in range(20)
    ]


def test_an_abandoned_schema_is_swept_before_a_plan(target: PlanTarget, old_schema: str) -> None:
    target.plan("CREATE TABLE t (id int PRIMARY KEY)")
    assert old_schema not in scratch_schemas(target.server)


def test_a_schema_with_a_row_is_left_and_reported(target: PlanTarget, old_schema: str) -> None:
    query(target.server, "INSERT INTO t VALUES (1)", database=old_schema)
    result = target.plan("CREATE TABLE t (id int PRIMARY KEY)")
    assert any(old_schema in warning and "rows" in warning for warning in result.warnings)
    query(target.server, f"DROP DATABASE {old_schema}")


def test_a_schema_with_a_view_is_left(
    connection: Connection, server: Server, old_schema: str
) -> None:
    query(server, f"CREATE VIEW {old_schema}.v AS SELECT 1")
    report = sweep(connection)
    assert report.dropped == ()
    assert "view" in report.left[0]


def test_a_schema_whose_plan_still_works_is_left(
    connection: Connection, server: Server, old_schema: str
) -> None:
    with closing(connect(server)) as other, other.cursor() as cursor:
        cursor.execute("SELECT GET_LOCK('schemabot:w:0123456789', 0)")
        report = sweep(connection)
    assert report.left == (f"{old_schema}: a plan is still at work in it",)
    assert sweep(connection).dropped == (old_schema,)


@pytest.mark.parametrize(
    "name",
    [
        scratch_name(age=timedelta(minutes=30)),
        "_schemabot_work",
        scratch_name(age=timedelta(hours=2)) + "_x",
        "x" + scratch_name(age=timedelta(hours=2)),
        scratch_name(age=timedelta(hours=2), digits="012345678"),
    ],
    ids=["young", "of the fence", "longer", "other start", "short of a digit"],
)
def test_anything_else_is_never_touched(connection: Connection, server: Server, name: str) -> None:
    query(server, f"CREATE DATABASE {name}")
    try:
        assert sweep(connection).dropped == ()
        assert query(server, "SHOW DATABASES LIKE %s", name.replace("_", r"\_"))
    finally:
        query(server, f"DROP DATABASE {name}")


async def test_a_process_sweeps_its_targets_as_soon_as_it_starts(
    server: Server, old_schema: str
) -> None:
    params = ConnectParams(host=server.host, port=server.port, user=server.user)
    away = ConnectParams(host=server.host, port=1, user=server.user)
    kind = DatabaseType(server.flavor)
    accesses = [TargetAccess(type=kind, params=each) for each in (away, params)]
    tern = LocalTern({(f"db{n}", "test"): access for n, access in enumerate(accesses)})
    swept = anyio.Event()
    spans = Spans(lambda span: swept.set() if span.seconds is not None else None)
    async with anyio.create_task_group() as group:
        group.start_soon(keep_swept, tern, spans)
        with anyio.fail_after(60):
            await swept.wait()
        group.cancel_scope.cancel()
    assert old_schema not in scratch_schemas(server)
