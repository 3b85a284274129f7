"""Endpoints: databases, their environments and health, their locks."""

from starlette.requests import Request
from starlette.responses import Response

from schemabot.api.answering import ok, written
from schemabot.api.applies import path_name
from schemabot.api.decoding import Limits, caller_of, no_query, read_body, read_query
from schemabot.api.schemas.database import (
    AcquireBody,
    DatabasesAnswer,
    LocksAnswer,
    LocksQuery,
    ReleaseBody,
    database_answer,
    lock_answer,
    route_health_answer,
)
from schemabot.domain.errors import InvalidField
from schemabot.domain.lock import DatabaseLock
from schemabot.service.locking import Locking
from schemabot.service.once import Once
from schemabot.service.reporting import Reporting
from tern.values.target import DatabaseType


def _text(lock: DatabaseLock) -> str:
    return lock_answer(lock).text()


class DatabaseEndpoints:
    """What the configuration names, and who holds which lock."""

    def __init__(self, reporting: Reporting, locking: Locking, *, limits: Limits) -> None:
        self._reporting = reporting
        self._locking = locking
        self._limits = limits

    async def list(self, request: Request) -> Response:
        """`GET /api/databases`."""
        no_query(request)
        views = await self._reporting.databases(caller=caller_of(request))
        return ok(DatabasesAnswer(databases=tuple(map(database_answer, views))))

    async def environments(self, request: Request) -> Response:
        """`GET /api/databases/{database}/environments`."""
        no_query(request)
        name = path_name(request, "database")
        return ok(database_answer(await self._reporting.database(name, caller=caller_of(request))))

    async def health(self, request: Request) -> Response:
        """`GET /api/databases/{database}/environments/{environment}/health`."""
        no_query(request)
        database, environment = path_name(request, "database"), path_name(request, "environment")
        health = await self._reporting.health(database, environment, caller=caller_of(request))
        return ok(route_health_answer(database, environment, health))

    async def locks(self, request: Request) -> Response:
        """`GET /api/locks`."""
        query = read_query(request, LocksQuery)
        locks = await self._locking.list(caller=caller_of(request))
        wanted = query.database
        shown = (
            lock for lock in locks if wanted is None or lock.database.lower() == wanted.lower()
        )
        return ok(LocksAnswer(locks=tuple(map(lock_answer, shown))))

    async def lock(self, request: Request) -> Response:
        """`GET /api/locks/{database}/{type}`."""
        no_query(request)
        name, kind = path_name(request, "database"), _type(request)
        return ok(lock_answer(await self._locking.get(name, kind, caller=caller_of(request))))

    async def acquire(self, request: Request) -> Response:
        """`POST /api/locks/acquire`."""
        body = await read_body(request, AcquireBody, limits=self._limits)
        once = Once(render=_text, key=body.key)
        answer = await self._locking.acquire(
            body.value.command, caller=caller_of(request), once=once
        )
        return written(answer, status=200)

    async def release(self, request: Request) -> Response:
        """`POST /api/locks/release`."""
        body = await read_body(request, ReleaseBody, limits=self._limits)
        once = Once(render=_text, key=body.key)
        answer = await self._locking.release(
            body.value.command, caller=caller_of(request), once=once
        )
        return written(answer, status=200)


def _type(request: Request) -> DatabaseType:
    given = request.path_params["type"]
    if given not in set(DatabaseType):
        raise InvalidField(fields=[("type", f"must be one of {', '.join(DatabaseType)}")])
    return DatabaseType(given)
