from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest

from schemabot.domain.execution import Report
from schemabot.storage.storage import Storage
from tern.errors import MissingPrivilege, SchemaBotError, ServerUnavailable
from tern.values.plan import Finding, PlanRequest, PlanResult, Problem
from tern.values.progress import Actual, TaskStatus
from tern.values.run import Completed
from tern.values.target import DatabaseType, Target
from tests.support.api_client import CONFIG, FILES, PLAN_BODY, Api, prepared_api
from tests.support.planned import alter, error_finding, planned
from tests.support.scripted_tern import ScriptedTern
from tests.support.stored import picture, running

KEY = "mysql/shop/staging"

PLAN_FIELDS = {
    "plan_id", "plan_hash", "desired_hash", "database", "database_type", "environment",
    "deployment", "engine", "has_changes", "is_unsafe", "is_applicable", "statements", "findings",
    "errors", "unmanaged", "ignored", "vschema_diffs", "estimate", "server", "created_at",
    "expires_at",
}  # fmt: skip
STATEMENT_FIELDS = {
    "ordinal", "namespace", "table", "change_type", "ddl", "verdict", "reason", "unsafe_reasons",
    "evidence", "estimate", "details", "shards",
}  # fmt: skip


class FailingTern(ScriptedTern):
    """Its target can't be planned for."""

    def __init__(self, error: SchemaBotError) -> None:
        super().__init__()
        self.error = error

    async def plan(self, request: PlanRequest) -> PlanResult:  # noqa: ARG002 (the port's)
        raise self.error


class HangingTern(ScriptedTern):
    """Its target never answers."""

    was_cancelled = False

    async def plan(self, request: PlanRequest) -> PlanResult:
        try:
            await anyio.sleep_forever()
        finally:
            self.was_cancelled = True
        return await super().plan(request)


def statement_of(plan: dict[str, Any]) -> dict[str, Any]:
    (statement,) = plan["statements"]
    return dict(statement)


async def test_a_plan_carries_every_documented_field(api: Api) -> None:
    plan = await api.plan()
    assert plan.keys() >= PLAN_FIELDS
    assert statement_of(plan).keys() >= STATEMENT_FIELDS
    assert (plan["database"], plan["database_type"], plan["engine"]) == ("shop", "mysql", "online")
    assert plan["has_changes"]
    assert plan["is_applicable"]
    assert plan["created_at"].endswith("Z")
    assert plan["estimate"]["bytes"] is None
    assert statement_of(plan)["verdict"] == "copy"


async def test_a_plan_is_found_again_as_it_was_stored(api: Api) -> None:
    plan = await api.plan()
    response = await api.http.get(f"/api/plans/{plan['plan_id']}")
    assert response.json() == plan


async def test_the_target_gets_the_files_and_their_settings(api: Api) -> None:
    config = {
        "database": "shop",
        "ignore_tables": ["^tmp_"],
        "lint": {"rules": {"nullable": "off"}},
    }
    await api.plan(config=config)
    tern = api.terns[KEY]
    assert isinstance(tern, ScriptedTern)
    (request,) = tern.plan_requests
    assert request.target.key == KEY
    assert request.desired.files == FILES
    assert request.desired.config.ignore_tables == ("^tmp_",)


def copied(storage: Storage) -> None:
    """An apply on staging ended whose tables were copied at 5 and 6 bytes a second."""
    staging = Target(database="shop", type=DatabaseType.MYSQL, environment="staging")
    execution = running(storage, staging)
    shown = picture(execution, TaskStatus.COMPLETED, sequence=2)
    tasks = tuple(
        replace(task, actual=Actual(rows=1, bytes=1, seconds=1, copy_rate=rate))
        for task, rate in zip(shown.tasks, (5.0, 6.0), strict=True)
    )
    storage.leases.finish(
        execution.lease, Completed(), Report(progress=replace(shown, tasks=tasks))
    )


async def test_a_plan_is_estimated_by_earlier_copies_on_its_target(api: Api) -> None:
    await api.threads.run(copied, api.storage)
    await api.plan()
    tern = api.terns[KEY]
    assert isinstance(tern, ScriptedTern)
    assert tern.plan_requests[-1].copy_rates == (6.0, 5.0)


async def test_names_are_found_whatever_their_case(api: Api) -> None:
    plan = await api.plan(database="SHOP", environment="Staging")
    assert (plan["database"], plan["environment"]) == ("shop", "staging")


async def test_a_target_that_is_down_is_503_and_stores_nothing(api: Api) -> None:
    api.terns[KEY] = FailingTern(ServerUnavailable(place="db:3306", reason="refused"))
    response = await api.post("/api/plan", PLAN_BODY)
    assert (response.status_code, response.json()["error_code"]) == (503, "target_unavailable")
    assert int(response.headers["Retry-After"]) > 0
    assert (await api.http.get("/api/plans")).json()["plans"] == []


async def test_what_a_target_refuses_is_the_engines_error(api: Api) -> None:
    refused = MissingPrivilege(place="db:3306", account="bot", grants=["GRANT SELECT ON *.*"])
    api.terns[KEY] = FailingTern(refused)
    response = await api.post("/api/plan", PLAN_BODY)
    assert (response.status_code, response.json()["error_code"]) == (502, "engine_error")
    assert "GRANT SELECT" in response.json()["next_action"]


@pytest.fixture
def hurried(tmp_path: Path) -> Api:
    return prepared_api(tmp_path, config=f"server: {{plan_timeout: 20ms}}\n{CONFIG}")


async def test_a_target_that_hangs_is_504_and_its_planning_is_cancelled(hurried: Api) -> None:
    tern = hurried.terns[KEY] = HangingTern()
    response = await hurried.post("/api/plan", PLAN_BODY)
    assert (response.status_code, response.json()["error_code"]) == (504, "timeout")
    assert tern.was_cancelled


async def test_what_is_wrong_with_the_files_is_in_a_stored_plan(api: Api) -> None:
    problem = Problem(code="sql_syntax", message="near x", file="users.sql", line=1, column=3)
    api.terns[KEY] = ScriptedTern(plan=PlanResult(statements=(), problems=(problem,)))
    plan = await api.plan()
    (error,) = plan["errors"]
    assert (error["code"], error["file"], error["line"], error["column"]) == (
        "sql_syntax", "users.sql", 1, 3,
    )  # fmt: skip
    assert not plan["is_applicable"]


async def test_files_that_would_drop_everything_are_an_error_before_any_target(api: Api) -> None:
    plan = await api.plan(files={"shop": {}})
    assert [error["code"] for error in plan["errors"]] == ["empty_namespace"]
    tern = api.terns[KEY]
    assert isinstance(tern, ScriptedTern)
    assert not tern.plan_requests


async def test_an_empty_plan_is_stored_too(api: Api) -> None:
    api.terns[KEY] = ScriptedTern(plan=PlanResult(statements=()))
    plan = await api.plan()
    assert not plan["has_changes"]
    assert not plan["is_applicable"]


@pytest.mark.parametrize("finding", [error_finding()])
async def test_an_error_finding_makes_a_plan_unsafe(api: Api, finding: Finding) -> None:
    api.terns[KEY] = ScriptedTern(plan=planned(alter(), findings=(finding,)))
    plan = await api.plan()
    assert plan["is_unsafe"]
    assert plan["findings"][0]["rule"] == "drop_column"


@pytest.mark.parametrize(
    ("changes", "status", "code", "path"),
    [
        ({"database": "nope"}, 404, "database_not_found", None),
        ({"environment": "nope"}, 404, "environment_not_found", None),
        ({"type": "mariadb"}, 400, "invalid_request", "type"),
        ({"type": "oracle"}, 400, "invalid_request", "type"),
        ({"database": "a b"}, 400, "invalid_request", "database"),
        ({"extra": 1}, 400, "invalid_request", "extra"),
        ({"files": {"shop": {"a.sql": 3}}}, 400, "invalid_request", "files.shop.a.sql"),
        ({"pull_request": 3}, 400, "invalid_request", "body"),
        ({"pull_request": True}, 400, "invalid_request", "pull_request"),
        ({"config": {"database": "blog"}}, 400, "invalid_request", "body"),
        ({"config": {"database": "shop", "lint": {"rules": {"nope": "off"}}}}, 400,
         "invalid_request", "config.lint.rules.nope"),
        ({"config": {"database": "shop", "lint": {"rules": {"drop_table": "off"}}}}, 400,
         "invalid_request", "config"),
    ],
)  # fmt: skip
async def test_what_does_not_fit_is_named(
    api: Api, *, changes: dict[str, object], status: int, code: str, path: str | None
) -> None:
    response = await api.post("/api/plan", {**PLAN_BODY, **changes})
    assert (response.status_code, response.json()["error_code"]) == (status, code)
    if path is not None:
        assert [f["path"] for f in response.json()["details"]["fields"]] == [path]


async def test_an_unknown_name_lists_the_known_ones(api: Api) -> None:
    response = await api.post("/api/plan", {**PLAN_BODY, "environment": "nope"})
    assert response.json()["details"] == {"known": ["staging", "production"]}


async def test_plans_are_listed_newest_first_page_by_page(api: Api) -> None:
    ids = [(await api.plan())["plan_id"] for _ in range(5)]
    first = (await api.http.get("/api/plans?limit=2&database=shop")).json()
    assert [plan["plan_id"] for plan in first["plans"]] == ids[:2:-1]
    assert first["has_more"]
    second = (await api.http.get("/api/plans", params={"cursor": first["next_cursor"]})).json()
    assert [plan["plan_id"] for plan in second["plans"]] == ids[2::-1]
    assert (second["has_more"], second["next_cursor"]) == (False, None)


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=1001", "limit=x", "limit=1&limit=2", "nope=1", "cursor=nope",
     "pull_request=12", "database=a%00b", "limit=%D9%A3"],
)  # fmt: skip
async def test_a_bad_query_is_refused(api: Api, query: str) -> None:
    response = await api.http.get(f"/api/plans?{query}")
    assert (response.status_code, response.json()["error_code"]) == (400, "invalid_request")


async def test_a_malformed_id_differs_from_an_unknown_one(api: Api) -> None:
    assert (await api.http.get("/api/plans/plan-1")).status_code == 400
    response = await api.http.get("/api/plans/plan-0123456789abcdef")
    assert (response.status_code, response.json()["error_code"]) == (404, "plan_not_found")


async def test_a_plan_of_a_pull_request_says_so(api: Api) -> None:
    source = {
        "repository": "octo/shop",
        "pull_request": 7,
        "head_sha": "abc",
        "schema_path": "schema",
    }
    plan = await api.plan(**source)
    assert (plan["repository"], plan["pull_request"], plan["head_sha"]) == ("octo/shop", 7, "abc")
    listed = (await api.http.get("/api/plans", params={"pull_request": "octo/shop#7"})).json()
    assert [p["plan_id"] for p in listed["plans"]] == [plan["plan_id"]]
