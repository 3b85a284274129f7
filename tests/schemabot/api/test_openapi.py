import json
from collections.abc import Iterator
from typing import Any

from starlette.routing import Route

from schemabot.api.app import create_app
from schemabot.api.openapi import OPERATIONS, document
from tests.support.api_client import Api


def references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for below in value.values():
            yield from references(below)
    elif isinstance(value, list):
        for below in value:
            yield from references(below)


async def test_the_document_is_public_and_json(api: Api) -> None:
    response = await api.http.get("/openapi.json")
    assert response.json() == json.loads(json.dumps(document("test")))
    assert response.json()["openapi"] == "3.1.0"


def test_every_route_is_described_and_nothing_else(api: Api) -> None:
    served = {
        (route.path, method.lower())
        for route in create_app(api.parts).routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    described = {(operation.path, operation.method) for operation in OPERATIONS}
    assert served - {("/openapi.json", "get"), ("/metrics", "get")} == described


def test_every_reference_is_defined() -> None:
    whole: dict[str, Any] = document("test")
    defined = {f"#/components/schemas/{name}" for name in whole["components"]["schemas"]}
    assert set(references(whole)) <= defined


def test_bodies_take_no_unknown_keys_and_answers_leave_none_out() -> None:
    schemas = document("test")["components"]["schemas"]
    assert schemas["PlanBody"]["additionalProperties"] is False
    assert set(schemas["PlanBody"]["required"]) == {"database", "environment", "type", "files"}
    plan = schemas["PlanAnswer"]
    assert set(plan["required"]) == set(plan["properties"])


async def test_requests_are_counted_by_route_and_never_by_path(api: Api) -> None:
    await api.http.get("/api/plans/plan-0123456789abcdef")
    await api.http.get("/nowhere/secret-path")
    await api.http.request("BREW", "/livez")
    text = (await api.http.get("/metrics")).text
    label = 'method="GET",route="/api/plans/{plan_id}",status="404"'
    assert f"schemabot_http_requests_total{{{label}}} 1" in text
    assert 'method="GET",route="none",status="404"' in text
    assert 'method="other"' in text
    assert "secret-path" not in text
    assert "schemabot_sse_connections 0" in text
