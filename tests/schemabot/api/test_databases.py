from tern.values.run import Health
from tests.support.api_client import Api
from tests.support.scripted_tern import ScriptedTern


class StartingTern(ScriptedTern):
    async def health(self) -> Health:
        return Health(status="starting", version="1")


async def test_databases_show_their_environments_in_order(api: Api) -> None:
    databases = (await api.http.get("/api/databases")).json()["databases"]
    assert [database["database"] for database in databases] == ["blog", "shop"]
    staging, production = databases[1]["environments"]
    assert staging == {
        "name": "staging",
        "order": 1,
        "route": "local",
        "deployment": "default",
        "healthy": None,
        "active_apply_id": None,
        "locked_by": None,
    }
    assert (production["name"], production["order"]) == ("production", 2)


async def test_an_environment_names_its_active_apply_and_its_lock(api: Api) -> None:
    apply = await api.apply()
    lock = {"database": "shop", "type": "mysql", "lock_owner": "local"}
    await api.post("/api/locks/acquire", lock)
    shop = (await api.http.get("/api/databases/SHOP/environments")).json()
    assert shop["environments"][0]["active_apply_id"] == apply["apply_id"]
    assert shop["environments"][1]["active_apply_id"] is None
    assert shop["environments"][1]["locked_by"] == "cli:local"


async def test_an_unknown_database_is_404_with_the_known_ones(api: Api) -> None:
    response = await api.http.get("/api/databases/nope/environments")
    assert (response.status_code, response.json()["error_code"]) == (404, "database_not_found")
    assert response.json()["details"] == {"known": ["blog", "shop"]}


async def test_a_route_tells_its_health(api: Api) -> None:
    path = "/api/databases/shop/environments/staging/health"
    assert (await api.http.get(path)).json()["status"] == "ok"
    api.terns["mysql/shop/staging"] = StartingTern()
    response = await api.http.get(path)
    assert (response.status_code, response.json()["error_code"]) == (503, "engine_unavailable")


async def test_a_lock_is_taken_shown_and_released_by_its_owner(api: Api) -> None:
    body = {"database": "shop", "type": "mysql", "lock_owner": "ann@laptop"}
    taken = await api.post("/api/locks/acquire", {**body, "reason": "release day"})
    assert taken.status_code == 200
    assert taken.json()["reason"] == "release day"
    assert (await api.post("/api/locks/acquire", body)).json() == taken.json()
    assert (await api.http.get("/api/locks/shop/mysql")).json() == taken.json()
    assert (await api.http.get("/api/locks?database=SHOP")).json() == {"locks": [taken.json()]}
    assert (await api.http.get("/api/locks?database=blog")).json() == {"locks": []}
    assert (await api.post("/api/locks/release", body)).json() == taken.json()
    response = await api.http.get("/api/locks/shop/mysql")
    assert (response.status_code, response.json()["error_code"]) == (404, "lock_not_found")


async def test_somebody_elses_lock_is_refused_and_an_admin_may_force(api: Api) -> None:
    body = {"database": "shop", "type": "mysql", "lock_owner": "ann@laptop"}
    await api.post("/api/locks/acquire", body)
    other = {**body, "lock_owner": "bob@laptop"}
    response = await api.post("/api/locks/acquire", other)
    assert (response.status_code, response.json()["error_code"]) == (409, "database_locked")
    response = await api.post("/api/locks/release", other)
    assert (response.status_code, response.json()["error_code"]) == (403, "lock_not_owned")
    assert (await api.post("/api/locks/release", {**other, "force": True})).status_code == 200


async def test_a_lock_is_of_the_configured_type(api: Api) -> None:
    response = await api.post("/api/locks/acquire", {"database": "shop", "type": "mariadb"})
    assert (response.status_code, response.json()["error_code"]) == (400, "invalid_request")
    assert (await api.http.get("/api/locks/shop/oracle")).status_code == 400


async def test_readiness_is_well_over_a_live_storage(api: Api) -> None:
    for path in ("/readyz", "/health"):
        response = await api.http.get(path)
        assert response.status_code == 200
        assert response.json() == {
            "status": "ok",
            "version": "test",
            "components": {"storage": "ok"},
        }
