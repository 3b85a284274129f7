"""The surface over a process that drives what it accepts, at once or with the next poll (Q-35)."""

from pathlib import Path

import anyio
import pytest

from tern.errors import ServerUnavailable
from tests.support.driven_api import Driven, driven_api, driving
from tests.support.scripted_tern import ScriptedTern
from tests.support.scripts import copies, fails_for_now, waits_for_cutover


@pytest.fixture(params=[True, False], ids=["optimistic", "queued"])
def is_optimistic(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def driven(tmp_path: Path, *, is_optimistic: bool) -> Driven:
    return driven_api(tmp_path, is_optimistic=is_optimistic)


async def test_an_accepted_apply_runs_to_its_end(driven: Driven, *, is_optimistic: bool) -> None:
    async with driving(driven, ScriptedTern()):
        accepted = await driven.api.apply()
        assert accepted["status"] == ("started" if is_optimistic else "queued")
        done = await driven.until_in(accepted["apply_id"], "completed")
    assert (done["terminal"], done["percent"], done["queue"]) == (True, 100.0, None)
    assert done["operations"][0]["lease_epoch"] == 1


async def test_a_key_that_comes_again_starts_nothing(driven: Driven) -> None:
    tern = ScriptedTern()
    async with driving(driven, tern):
        plan = await driven.api.plan()
        body = {"plan_id": plan["plan_id"], "environment": "staging"}
        answers = [
            await driven.api.post("/api/apply", body, **{"Idempotency-Key": "once"})
            for _ in range(3)
        ]
        await driven.until_in(answers[0].json()["apply_id"], "completed")
    assert {answer.json()["apply_id"] for answer in answers} == {answers[0].json()["apply_id"]}
    assert len(tern.runs) == 1


async def test_a_client_that_leaves_before_its_answer_gets_it_later(driven: Driven) -> None:
    tern = ScriptedTern()
    async with driving(driven, tern):
        plan = await driven.api.plan()
        body = {"plan_id": plan["plan_id"], "environment": "staging"}
        with anyio.move_on_after(0.001):
            await driven.api.post("/api/apply", body, **{"Idempotency-Key": "later"})
        answer = await driven.api.post("/api/apply", body, **{"Idempotency-Key": "later"})
        assert answer.status_code == 202
        await driven.until_in(answer.json()["apply_id"], "completed")
    assert len(tern.runs) == 1


async def test_rivals_with_one_key_get_one_apply(driven: Driven) -> None:
    tern = ScriptedTern()
    ids: list[str] = []
    async with driving(driven, tern):
        plan = await driven.api.plan()
        body = {"plan_id": plan["plan_id"], "environment": "staging"}

        async def ask() -> None:
            answer = await driven.api.post("/api/apply", body, **{"Idempotency-Key": "rivals"})
            assert answer.status_code == 202, answer.text
            ids.append(answer.json()["apply_id"])

        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(ask)
        await driven.until_in(ids[0], "completed")
    assert len(set(ids)) == 1
    assert len(tern.runs) == 1


async def test_progress_shows_the_engines_picture_and_obeys_controls(driven: Driven) -> None:
    async with driving(driven, ScriptedTern(copies(anyio.Event()))):
        apply_id = (await driven.api.apply())["apply_id"]
        running = await driven.until_in(apply_id, "running")
        assert running["next_actions"] == ["stop", "cancel", "volume"]
        assert running["as_of"] is not None
        assert not running["stale"]
        stop = {"apply_id": apply_id, "environment": "staging"}
        assert (await driven.api.post("/api/stop", stop)).json()["status"] == "queued"
        stopped = await driven.until_in(apply_id, "stopped")
        (request,) = stopped["control_requests"]
        assert (request["operation"], request["status"]) == ("stop", "completed")


async def test_a_deferred_cutover_waits_for_its_order(driven: Driven) -> None:
    async with driving(driven, ScriptedTern(waits_for_cutover())):
        apply_id = (await driven.api.apply(options={"defer_cutover": True}))["apply_id"]
        waiting = await driven.until_in(apply_id, "waiting_for_cutover")
        assert "cutover" in waiting["next_actions"]
        body = {"apply_id": apply_id, "environment": "staging"}
        assert (await driven.api.post("/api/cutover", body)).status_code == 202
        await driven.until_in(apply_id, "completed")


async def test_a_failed_attempt_is_shown_with_the_time_of_the_next(driven: Driven) -> None:
    error = ServerUnavailable(place="db:3306", reason="refused")
    async with driving(driven, ScriptedTern(fails_for_now(error))):
        apply_id = (await driven.api.apply())["apply_id"]
        retrying = await driven.until_in(apply_id, "failed_retryable")
    assert (retrying["error_code"], retrying["max_attempts"]) == ("target_unavailable", 10)
    assert retrying["retry_at"] is not None
