from datetime import UTC, datetime

import pytest

from tests.support.api_client import Api
from tests.support.stored import set_row

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

ANSWER_FIELDS = {
    "apply_id", "operation", "request_id", "state", "previous_volume", "new_volume", "status",
}  # fmt: skip


async def asked(
    api: Api, operation: str, apply_id: str, **more: object
) -> tuple[int, dict[str, object]]:
    body = {"apply_id": apply_id, "environment": "staging", **more}
    response = await api.post(f"/api/{operation}", body)
    return response.status_code, dict(response.json())


async def test_a_pending_apply_is_stopped_started_and_cancelled_by_rows_alone(api: Api) -> None:
    apply_id = (await api.apply())["apply_id"]
    status, answer = await asked(api, "stop", apply_id)
    assert (status, answer["state"]) == (202, "stopped")
    assert answer.keys() >= ANSWER_FIELDS
    status, answer = await asked(api, "start", apply_id)
    assert status == 202
    status, answer = await asked(api, "cancel", apply_id)
    assert status == 202


async def test_a_volume_is_kept_and_the_previous_one_told(api: Api) -> None:
    apply_id = (await api.apply(options={"volume": 3}))["apply_id"]
    status, answer = await asked(api, "volume", apply_id, volume=7)
    assert status == 202
    assert (answer["previous_volume"], answer["new_volume"]) == (3, 7)


@pytest.mark.parametrize("volume", [0, 12, "3", None, 2.0])
async def test_a_volume_out_of_range_is_refused(api: Api, volume: object) -> None:
    apply_id = (await api.apply())["apply_id"]
    status, answer = await asked(api, "volume", apply_id, volume=volume)
    assert (status, answer["error_code"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("operation", "more", "needed"),
    [
        ("start", {}, "by itself"),
        ("cutover", {}, "waiting_for_cutover"),
        ("cutover", {"take_back": True}, "after it was ordered"),
    ],
)
async def test_each_refusal_has_the_state_and_the_next_step_and_stores_nothing(
    api: Api, *, operation: str, more: dict[str, object], needed: str
) -> None:
    """Q-47, A-22."""
    apply_id = (await api.apply())["apply_id"]
    status, answer = await asked(api, operation, apply_id, **more)
    assert (status, answer["error_code"]) == (409, "invalid_state")
    assert answer["details"] == {"state": "pending"}
    assert needed in str(answer["next_action"])
    progress = (await api.http.get(f"/api/progress/{apply_id}")).json()
    assert progress["control_requests"] == []


@pytest.mark.parametrize("operation", ["start", "cutover", "volume", "stop"])
async def test_a_pending_cancel_wins_over_everything(api: Api, operation: str) -> None:
    """Q-48."""
    apply_id = (await api.apply())["apply_id"]
    await api.threads.run(set_row, api.storage, apply_id, state="running", started_at=LONG_AGO)
    assert (await asked(api, "cancel", apply_id))[0] == 202
    more = {"volume": 7} if operation == "volume" else {}
    status, answer = await asked(api, operation, apply_id, **more)
    assert (status, answer["error_code"]) == (409, "stop_pending")
    assert answer["next_action"]


@pytest.mark.parametrize("operation", ["revert", "skip-revert"])
async def test_what_the_engine_never_supports_is_400(api: Api, operation: str) -> None:
    apply_id = (await api.apply())["apply_id"]
    status, answer = await asked(api, operation, apply_id)
    assert (status, answer["error_code"]) == (400, "operation_unsupported")


async def test_an_ended_apply_takes_no_requests(api: Api) -> None:
    apply_id = (await api.apply())["apply_id"]
    await asked(api, "cancel", apply_id)
    status, answer = await asked(api, "stop", apply_id)
    assert (status, answer["error_code"]) == (409, "apply_terminal")


async def test_the_environment_is_a_guard(api: Api) -> None:
    apply_id = (await api.apply())["apply_id"]
    response = await api.post("/api/stop", {"apply_id": apply_id, "environment": "production"})
    assert (response.status_code, response.json()["error_code"]) == (400, "environment_mismatch")


async def test_an_unknown_apply_is_404_and_a_malformed_id_400(api: Api) -> None:
    status, answer = await asked(api, "stop", "apply-0123456789abcdef")
    assert (status, answer["error_code"]) == (404, "apply_not_found")
    status, answer = await asked(api, "stop", "apply-1")
    assert (status, answer["error_code"]) == (400, "invalid_request")


async def test_requests_are_shown_in_progress(api: Api) -> None:
    apply_id = (await api.apply())["apply_id"]
    await asked(api, "volume", apply_id, volume=7)
    progress = (await api.http.get(f"/api/progress/{apply_id}")).json()
    (request,) = progress["control_requests"]
    assert (request["operation"], request["requested_by"]) == ("volume", "local")
    assert request["status"] in {"pending", "completed"}


async def test_a_key_makes_one_request(api: Api) -> None:
    apply_id = (await api.apply())["apply_id"]
    body = {"apply_id": apply_id, "environment": "staging"}
    first = await api.post("/api/stop", body, **{"Idempotency-Key": "s"})
    again = await api.post("/api/stop", body, **{"Idempotency-Key": "s"})
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
