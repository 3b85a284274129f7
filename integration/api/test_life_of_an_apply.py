"""From files to the live table and back, over HTTP, on real servers."""

import json
from typing import Any

import anyio
import httpx

from integration.api.service import Client, Service

USERS = "CREATE TABLE users (id bigint unsigned NOT NULL PRIMARY KEY, name varchar(50) NOT NULL);\n"
OLDER = USERS.replace("name", "age int NULL, name")
LOGS = "CREATE TABLE logs (id bigint unsigned NOT NULL PRIMARY KEY);\n"


def columns(service: Service, table: str) -> list[str]:
    sql = (
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_schema = %s AND table_name = %s ORDER BY ordinal_position"
    )
    return [str(name) for (name,) in service.target.query(sql, service.target.name, table)]


async def test_files_become_tables_and_then_there_is_nothing_to_do(service: Service) -> None:
    async with service.running() as client:
        ended = await client.completed({"users.sql": USERS, "logs.sql": LOGS})
        assert [task["state"] for task in ended["tasks"]] == ["completed", "completed"]
        again = await client.plan({"users.sql": USERS, "logs.sql": LOGS})
        refused = await client.apply(again)
    assert not again["has_changes"]
    assert refused.json()["error_code"] == "no_changes"
    assert columns(service, "users") == ["id", "name"]


async def test_a_column_is_added_and_the_rollback_takes_it_away(service: Service) -> None:
    async with service.running() as client:
        await client.completed({"users.sql": USERS})
        changed = await client.completed({"users.sql": OLDER})
        rollback = await client.http.post(
            "/api/rollback/plan", json={"apply_id": changed["apply_id"]}
        )
        assert rollback.status_code == 200, rollback.text
        without_consent = await client.apply(rollback.json())
        accepted = await client.apply(rollback.json(), allow_unsafe=True)
        assert accepted.status_code == 202, accepted.text
        ended = await client.until_ended(accepted.json()["apply_id"])
    assert without_consent.json()["error_code"] == "unsafe_not_allowed"
    assert ended["state"] == "completed", ended
    assert columns(service, "users") == ["id", "name"]


async def test_of_rivals_on_one_target_one_gets_in(service: Service) -> None:
    answers: list[httpx.Response] = []
    async with service.running() as client:
        plans = [await client.plan({"users.sql": USERS}) for _ in range(4)]

        async def ask(plan: dict[str, Any]) -> None:
            answers.append(await client.apply(plan))

        async with anyio.create_task_group() as group:
            for plan in plans:
                group.start_soon(ask, plan)
        (won,) = [answer.json() for answer in answers if answer.status_code == 202]
        for answer in answers:
            if answer.status_code != 202:
                assert answer.json()["error_code"] == "active_apply_exists"
                assert answer.json()["details"]["apply_id"] == won["apply_id"]
        await client.until_ended(won["apply_id"])


async def test_one_key_is_one_apply_though_many_ask(service: Service) -> None:
    ids: list[str] = []
    async with service.running() as client:
        plan = await client.plan({"users.sql": USERS})
        body = {"plan_id": plan["plan_id"], "environment": "staging"}

        async def ask() -> None:
            answer = await client.http.post(
                "/api/apply", json=body, headers={"Idempotency-Key": "rivals"}
            )
            assert answer.status_code == 202, answer.text
            ids.append(answer.json()["apply_id"])

        async with anyio.create_task_group() as group:
            for _ in range(6):
                group.start_soon(ask)
        await client.until_ended(ids[0])
    assert len(ids) == 6
    assert len(set(ids)) == 1


async def streamed(client: Client, apply_id: str) -> list[tuple[str, Any]]:
    """Every event of a stream, to its end."""
    events: list[tuple[str, Any]] = []
    path = f"/api/progress/{apply_id}/events?logs=true"
    async with client.http.stream("GET", path) as response:
        kind = ""
        async for line in response.aiter_lines():
            name, _, rest = line.partition(": ")
            if name == "event":
                kind = rest
            elif name == "data":
                events.append((kind, json.loads(rest)))
    return events


async def test_a_stream_over_a_socket_ends_with_the_apply(service: Service) -> None:
    async with service.running() as client:
        accepted = await client.apply(await client.plan({"users.sql": USERS}))
        events = await streamed(client, accepted.json()["apply_id"])
    kinds = [kind for kind, _ in events]
    assert kinds[0] == "progress"
    assert events[-1] == ("end", {"state": "completed"})
    assert "log" in kinds


async def test_a_change_by_hand_is_drift_and_pull_shows_it(service: Service) -> None:
    target = {"database": "shop", "environment": "staging"}
    async with service.running() as client:
        await client.completed({"users.sql": USERS})
        in_sync = (await client.http.post("/api/drift", json=target)).json()
        service.target.query("ALTER TABLE users ADD COLUMN by_hand int")
        drifted = (await client.http.post("/api/drift", json=target)).json()
        pulled = (await client.http.post("/api/pull", json=target)).json()
    assert in_sync["result"] == "in_sync", in_sync
    assert drifted["result"] == "drifted"
    assert "by_hand" in drifted["statements"][0]["ddl"]
    assert "by_hand" in pulled["files"]["shop"]["users.sql"]


WRONG = "CREATE TABLE users (\n  id bigint,\n  name vrchar(5)\n);\n"


async def test_files_that_are_wrong_have_their_places(service: Service) -> None:
    async with service.running() as client:
        plan = await client.plan({"users.sql": WRONG})
        refused = await client.apply(plan)
    (error,) = plan["errors"]
    assert (error["file"], error["line"]) == ("users.sql", 3)
    assert refused.json()["error_code"] == "plan_has_errors"
