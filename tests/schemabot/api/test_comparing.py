from pathlib import Path

import pytest

from schemabot.domain.apply import Lane
from schemabot.domain.worker import WorkerReport
from tern.errors import ServerUnavailable
from tern.values.plan import PlanRequest, PlanResult, Problem, PulledSchema
from tests.support.api_client import FILES, Api
from tests.support.driven_api import Driven, driven_api, driving
from tests.support.planned import planned
from tests.support.scripted_tern import ScriptedTern

KEY = "mysql/shop/staging"
TARGET = {"database": "shop", "environment": "staging"}


class DownTern(ScriptedTern):
    async def plan(self, request: PlanRequest) -> PlanResult:  # noqa: ARG002 (the port's)
        raise ServerUnavailable(place="db:3306", reason="refused")


@pytest.mark.parametrize(
    ("result", "word"),
    [
        (planned(), "drifted"),
        (PlanResult(statements=()), "in_sync"),
        (PlanResult(statements=(), problems=(Problem(code="x", message="bad"),)), "unknown"),
    ],
)
async def test_given_files_are_compared_with_the_live_schema(
    api: Api, result: PlanResult, word: str
) -> None:
    api.terns[KEY] = ScriptedTern(plan=result)
    drift = (await api.post("/api/drift", {**TARGET, "files": FILES})).json()
    assert drift["result"] == word
    assert drift["baseline_apply_id"] is None
    assert len(drift["statements"]) == len(result.statements)
    assert drift["as_of"].endswith("Z")


async def test_an_error_is_never_in_sync(api: Api) -> None:
    api.terns[KEY] = DownTern()
    drift = (await api.post("/api/drift", {**TARGET, "files": FILES})).json()
    assert drift["result"] == "unknown"
    assert "cannot be reached" in drift["error"]


async def test_without_files_and_applies_nothing_is_known(api: Api) -> None:
    drift = (await api.post("/api/drift", TARGET)).json()
    assert (drift["result"], drift["baseline_apply_id"]) == ("unknown", None)
    assert "nothing was applied" in drift["error"]


async def test_without_files_those_applied_last_are_compared(tmp_path_driven: Driven) -> None:
    driven, tern = tmp_path_driven, ScriptedTern()
    async with driving(driven, tern):
        apply_id = (await driven.api.apply())["apply_id"]
        await driven.until_in(apply_id, "completed")
        tern.planned = PlanResult(statements=())
        drift = (await driven.api.post("/api/drift", TARGET)).json()
    assert (drift["result"], drift["baseline_apply_id"]) == ("in_sync", apply_id)
    assert tern.plan_requests[-1].desired.files == FILES


@pytest.fixture
def tmp_path_driven(tmp_path: Path) -> Driven:
    return driven_api(tmp_path)


async def test_pull_gives_the_live_schema_as_files(api: Api) -> None:
    tern = ScriptedTern()
    tern.pulled = PulledSchema(tables={"shop": {"users": "CREATE TABLE `users` (`id` int)"}})
    api.terns[KEY] = tern
    pulled = (await api.post("/api/pull", TARGET)).json()
    assert pulled == {
        "files": {"shop": {"users.sql": "CREATE TABLE `users` (`id` int)"}},
        "findings": [],
    }


async def test_workers_are_shown_with_what_they_drive(api: Api) -> None:
    report = WorkerReport(
        worker_id="h/1/a", host="h", pid=1, version="1", kind=Lane.LOCAL, slots=4, busy=1
    )
    await api.threads.run(api.storage.workers.beat, report)
    (worker,) = (await api.http.get("/api/workers")).json()["workers"]
    assert (worker["worker_id"], worker["state"], worker["busy"]) == ("h/1/a", "live", 1)
    assert (worker["scopes"], worker["applies"]) == (["*/*"], [])


async def test_every_accepted_write_is_audited_with_its_caller(api: Api) -> None:
    apply = await api.apply()
    await api.post("/api/stop", {"apply_id": apply["apply_id"], "environment": "staging"})
    audit = (await api.http.get("/api/audit")).json()
    assert [entry["action"] for entry in audit["entries"]] == ["stop", "apply", "plan"]
    newest = audit["entries"][0]
    assert (newest["subject"], newest["method"], newest["outcome"]) == (
        "local", "loopback", "accepted",
    )  # fmt: skip
    assert newest["objects"] == {"apply_id": apply["apply_id"]}
    assert newest["address"] == "127.0.0.1"
    assert newest["request_id"]
    only = (await api.http.get("/api/audit?action=plan&limit=1")).json()
    assert [entry["action"] for entry in only["entries"]] == ["plan"]


async def test_a_refusal_is_audited_too(api: Api) -> None:
    await api.http.post("/api/plan", json={}, headers={"Origin": "http://evil.example"})
    (entry,) = (await api.http.get("/api/audit")).json()["entries"]
    assert (entry["action"], entry["outcome"]) == ("POST /api/plan", "forbidden")
