"""What every request meets before a use case, over a storage that is not there."""

from pathlib import Path

import httpx
import pytest

from schemabot.offload import Offload
from schemabot.storage.database import Database
from schemabot.storage.storage import Storage
from schemabot.storage.upgrade import upgrade
from tests.support.api_client import CONFIG, Api, settings_of, surface_over

TOKEN = "a-token-of-enough-characters"


def without_storage(tmp_path: Path, config: str = CONFIG) -> Api:
    database = Database(f"sqlite:///{tmp_path}/absent/schemabot.db")
    return surface_over(Storage(database), settings_of(tmp_path, config))


@pytest.fixture
def http(tmp_path: Path) -> httpx.AsyncClient:
    return without_storage(tmp_path).http


@pytest.fixture
def named(tmp_path: Path) -> httpx.AsyncClient:
    config = "server: {public_url: 'https://bot.example', allowed_hosts: [also.example]}\n"
    return without_storage(tmp_path, config).http


async def test_liveness_needs_no_storage(http: httpx.AsyncClient) -> None:
    response = await http.get("/livez")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


async def test_readiness_fails_without_storage(http: httpx.AsyncClient) -> None:
    response = await http.get("/readyz")
    assert response.status_code == 503
    assert response.json()["error_code"] == "storage_error"
    assert response.json()["components"]["storage"] != "ok"


async def test_it_heals_by_itself_when_storage_is_back(
    http: httpx.AsyncClient, tmp_path: Path
) -> None:
    assert (await http.get("/api/status")).status_code == 503

    def come_back() -> None:
        (tmp_path / "absent").mkdir()
        upgrade(Database(f"sqlite:///{tmp_path}/absent/schemabot.db"))

    await Offload("test", limit=1).run(come_back)
    assert (await http.get("/api/status")).status_code == 200
    assert (await http.get("/readyz")).status_code == 200


async def test_every_answer_has_an_id_and_is_neither_kept_nor_guessed(
    http: httpx.AsyncClient,
) -> None:
    for path in ("/livez", "/nowhere", "/api/status"):
        headers = (await http.get(path)).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert len(headers["X-Request-Id"]) == 32


async def test_a_fitting_request_id_is_echoed_and_another_replaced(
    http: httpx.AsyncClient,
) -> None:
    given_id = "abcdef-0123456789"
    response = await http.get("/livez", headers={"X-Request-Id": given_id})
    assert response.headers["X-Request-Id"] == given_id
    response = await http.get("/livez", headers={"X-Request-Id": "a b"})
    assert response.headers["X-Request-Id"] != "a b"


async def test_an_unknown_path_is_an_error_document(http: httpx.AsyncClient) -> None:
    response = await http.get("/api/nothing")
    assert (response.status_code, response.json()["error_code"]) == (404, "not_found")


async def test_a_wrong_method_names_the_right_ones(http: httpx.AsyncClient) -> None:
    response = await http.get("/api/apply")
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    assert response.json()["error_code"] == "method_not_allowed"


async def test_a_preflight_is_refused_and_no_cors_header_is_sent(http: httpx.AsyncClient) -> None:
    response = await http.options("/api/apply", headers={"Origin": "http://evil.example"})
    assert response.status_code == 405
    assert not [name for name in response.headers if name.startswith("access-control")]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "a]b", "", "10.0.0.1"])
async def test_another_hosts_name_is_misdirected(http: httpx.AsyncClient, host: str) -> None:
    response = await http.get("/api/status", headers={"Host": host})
    assert (response.status_code, response.json()["error_code"]) == (421, "misdirected_request")


@pytest.mark.parametrize("host", ["localhost:1", "[::1]:13370", "bot.example", "also.example:443"])
async def test_own_names_are_answered(named: httpx.AsyncClient, host: str) -> None:
    response = await named.get("/api/databases", headers={"Host": host})
    assert response.status_code == 200


async def test_a_write_from_another_sites_page_is_forbidden(http: httpx.AsyncClient) -> None:
    for origin in ("http://evil.example", "null", "http://127.0.0.1:3000"):
        response = await http.post("/api/plan", json={}, headers={"Origin": origin})
        assert (response.status_code, response.json()["error_code"]) == (403, "forbidden")
    own = {"Origin": "http://127.0.0.1:13370"}
    assert (await http.post("/api/plan", json={}, headers=own)).status_code == 400


READS = [
    "/api/status",
    "/api/plans",
    "/api/locks",
    "/api/history/shop",
    "/api/databases/shop/environments",
    "/api/progress/apply-0123456789abcdef",
    "/api/progress/apply-0123456789abcdef/events",
    "/api/logs/apply-0123456789abcdef",
    "/api/plans/plan-0123456789abcdef",
    "/api/locks/shop/mysql",
]


@pytest.mark.parametrize("path", READS)
async def test_lost_storage_is_503_in_every_read(http: httpx.AsyncClient, path: str) -> None:
    response = await http.get(path)
    assert (response.status_code, response.json()["error_code"]) == (503, "storage_error")
    assert int(response.headers["Retry-After"]) > 0


async def test_lost_storage_is_503_in_every_write(http: httpx.AsyncClient) -> None:
    files = {"shop": {"a.sql": "CREATE TABLE a (id int)"}}
    target = {"database": "shop", "environment": "staging", "type": "mysql"}
    apply = {"apply_id": "apply-0123456789abcdef", "environment": "staging"}
    lock = {"database": "shop", "type": "mysql"}
    writes: dict[str, dict[str, object]] = {
        "plan": {**target, "files": files},
        "apply": {"plan_id": "plan-0123456789abcdef", "environment": "staging"},
        "volume": {**apply, "volume": 3},
        "locks/acquire": {**lock},
        "locks/release": {**lock},
        **{name: {**apply} for name in ("stop", "start", "cancel", "cutover")},
    }
    for name, body in writes.items():
        response = await http.post(f"/api/{name}", json=body)
        assert (response.status_code, response.json()["error_code"]) == (503, "storage_error"), name


@pytest.fixture
def guarded(tmp_path: Path) -> httpx.AsyncClient:
    roles = ("read", "plan", "apply", "admin")
    tokens = [f"{{name: {role}, role: {role}, token: '{role}-{TOKEN}'}}" for role in roles]
    scoped = f"{{name: narrow, role: admin, token: 'narrow-{TOKEN}', databases: [blog]}}"
    config = f"auth: {{tokens: [{', '.join([*tokens, scoped])}]}}\n{CONFIG}"
    return without_storage(tmp_path, config).http


def bearing(who: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {who}-{TOKEN}"}


async def test_with_tokens_nobody_is_anonymous_but_to_probes(guarded: httpx.AsyncClient) -> None:
    response = await guarded.get("/api/databases")
    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert response.json()["error_code"] == "unauthenticated"
    assert (await guarded.get("/livez")).status_code == 200
    wrong = {"Authorization": f"Bearer {TOKEN}"}
    assert (await guarded.get("/api/databases", headers=wrong)).status_code == 401


@pytest.mark.parametrize(
    ("path", "least"),
    [("apply", "apply"), ("plan", "plan"), ("stop", "apply"), ("locks/acquire", "apply")],
)
async def test_a_role_below_the_routes_is_forbidden(
    guarded: httpx.AsyncClient, path: str, least: str
) -> None:
    bodies: dict[str, dict[str, object]] = {
        "apply": {"plan_id": "plan-0123456789abcdef", "environment": "staging"},
        "plan": {"database": "shop", "environment": "staging", "type": "mysql", "files": {}},
        "stop": {"apply_id": "apply-0123456789abcdef", "environment": "staging"},
        "locks/acquire": {"database": "shop", "type": "mysql"},
    }
    response = await guarded.post(f"/api/{path}", json=bodies[path], headers=bearing("read"))
    assert response.status_code == 403
    assert response.json()["details"] == {"needs_role": least}
    # with the role the request goes on to the storage, which isn't there
    response = await guarded.post(f"/api/{path}", json=bodies[path], headers=bearing(least))
    assert response.status_code == 503


async def test_lists_leave_out_what_is_out_of_scope(guarded: httpx.AsyncClient) -> None:
    response = await guarded.get("/api/databases/shop/environments", headers=bearing("narrow"))
    assert response.status_code == 403
    body = {"database": "nope", "environment": "x", "type": "mysql", "files": {}}
    response = await guarded.post("/api/plan", json=body, headers=bearing("narrow"))
    assert response.json()["details"] == {"known": ["blog"]}
