import pytest

from tests.support.api_client import Api


async def cancel(api: Api, apply_id: str) -> None:
    body = {"apply_id": apply_id, "environment": "staging"}
    assert (await api.post("/api/cancel", body)).status_code == 202


async def three_applies(api: Api) -> list[str]:
    """Two cancelled ones and one that waits."""
    ids = []
    for _ in range(3):
        ids.append((await api.apply())["apply_id"])
        if len(ids) < 3:
            await cancel(api, ids[-1])
    return ids


async def test_status_counts_and_lists_newest_first(api: Api) -> None:
    ids = await three_applies(api)
    status = (await api.http.get("/api/status")).json()
    assert [apply["apply_id"] for apply in status["applies"]] == ids[::-1]
    assert (status["active_count"], status["state_counts"]["cancelled"]) == (1, 2)
    assert status["state_counts"]["completed"] == 0
    assert status["applies"][0]["tasks_total"] == 1


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("active=true", 1),
        ("active=false", 2),
        ("state=pending&state=cancelled", 3),
        ("state=cancelled", 2),
        ("failed=true", 0),
        ("failed=false", 3),
        ("database=shop&environment=staging", 3),
        ("database=SHOP", 3),
        ("environment=production", 0),
        ("caller=local", 3),
        ("caller=ann", 0),
        ("since=2020-01-01T00:00:00Z", 3),
        ("since=2036-01-01T00:00:00Z", 0),
    ],
)
async def test_status_filters_are_joined(api: Api, query: str, count: int) -> None:
    await three_applies(api)
    status = (await api.http.get(f"/api/status?{query}")).json()
    assert len(status["applies"]) == count


@pytest.mark.parametrize(
    "query",
    [
        "state=nope",
        "active=1",
        "active=true&active=true",
        "since=now",
        "state=failed&failed=false",
    ],
)
async def test_a_bad_filter_is_refused(api: Api, query: str) -> None:
    response = await api.http.get(f"/api/status?{query}")
    assert (response.status_code, response.json()["error_code"]) == (400, "invalid_request")


async def test_history_is_one_databases(api: Api) -> None:
    ids = await three_applies(api)
    history = (await api.http.get("/api/history/shop?limit=2")).json()
    assert [apply["apply_id"] for apply in history["applies"]] == ids[:0:-1]
    assert history["has_more"]
    assert history["applies"][0]["ddl"] == ["ALTER TABLE `users` ADD COLUMN `age` int"]
    assert history["applies"][0]["plan_id"].startswith("plan-")
    assert (await api.http.get("/api/history/blog")).json()["applies"] == []


async def test_logs_go_on_behind_the_last_line(api: Api) -> None:
    apply_id = (await api.apply())["apply_id"]
    first = (await api.http.get(f"/api/logs/{apply_id}")).json()
    assert first["logs"]
    assert first["last_id"] == first["logs"][-1]["id"]
    path = f"/api/logs/{apply_id}?after_id={first['last_id']}"
    none = (await api.http.get(path)).json()
    assert (none["logs"], none["last_id"]) == ([], first["last_id"])
    await cancel(api, apply_id)
    more = (await api.http.get(path)).json()
    assert more["logs"]
    assert more["logs"][0]["id"] > first["last_id"]
    assert {"id", "at", "level", "event", "source", "task_id", "message", "old_state", "new_state",
            "fields"} == more["logs"][0].keys()  # fmt: skip


async def test_logs_of_nothing_are_404(api: Api) -> None:
    response = await api.http.get("/api/logs/apply-0123456789abcdef")
    assert (response.status_code, response.json()["error_code"]) == (404, "apply_not_found")
