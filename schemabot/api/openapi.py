"""The published document, OpenAPI 3.1, generated from the models that decode and answer (A-46)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import Response

from schemabot.api.answering import JSON
from schemabot.api.schemas import (
    apply,
    database,
    operations,
    plan,
    plan_requests,
    progress,
    status,
)
from schemabot.api.schemas.health import HealthAnswer, LivezAnswer
from schemabot.api.schemas.wire import Answer
from schemabot.api.stream import EventsQuery
from schemabot.config.strict import Strict

_REF = "#/components/schemas/{model}"
_ENVIRONMENT = "/api/databases/{database}/environments/{environment}"


class ErrorAnswer(Answer):
    """Every answer of 400 and above."""

    error: str
    error_code: str
    next_action: str | None = None
    details: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One route as the document describes it."""

    method: str
    path: str
    answer: type[Answer]
    status: int = 200
    body: type[Strict] | None = None
    query: type[Strict] | None = None
    media_type: str = JSON


def _get(path: str, answer: type[Answer], query: type[Strict] | None = None) -> Operation:
    return Operation(method="get", path=path, answer=answer, query=query)


def _post(path: str, body: type[Strict], answer: type[Answer]) -> Operation:
    return Operation(method="post", path=path, body=body, answer=answer)


def _accepted(path: str, body: type[Strict], answer: type[Answer]) -> Operation:
    return Operation(method="post", path=path, body=body, answer=answer, status=202)


def _control(name: str, body: type[Strict] = apply.ControlBody) -> Operation:
    return _accepted(f"/api/{name}", body, apply.ControlRequestAnswer)


OPERATIONS = (
    _post("/api/plan", plan_requests.PlanBody, plan.PlanAnswer),
    _post("/api/rollback/plan", plan_requests.RollbackBody, plan.PlanAnswer),
    _get("/api/plans", plan.PlansAnswer, plan_requests.PlansQuery),
    _get("/api/plans/{plan_id}", plan.PlanAnswer),
    _post("/api/pull", plan_requests.PullBody, plan.PullAnswer),
    _post("/api/lint", plan_requests.LintBody, plan.LintAnswer),
    _post("/api/drift", plan_requests.DriftBody, plan.DriftAnswer),
    _accepted("/api/apply", apply.ApplyBody, apply.AcceptedAnswer),
    _control("stop"),
    _control("start"),
    _control("cancel"),
    _control("cutover", apply.CutoverBody),
    _control("volume", apply.VolumeBody),
    _control("revert"),
    _control("skip-revert"),
    _get("/api/progress/{apply_id}", progress.ProgressAnswer),
    Operation(
        method="get",
        path="/api/progress/{apply_id}/events",
        answer=progress.ProgressAnswer,
        query=EventsQuery,
        media_type="text/event-stream",
    ),
    _get("/api/status", status.StatusAnswer, status.StatusQuery),
    _get("/api/history/{database}", status.HistoryAnswer, status.HistoryQuery),
    _get("/api/logs/{apply_id}", status.LogsAnswer, status.LogsQuery),
    _get("/api/locks", database.LocksAnswer, database.LocksQuery),
    _get("/api/locks/{database}/{type}", database.LockAnswer),
    _post("/api/locks/acquire", database.AcquireBody, database.LockAnswer),
    _post("/api/locks/release", database.ReleaseBody, database.LockAnswer),
    _get("/api/databases", database.DatabasesAnswer),
    _get("/api/databases/{database}/environments", database.DatabaseAnswer),
    _get(f"{_ENVIRONMENT}/health", database.RouteHealthAnswer),
    _get("/api/workers", operations.WorkersAnswer),
    _get("/api/audit", operations.AuditAnswer, operations.AuditQuery),
    _get("/livez", LivezAnswer),
    _get("/readyz", HealthAnswer),
    _get("/health", HealthAnswer),
)


class DocumentEndpoint:
    """`GET /openapi.json`, made once."""

    def __init__(self, *, version: str) -> None:
        self._text = json.dumps(document(version))

    async def openapi(self, _request: Request) -> Response:
        """The document."""
        return Response(self._text, media_type=JSON)


def document(version: str) -> dict[str, Any]:
    """The whole API, as OpenAPI 3.1."""
    references, definitions = models_json_schema(_models(), ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        described = _described(operation, references)
        paths.setdefault(operation.path, {})[operation.method] = described
    return {
        "openapi": "3.1.0",
        "info": {"title": "SchemaBot", "version": version},
        "paths": paths,
        "components": {"schemas": definitions.get("$defs", {})},
    }


def _models() -> list[tuple[type[BaseModel], Any]]:
    taken = {model for o in OPERATIONS for model in (o.body, o.query) if model is not None}
    given = {o.answer for o in OPERATIONS} | {ErrorAnswer}
    named = [(model, "validation") for model in taken]
    return sorted(
        [*named, *((model, "serialization") for model in given)], key=lambda pair: pair[0].__name__
    )


def _described(operation: Operation, references: Mapping[Any, Any]) -> dict[str, Any]:
    answer = references[operation.answer, "serialization"]
    error = references[ErrorAnswer, "serialization"]
    described: dict[str, Any] = {
        "parameters": [*_path_parameters(operation), *_query_parameters(operation)],
        "responses": {
            str(operation.status): {
                "description": operation.answer.__doc__,
                "content": {operation.media_type: {"schema": answer}},
            },
            "default": {
                "description": ErrorAnswer.__doc__,
                "content": {JSON: {"schema": error}},
            },
        },
    }
    if operation.body is not None:
        schema = references[operation.body, "validation"]
        described["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    return described


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    parts = (part[1:-1] for part in operation.path.split("/") if part.startswith("{"))
    text = {"type": "string"}
    return [{"name": part, "in": "path", "required": True, "schema": text} for part in parts]


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    schema = operation.query.model_json_schema(ref_template=_REF)
    return [
        {"name": name, "in": "query", "required": False, "schema": found}
        for name, found in schema["properties"].items()
    ]
