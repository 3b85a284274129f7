from datetime import timedelta
from pathlib import Path

import anyio
import httpx
import pytest

from schemabot.domain.ids import parse_plan_id
from schemabot.domain.plan import NewPlan
from tern.values.plan import PlanResult, Problem
from tests.support.api_client import CONFIG, Api, outage, prepared_api
from tests.support.planned import alter, error_finding, planned
from tests.support.scripted_tern import ScriptedTern

KEY = "mysql/shop/staging"
PROGRESS_FIELDS = {
    "apply_id", "plan_id", "database", "database_type", "environment", "engine", "state",
    "terminal", "caller", "pull_request", "options", "volume", "attempt", "max_attempts",
    "retry_at", "error_code", "error", "summary", "next_actions", "created_at", "started_at",
    "completed_at", "elapsed_seconds", "revert_expires_at", "percent", "eta_seconds", "throttle",
    "estimate", "actual", "queue", "operations", "tasks", "control_requests", "metadata", "as_of",
    "stale", "version",
}  # fmt: skip
TASK_FIELDS = {
    "task_id", "namespace", "table", "change_type", "ddl", "state", "method", "phase", "phases",
    "rows_copied", "rows_total", "rows_total_is_estimate", "rows_per_second", "percent",
    "eta_seconds", "verification", "throttle", "cutover", "estimate", "actual", "shards", "attempt",
    "error_code", "error", "started_at", "completed_at",
}  # fmt: skip


async def asked(api: Api, plan_id: str, **changes: object) -> httpx.Response:
    body = {"plan_id": plan_id, "environment": "staging", **changes}
    return await api.post("/api/apply", body)


def expired_copy(api: Api, plan_id: str) -> str:
    stored = api.storage.plans.get(parse_plan_id(plan_id))
    expired = NewPlan(
        target=stored.target,
        route=stored.route,
        engine=stored.engine,
        result=stored.result,
        desired=api.storage.plans.desired(stored.plan_id),
        caller="local",
        ttl=timedelta(seconds=-1),
    )
    return api.storage.plans.create(expired).plan_id


async def test_an_accepted_apply_is_committed_and_says_where_to_look(api: Api) -> None:
    plan = await api.plan()
    response = await asked(api, plan["plan_id"])
    accepted = response.json()
    assert response.status_code == 202
    assert response.headers["Location"] == f"/api/progress/{accepted['apply_id']}"
    assert (accepted["state"], accepted["status"]) == ("pending", "queued")
    assert [task["table"] for task in accepted["tasks"]] == ["users"]
    tern = api.terns[KEY]
    assert isinstance(tern, ScriptedTern)
    assert not tern.runs


async def test_progress_carries_every_documented_field(api: Api) -> None:
    apply = await api.apply()
    progress = (await api.http.get(f"/api/progress/{apply['apply_id']}")).json()
    assert progress.keys() >= PROGRESS_FIELDS
    (task,) = progress["tasks"]
    assert task.keys() >= TASK_FIELDS
    assert (progress["state"], progress["terminal"], progress["caller"]) == (
        "pending", False, "local",
    )  # fmt: skip
    assert progress["queue"]["reason"] in {"next", "no_free_worker", "no_capable_worker"}
    assert progress["operations"][0]["handoff"] == "local"
    assert (task["percent"], task["rows_copied"]) == (0.0, None)
    assert task["estimate"]["rows"] == 1000


async def test_a_version_that_has_not_grown_is_304(api: Api) -> None:
    path = f"/api/progress/{(await api.apply())['apply_id']}"
    first = await api.http.get(path)
    again = await api.http.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    await api.post("/api/stop", {"apply_id": path[-22:], "environment": "staging"})
    changed = await api.http.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200


async def test_of_two_applies_at_once_one_is_refused_and_names_the_other(api: Api) -> None:
    plan_ids = [(await api.plan())["plan_id"] for _ in range(2)]
    answers: list[httpx.Response] = []

    async def ask(plan_id: str) -> None:
        answers.append(await asked(api, plan_id))

    async with anyio.create_task_group() as group:
        for plan_id in plan_ids:
            group.start_soon(ask, plan_id)
    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    assert (won.status_code, lost.status_code) == (202, 409)
    assert lost.json()["error_code"] == "active_apply_exists"
    assert lost.json()["details"]["apply_id"] == won.json()["apply_id"]


async def test_another_environment_than_the_plans_is_refused(api: Api) -> None:
    plan = await api.plan()
    response = await asked(api, plan["plan_id"], environment="production")
    assert (response.status_code, response.json()["error_code"]) == (400, "environment_mismatch")
    assert response.json()["details"] == {"expected": "staging"}


REFUSED = [
    (PlanResult(statements=(), problems=(Problem(code="sql_syntax", message="x"),)),
     "plan_has_errors"),
    (PlanResult(statements=()), "no_changes"),
    (planned(alter(proof="it differs")), "plan_refused"),
    (planned(alter(unsafe="data is lost")), "unsafe_not_allowed"),
    (planned(alter(), findings=(error_finding(),)), "unsafe_not_allowed"),
]  # fmt: skip


@pytest.mark.parametrize(("result", "code"), REFUSED)
async def test_what_may_not_be_applied_is_refused_and_stores_nothing(
    api: Api, result: PlanResult, code: str
) -> None:
    api.terns[KEY] = ScriptedTern(plan=result)
    plan = await api.plan()
    response = await asked(api, plan["plan_id"])
    assert (response.status_code, response.json()["error_code"]) == (409, code)
    assert (await api.http.get("/api/status")).json()["applies"] == []


async def test_consent_lets_an_unsafe_plan_pass_and_a_refused_one_never(api: Api) -> None:
    api.terns[KEY] = ScriptedTern(plan=planned(alter(unsafe="data is lost")))
    plan = await api.plan()
    refused = (await asked(api, plan["plan_id"])).json()
    assert refused["details"] == {"statements": [{"table": "users", "reasons": ["data is lost"]}]}
    api.terns[KEY] = ScriptedTern(plan=planned(alter(proof="it differs")))
    unproven = await api.plan()
    response = await asked(api, unproven["plan_id"], options={"allow_unsafe": True})
    assert response.json()["error_code"] == "plan_refused"
    response = await asked(api, plan["plan_id"], options={"allow_unsafe": True})
    assert response.status_code == 202


async def test_an_expired_plan_is_refused(api: Api) -> None:
    plan = await api.plan()
    expired_id = await api.threads.run(expired_copy, api, plan["plan_id"])
    response = await asked(api, expired_id)
    assert (response.status_code, response.json()["error_code"]) == (409, "plan_expired")


async def test_a_plan_whose_route_has_moved_is_refused(api: Api, tmp_path: Path) -> None:
    plan = await api.plan()
    moved = CONFIG.replace('staging: {dsn: "mysql://u:dsn-secret@127.0.0.1:1/"}',
                           'staging: {dsn: "mysql://u@h/", schemas: {shop: other}}')  # fmt: skip
    later = await api.threads.run(prepared_api, tmp_path, config=moved)
    response = await asked(later, plan["plan_id"])
    assert (response.status_code, response.json()["error_code"]) == (409, "plan_route_changed")


@pytest.mark.parametrize(
    ("options", "code", "word"),
    [
        ({"branch": "x"}, "option_unsupported", "branch"),
        ({"defer_deploy": True}, "option_unsupported", "defer_deploy"),
        ({"volume": 12}, "invalid_request", "options.volume"),
        ({"volume": True}, "invalid_request", "options.volume"),
        ({"volume": "3"}, "invalid_request", "options.volume"),
        ({"override_hold": True}, "invalid_request", "not supported"),
        ({"not_before": "2026-01-01T00:00:00"}, "invalid_request", "zone"),
        ({"not_before": "2036-01-01T00:00:00Z", "start_before": "2026-01-01T00:00:00Z"},
         "invalid_request", "start_before"),
        ({"nope": 1}, "invalid_request", "options.nope"),
    ],
)  # fmt: skip
async def test_options_that_do_not_fit_are_named(
    api: Api, *, options: dict[str, object], code: str, word: str
) -> None:
    plan = await api.plan()
    response = await asked(api, plan["plan_id"], options=options)
    assert (response.status_code, response.json()["error_code"]) == (400, code)
    assert word in response.text


async def test_options_are_kept_with_the_apply(api: Api) -> None:
    options = {"defer_cutover": True, "volume": 5, "not_before": "2036-01-01T01:00:00+01:00"}
    apply = await api.apply(options=options)
    progress = (await api.http.get(f"/api/progress/{apply['apply_id']}")).json()
    assert progress["options"]["defer_cutover"]
    assert progress["options"]["volume"] == 5
    assert progress["options"]["not_before"] == "2036-01-01T00:00:00Z"
    assert progress["queue"]["reason"] == "scheduled"


SOURCE = {"repository": "octo/shop", "pull_request": 7, "head_sha": "abc", "schema_path": "db"}


async def test_a_pull_requests_plan_goes_through_the_environments_in_order(api: Api) -> None:
    plan = await api.plan(environment="production", **SOURCE)
    response = await asked(api, plan["plan_id"], environment="production")
    assert (response.status_code, response.json()["error_code"]) == (409, "promotion_required")
    assert response.json()["details"] == {"environment": "staging"}
    api.terns[KEY] = ScriptedTern(plan=PlanResult(statements=()))
    assert not (await api.plan(**SOURCE))["has_changes"]
    assert (await asked(api, plan["plan_id"], environment="production")).status_code == 202


async def test_other_plans_need_no_promotion_unless_all_do(api: Api) -> None:
    plan = await api.plan(environment="production")
    assert (await asked(api, plan["plan_id"], environment="production")).status_code == 202


async def test_a_foreign_lock_refuses_and_ones_own_does_not(api: Api) -> None:
    lock = {"database": "shop", "type": "mysql", "lock_owner": "ann@laptop"}
    assert (await api.post("/api/locks/acquire", lock)).status_code == 200
    plan = await api.plan()
    response = await asked(api, plan["plan_id"], lock_owner="bob@laptop")
    assert (response.status_code, response.json()["error_code"]) == (409, "database_locked")
    assert response.json()["details"]["lock"]["owner"] == "cli:ann@laptop"
    assert (await asked(api, plan["plan_id"], lock_owner="ann@laptop")).status_code == 202


async def test_one_key_makes_one_apply_whatever_is_asked_again(api: Api) -> None:
    plan = await api.plan()
    body = {"plan_id": plan["plan_id"], "environment": "staging"}
    first = await api.post("/api/apply", body, **{"Idempotency-Key": "k1"})
    again = await api.post("/api/apply", body, **{"Idempotency-Key": "k1"})
    assert (again.status_code, again.json()) == (202, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert "Idempotency-Replayed" not in first.headers
    other = {**body, "release_lock": False}
    reused = await api.post("/api/apply", other, **{"Idempotency-Key": "k1"})
    assert (reused.status_code, reused.json()["error_code"]) == (409, "idempotency_key_reused")


async def test_a_refusal_leaves_its_key_free(api: Api) -> None:
    plan = await api.plan()
    blocking = await api.apply()
    body = {"plan_id": plan["plan_id"], "environment": "staging"}
    refused = await api.post("/api/apply", body, **{"Idempotency-Key": "k2"})
    assert refused.status_code == 409
    cancel = {"apply_id": blocking["apply_id"], "environment": "staging"}
    assert (await api.post("/api/cancel", cancel)).status_code == 202
    assert (await api.post("/api/apply", body, **{"Idempotency-Key": "k2"})).status_code == 202


async def test_an_outage_is_503_and_nothing_is_lost_when_it_is_over(
    api: Api, tmp_path: Path
) -> None:
    plan = await api.plan()
    apply = await api.apply()
    path = f"/api/progress/{apply['apply_id']}"
    with outage(api.storage, tmp_path):
        refused = await asked(api, plan["plan_id"])
        assert (refused.status_code, refused.json()["error_code"]) == (503, "storage_error")
        assert (await api.http.get(path)).status_code == 503
        assert (await api.http.get("/livez")).status_code == 200
    assert (await api.http.get(path)).json()["state"] == "pending"
    assert (await asked(api, plan["plan_id"])).json()["error_code"] == "active_apply_exists"
