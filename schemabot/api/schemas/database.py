"""Databases and their locks on the wire (A-38, A-39, A-41)."""

from datetime import datetime
from typing import Annotated

from schemabot.api.schemas.apply import ShortText
from schemabot.api.schemas.wire import Answer
from schemabot.config.strict import Lax, Strict
from schemabot.config.units import Name
from schemabot.domain.lock import DatabaseLock
from schemabot.service.commands import LockCommand
from schemabot.service.views import DatabaseView, EnvironmentView
from tern.values.run import Health
from tern.values.target import DatabaseType


class LockBody(Strict):
    """What acquire and release share."""

    database: Name
    type: Annotated[DatabaseType, Lax]
    lock_owner: ShortText | None = None


class AcquireBody(LockBody):
    """`POST /api/locks/acquire`."""

    reason: ShortText | None = None

    @property
    def command(self) -> LockCommand:
        """As the use case takes it."""
        return LockCommand(
            database=self.database, type=self.type, owner=self.lock_owner, reason=self.reason
        )


class ReleaseBody(LockBody):
    """`POST /api/locks/release`."""

    force: bool = False

    @property
    def command(self) -> LockCommand:
        """As the use case takes it."""
        return LockCommand(
            database=self.database, type=self.type, owner=self.lock_owner, force=self.force
        )


class NoQuery(Strict):
    """A route without query parameters."""


class LocksQuery(Strict):
    """`GET /api/locks`."""

    database: Name | None = None


class LockAnswer(Answer):
    """A held lock."""

    database: str
    database_type: str
    owner: str
    repository: str | None
    pull_request: int | None
    reason: str | None
    created_at: datetime


class LocksAnswer(Answer):
    """All held locks."""

    locks: tuple[LockAnswer, ...]


class EnvironmentAnswer(Answer):
    """One environment; `healthy` is null where nobody probes it."""

    name: str
    order: int
    route: str
    deployment: str
    healthy: bool | None
    active_apply_id: str | None
    locked_by: str | None


class DatabaseAnswer(Answer):
    """One configured database."""

    database: str
    type: str
    environments: tuple[EnvironmentAnswer, ...]


class DatabasesAnswer(Answer):
    """Every configured database that the caller may see."""

    databases: tuple[DatabaseAnswer, ...]


class RouteHealthAnswer(Answer):
    """What the data plane of an environment says of itself."""

    database: str
    environment: str
    status: str
    version: str


def lock_answer(lock: DatabaseLock) -> LockAnswer:
    """The lock as it is answered."""
    return LockAnswer(
        database=lock.database,
        database_type=lock.database_type,
        owner=lock.owner,
        repository=lock.repository,
        pull_request=lock.pull_request,
        reason=lock.reason,
        created_at=lock.created_at,
    )


def database_answer(view: DatabaseView) -> DatabaseAnswer:
    """The database as it is answered."""
    return DatabaseAnswer(
        database=view.name,
        type=view.type,
        environments=tuple(map(_environment, view.environments)),
    )


def route_health_answer(database: str, environment: str, health: Health) -> RouteHealthAnswer:
    """The health as it is answered."""
    return RouteHealthAnswer(
        database=database, environment=environment, status=health.status, version=health.version
    )


def _environment(view: EnvironmentView) -> EnvironmentAnswer:
    return EnvironmentAnswer(
        name=view.name,
        order=view.order,
        route=view.route,
        deployment=view.target.deployment,
        healthy=None,
        active_apply_id=None if view.active is None else view.active.apply_id,
        locked_by=None if view.lock is None else view.lock.owner,
    )
