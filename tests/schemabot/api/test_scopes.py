"""A grant covers some databases: the rest is refused by name and left out of lists (A-47)."""

from pathlib import Path
from typing import Any

import pytest

from schemabot.api.app import create_app
from tests.support.api_client import CONFIG, Api, prepared_api
from tests.support.event_stream import event_stream

ENDING = "token-of-enough-characters"
TOKENS = f"""
auth:
  tokens:
    - {{name: root, role: admin, token: root-{ENDING}}}
    - {{name: narrow, role: admin, token: narrow-{ENDING}, databases: [blog]}}
    - {{name: reader, role: read, token: reader-{ENDING}}}
    - {{name: late, role: apply, token: late-{ENDING}, environments: [production]}}
"""


@pytest.fixture
def guarded(tmp_path: Path) -> Api:
    return prepared_api(tmp_path, config=TOKENS + CONFIG)


def bearing(who: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {who}-{ENDING}"}


async def an_apply(api: Api) -> dict[str, Any]:
    """An apply on `shop/staging`, made by somebody who may."""
    api.http.headers.update(bearing("root"))
    return await api.apply()


@pytest.mark.parametrize("who", ["narrow", "late"])
async def test_what_is_out_of_scope_is_forbidden(guarded: Api, who: str) -> None:
    apply = await an_apply(guarded)
    paths = [
        f"/api/plans/{apply['plan_id']}",
        f"/api/progress/{apply['apply_id']}",
        f"/api/progress/{apply['apply_id']}/events",
        f"/api/logs/{apply['apply_id']}",
    ]
    for path in paths:
        response = await guarded.http.get(path, headers=bearing(who))
        assert (response.status_code, response.json()["error_code"]) == (403, "forbidden"), path
    writes = {
        "stop": {"apply_id": apply["apply_id"], "environment": "staging"},
        "apply": {"plan_id": apply["plan_id"], "environment": "staging"},
        "rollback/plan": {"apply_id": apply["apply_id"]},
    }
    for name, body in writes.items():
        response = await guarded.http.post(f"/api/{name}", json=body, headers=bearing(who))
        assert response.status_code == 403, name


async def test_what_is_out_of_scope_is_left_out_of_lists(guarded: Api) -> None:
    await an_apply(guarded)
    await guarded.post("/api/locks/acquire", {"database": "shop", "type": "mysql"})
    for path, key in (("plans", "plans"), ("status", "applies"), ("locks", "locks")):
        seen = (await guarded.http.get(f"/api/{path}", headers=bearing("narrow"))).json()
        assert seen[key] == [], path
        assert len((await guarded.http.get(f"/api/{path}")).json()[key]) == 1
    status = (await guarded.http.get("/api/status", headers=bearing("narrow"))).json()
    assert (status["active_count"], set(status["state_counts"].values())) == (0, {0})
    databases = (await guarded.http.get("/api/databases", headers=bearing("narrow"))).json()
    assert [database["database"] for database in databases["databases"]] == ["blog"]
    late = (await guarded.http.get("/api/databases", headers=bearing("late"))).json()
    environments = [e["name"] for d in late["databases"] for e in d["environments"]]
    assert set(environments) == {"production"}


async def test_a_stream_that_others_watch_is_no_way_in(guarded: Api) -> None:
    apply = await an_apply(guarded)
    app = create_app(guarded.parts)
    path = f"/api/progress/{apply['apply_id']}/events"
    async with event_stream(app, path, headers=bearing("root")) as watched:
        await watched.until("progress")
        async with event_stream(app, path, headers=bearing("narrow")) as refused:
            assert refused.status == 403


async def test_with_authentication_a_lock_is_the_identitys_whatever_is_claimed(
    guarded: Api,
) -> None:
    guarded.http.headers.update(bearing("root"))
    body = {"database": "blog", "type": "mariadb", "lock_owner": "somebody@else"}
    assert (await guarded.post("/api/locks/acquire", body)).json()["owner"] == "cli:root"


async def test_force_and_the_audit_are_for_admins(guarded: Api) -> None:
    late = bearing("late")
    body = {"database": "shop", "type": "mysql", "force": True}
    response = await guarded.http.post("/api/locks/release", json=body, headers=late)
    assert response.json()["details"] == {"needs_role": "admin"}
    response = await guarded.http.get("/api/audit", headers=bearing("reader"))
    assert response.json()["details"] == {"needs_role": "admin"}


async def test_urgency_is_for_admins(guarded: Api) -> None:
    guarded.http.headers.update(bearing("root"))
    plan = await guarded.plan(environment="production")
    body = {
        "plan_id": plan["plan_id"],
        "environment": "production",
        "options": {"priority": "urgent"},
    }
    response = await guarded.http.post("/api/apply", json=body, headers=bearing("late"))
    assert response.json()["details"] == {"needs_role": "admin"}
    assert (await guarded.post("/api/apply", body)).status_code == 202


async def test_the_caller_is_the_identity(guarded: Api) -> None:
    apply = await an_apply(guarded)
    progress = (await guarded.http.get(f"/api/progress/{apply['apply_id']}")).json()
    assert progress["caller"] == "root"
