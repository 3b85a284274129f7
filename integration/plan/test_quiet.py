"""P-17: scratch work stays out of the binary log, and no statement outlives its plan."""

from datetime import timedelta
from threading import Event

import pytest

from integration.databases import query
from integration.plan.target import PlanTarget
from tern.errors import ServerUnavailable
from tern.local.planning.crew import crew
from tern.mysql.connect import connect
from tern.mysql.connection import Connection
from tern.mysql.session import planning_session

SLEEP = "SELECT /* slow */ SLEEP(60)"


def log_position(target: PlanTarget) -> tuple[str, int]:
    words = "MASTER STATUS" if target.is_mariadb else "BINARY LOG STATUS"
    row = query(target.server, f"SHOW {words}")[0]
    return str(row[0]), int(row[1])


def test_a_plan_writes_nothing_into_the_binary_log(target: PlanTarget) -> None:
    target.run("CREATE TABLE t (id int PRIMARY KEY)")
    before = log_position(target)
    planned = target.plan("CREATE TABLE t (id int PRIMARY KEY, a int)", "CREATE TABLE n (i int)")
    assert len(planned.statements) == 2
    assert log_position(target) == before


def test_a_statement_that_ran_into_its_limit_is_ended_on_the_server(target: PlanTarget) -> None:
    def open_one() -> Connection:
        return connect(target.params, session=planning_session, read_timeout=timedelta(seconds=1))

    with (
        open_one() as lent,
        crew(open_one, size=1, lent=lent, stopping=Event()) as working,
        pytest.raises(ServerUnavailable),
    ):
        working.each(lambda connection, sql: connection.query(sql), [SLEEP])
    left = "SELECT id FROM information_schema.processlist WHERE info LIKE 'SELECT /* slow */%%'"
    assert query(target.server, left) == []
