from collections.abc import Callable
from pathlib import Path

import anyio
import pytest
from starlette.applications import Starlette

from schemabot.api.app import create_app
from tests.support.api_client import CONFIG, Api, outage, prepared_api
from tests.support.event_stream import event_stream


@pytest.fixture
def app(api: Api) -> Starlette:
    return create_app(api.parts)


async def events_path(api: Api) -> tuple[str, str]:
    apply_id = (await api.apply())["apply_id"]
    return apply_id, f"/api/progress/{apply_id}/events"


async def ask(api: Api, operation: str, apply_id: str, **more: object) -> None:
    body = {"apply_id": apply_id, "environment": "staging", **more}
    assert (await api.post(f"/api/{operation}", body)).status_code == 202


async def test_a_stream_tells_each_change_and_ends_with_the_apply(api: Api, app: Starlette) -> None:
    apply_id, path = await events_path(api)
    async with event_stream(app, path) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert (await stream.next()).text == "retry: 3000\n\n"
        first = await stream.next()
        polled = (await api.http.get(f"/api/progress/{apply_id}")).json()
        assert (first.event, first.id) == ("progress", str(polled["version"]))
        assert first.document.keys() == polled.keys()
        assert first.document["state"] == "pending"
        await ask(api, "cancel", apply_id)
        changed = await stream.until("progress")
        assert int(changed.id or 0) > int(first.id or 0)
        assert (await stream.until("end")).document == {"state": "cancelled"}
        assert await stream.ends()


async def test_a_client_that_comes_back_is_not_told_again(api: Api, app: Starlette) -> None:
    apply_id, path = await events_path(api)
    version = (await api.http.get(f"/api/progress/{apply_id}")).json()["version"]
    async with event_stream(app, path, headers={"Last-Event-ID": str(version)}) as stream:
        await stream.next()
        await ask(api, "volume", apply_id, volume=7)
        assert (await stream.until("progress")).document["volume"] == 7
        assert [frame.event for frame in stream.seen] == [None, "progress"]


async def test_logs_come_in_order_and_once(api: Api, app: Starlette) -> None:
    apply_id, path = await events_path(api)
    async with event_stream(app, path, query="logs=true") as stream:
        await stream.until("log")
        await ask(api, "cancel", apply_id)
        await stream.until("end")
    ids = [frame.document["id"] for frame in stream.seen if frame.event == "log"]
    logged = (await api.http.get(f"/api/logs/{apply_id}")).json()["logs"]
    assert ids == [line["id"] for line in logged]


async def test_a_client_may_name_the_last_line_it_has(api: Api, app: Starlette) -> None:
    apply_id, path = await events_path(api)
    last = (await api.http.get(f"/api/logs/{apply_id}")).json()["last_id"]
    async with event_stream(app, path, query=f"logs=true&after_id={last}") as stream:
        await ask(api, "cancel", apply_id)
        await stream.until("end")
    assert all(frame.document["id"] > last for frame in stream.seen if frame.event == "log")


async def test_many_streams_of_one_apply_share_its_reads(api: Api, app: Starlette) -> None:
    apply_id, path = await events_path(api)
    told: list[str] = []

    async def watch() -> None:
        async with event_stream(app, path) as stream:
            told.append((await stream.until("progress")).document["state"])
            told.append((await stream.until("end")).document["state"])

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(watch)
        await anyio.sleep(0.1)
        await ask(api, "cancel", apply_id)
    assert sorted(told) == ["cancelled"] * 20 + ["pending"] * 20


async def test_an_outage_is_told_and_the_stream_goes_on(
    api: Api, app: Starlette, tmp_path: Path
) -> None:
    apply_id, path = await events_path(api)
    async with event_stream(app, path) as stream:
        await stream.until("progress")
        with outage(api.storage, tmp_path):
            told = await stream.until("unavailable")
            assert told.document["error_code"] == "storage_error"
        await ask(api, "cancel", apply_id)
        assert (await stream.until("end")).document == {"state": "cancelled"}


async def test_a_shutdown_says_goodbye(api: Api, app: Starlette) -> None:
    _, path = await events_path(api)
    async with event_stream(app, path) as stream:
        await stream.until("progress")
        api.parts.closing.set()
        assert (await stream.until("bye")).document["reason"].startswith("the server")
        assert await stream.ends()


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (lambda path: path.replace("/events", "x/events"), 400),
        (lambda _: "/api/progress/apply-0123456789abcdef/events", 404),
    ],
)
async def test_what_is_no_stream_is_an_error_as_elsewhere(
    api: Api, change: Callable[[str], str], status: int
) -> None:
    _, path = await events_path(api)
    assert (await api.http.get(change(path))).status_code == status
    assert (await api.http.get(f"{path}?nope=1")).status_code == 400
    assert (await api.http.head(path)).status_code == 200


@pytest.fixture
def crowded(tmp_path: Path) -> Api:
    return prepared_api(tmp_path, config=f"server: {{sse_max_connections: 1}}\n{CONFIG}")


async def test_the_streams_of_a_process_are_counted_and_given_back(crowded: Api) -> None:
    app = create_app(crowded.parts)
    _, path = await events_path(crowded)
    async with event_stream(app, path) as stream:
        await stream.until("progress")
        async with event_stream(app, path) as refused:
            assert refused.status == 503
            assert (await refused.next()).text.find("too_many_streams") > 0
    async with event_stream(app, path) as stream:
        assert stream.status == 200
