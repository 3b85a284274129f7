"""The whole route table in one screen (api.md, section 3)."""

from starlette.routing import Route

from schemabot.api.applies import ApplyEndpoints
from schemabot.api.controls import ControlEndpoints
from schemabot.api.databases import DatabaseEndpoints
from schemabot.api.decoding import Limits
from schemabot.api.feed import Feed
from schemabot.api.health import HealthEndpoints
from schemabot.api.instruments import HttpInstruments, MetricsEndpoint
from schemabot.api.openapi import DocumentEndpoint
from schemabot.api.operations import OperationsEndpoints
from schemabot.api.parts import Parts
from schemabot.api.plans import PlanEndpoints
from schemabot.api.stream import StreamEndpoints
from schemabot.offload import Offload

_GET = ("GET",)
_POST = ("POST",)
_DATABASE = "/api/databases/{database}"


def routes(parts: Parts, *, feed: Feed, instruments: HttpInstruments) -> list[Route]:
    """Every route; HEAD works wherever GET does."""
    server = parts.settings.server
    limits = Limits(
        body_bytes=server.body_limit,
        body_time=server.request_timeout,
        threads=Offload("decoding", limit=2),
    )
    counted = MetricsEndpoint([*instruments.all, *parts.metrics])
    return [
        *_plan_routes(PlanEndpoints(parts.services, limits=limits)),
        *_apply_routes(
            ApplyEndpoints(parts.services.applying, parts.services.reporting, limits=limits)
        ),
        *_control_routes(ControlEndpoints(parts.services.controlling, limits=limits)),
        *_database_routes(
            DatabaseEndpoints(parts.services.reporting, parts.services.locking, limits=limits)
        ),
        *_other_routes(parts, feed),
        Route("/metrics", counted.metrics, methods=_GET),
    ]


def _plan_routes(plans: PlanEndpoints) -> list[Route]:
    return [
        Route("/api/plan", plans.plan, methods=_POST),
        Route("/api/rollback/plan", plans.rollback, methods=_POST),
        Route("/api/plans", plans.list, methods=_GET),
        Route("/api/plans/{plan_id}", plans.get, methods=_GET),
        Route("/api/pull", plans.pull, methods=_POST),
        Route("/api/lint", plans.lint, methods=_POST),
        Route("/api/drift", plans.drift, methods=_POST),
    ]


def _apply_routes(applies: ApplyEndpoints) -> list[Route]:
    return [
        Route("/api/apply", applies.apply, methods=_POST),
        Route("/api/progress/{apply_id}", applies.progress, methods=_GET),
        Route("/api/status", applies.status, methods=_GET),
        Route("/api/history/{database}", applies.history, methods=_GET),
        Route("/api/logs/{apply_id}", applies.logs, methods=_GET),
    ]


def _control_routes(controls: ControlEndpoints) -> list[Route]:
    return [
        Route("/api/stop", controls.stop, methods=_POST),
        Route("/api/start", controls.start, methods=_POST),
        Route("/api/cancel", controls.cancel, methods=_POST),
        Route("/api/cutover", controls.cutover, methods=_POST),
        Route("/api/volume", controls.volume, methods=_POST),
        Route("/api/revert", controls.revert, methods=_POST),
        Route("/api/skip-revert", controls.skip_revert, methods=_POST),
    ]


def _database_routes(databases: DatabaseEndpoints) -> list[Route]:
    return [
        Route("/api/locks", databases.locks, methods=_GET),
        Route("/api/locks/acquire", databases.acquire, methods=_POST),
        Route("/api/locks/release", databases.release, methods=_POST),
        Route("/api/locks/{database}/{type}", databases.lock, methods=_GET),
        Route("/api/databases", databases.list, methods=_GET),
        Route(f"{_DATABASE}/environments", databases.environments, methods=_GET),
        Route(f"{_DATABASE}/environments/{{environment}}/health", databases.health, methods=_GET),
    ]


def _other_routes(parts: Parts, feed: Feed) -> list[Route]:
    services = parts.services
    streams = StreamEndpoints(
        services.reporting,
        feed=feed,
        most=parts.settings.server.sse_max_connections,
        closing=parts.closing,
    )
    operations = OperationsEndpoints(services.reporting, services.auditing)
    health = HealthEndpoints(services.checking, version=parts.version)
    described = DocumentEndpoint(version=parts.version)
    return [
        Route("/api/progress/{apply_id}/events", streams.events, methods=_GET),
        Route("/api/workers", operations.workers, methods=_GET),
        Route("/api/audit", operations.audit, methods=_GET),
        Route("/livez", health.livez, methods=_GET),
        Route("/readyz", health.readyz, methods=_GET),
        Route("/health", health.health, methods=_GET),
        Route("/openapi.json", described.openapi, methods=_GET),
    ]
