from dataclasses import replace
from pathlib import Path

import pytest

from tern.values.plan import OriginalTable, PulledSchema
from tests.support.api_client import CONFIG, Api
from tests.support.driven_api import Driven, driven_api, driving
from tests.support.planned import alter, planned
from tests.support.scripted_tern import ScriptedTern

BEFORE = "CREATE TABLE `users` (`id` int)"
AFTER = "CREATE TABLE `users` (`id` int, `age` int)"
OTHER = "CREATE TABLE `other` (`id` int)"


@pytest.fixture
def driven(tmp_path: Path) -> Driven:
    return driven_api(tmp_path)


def tern_after_the_apply() -> ScriptedTern:
    tern = ScriptedTern()
    tern.pulled = PulledSchema(tables={"shop": {"users": AFTER, "other": OTHER}})
    return tern


WITH_ORIGINALS = replace(
    planned(alter()),
    originals=(OriginalTable(namespace="shop", table="users", text=BEFORE),),
)


async def completed(driven: Driven) -> str:
    apply_id = str((await driven.api.apply())["apply_id"])
    await driven.until_in(apply_id, "completed")
    return apply_id


async def test_a_rollback_wants_the_changed_tables_as_they_were_and_no_others(
    driven: Driven,
) -> None:
    tern = tern_after_the_apply()
    async with driving(driven, tern, plan=WITH_ORIGINALS):
        apply_id = await completed(driven)
        response = await driven.api.post("/api/rollback/plan", {"apply_id": apply_id})
    assert response.status_code == 200, response.text
    assert apply_id in response.json()["warnings"][0]
    assert tern.plan_requests[-1].desired.files == {
        "shop": {"users.sql": BEFORE, "other.sql": OTHER}
    }


async def test_a_rollback_over_a_later_change_is_unsafe(driven: Driven) -> None:
    async with driving(driven, tern_after_the_apply(), plan=WITH_ORIGINALS):
        first = await completed(driven)
        second = await completed(driven)
        plan = (await driven.api.post("/api/rollback/plan", {"apply_id": first})).json()
        latest = (await driven.api.post("/api/rollback/plan", {"apply_id": second})).json()
    assert plan["is_unsafe"]
    assert plan["findings"][0]["rule"] == "rollback_overwrites"
    assert second in plan["findings"][0]["message"]
    assert not latest["is_unsafe"]


@pytest.fixture
def lax(tmp_path: Path) -> Driven:
    """A service whose configuration lowers the rule."""
    lint = "lint: {rules: {rollback_overwrites: warning}}\n"
    return driven_api(tmp_path, config=f"{CONFIG}{lint}")


async def test_a_rollback_over_a_later_change_weighs_what_the_servers_file_says(
    lax: Driven,
) -> None:
    """P-43."""
    async with driving(lax, tern_after_the_apply(), plan=WITH_ORIGINALS):
        first = await completed(lax)
        await completed(lax)
        plan = (await lax.api.post("/api/rollback/plan", {"apply_id": first})).json()
    assert [each["severity"] for each in plan["findings"]] == ["warning"]
    assert not plan["is_unsafe"]


async def test_what_changed_nothing_has_no_rollback(api: Api) -> None:
    apply_id = (await api.apply())["apply_id"]
    response = await api.post("/api/rollback/plan", {"apply_id": apply_id})
    assert (response.status_code, response.json()["error_code"]) == (409, "rollback_unavailable")
    response = await api.post("/api/rollback/plan", {"apply_id": "apply-0123456789abcdef"})
    assert (response.status_code, response.json()["error_code"]) == (404, "apply_not_found")


async def test_without_originals_there_is_no_rollback(driven: Driven) -> None:
    async with driving(driven, tern_after_the_apply()):
        apply_id = await completed(driven)
        response = await driven.api.post("/api/rollback/plan", {"apply_id": apply_id})
    assert response.json()["details"] == {"reason": "the original of users was not kept"}


async def test_the_history_names_what_an_apply_took_back(driven: Driven) -> None:
    """P-50, A-37."""
    async with driving(driven, tern_after_the_apply(), plan=WITH_ORIGINALS):
        first = await completed(driven)
        plan = (await driven.api.post("/api/rollback/plan", {"apply_id": first})).json()
        body = {"plan_id": plan["plan_id"], "environment": "staging"}
        second = (await driven.api.post("/api/apply", body)).json()["apply_id"]
        await driven.until_in(second, "completed")
        history = (await driven.api.http.get("/api/history/shop")).json()
    undone = {each["apply_id"]: each["rollback_of"] for each in history["applies"]}
    assert undone == {first: None, second: first}
