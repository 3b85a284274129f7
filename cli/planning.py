"""Asking for plans: one environment, or all of them, a few at a time (C-11)."""

from collections.abc import Mapping, Sequence

import anyio

from cli.client import PLAN_TIMEOUT_SECONDS, Answer, Service
from cli.errors import ServiceRefusal
from schemabot.api.schemas.database import DatabaseAnswer
from schemabot.api.schemas.plan import PlanAnswer
from schemabot.config.schema_dir import SchemaDirectory
from tern.errors import SchemaBotError

_AT_ONCE = 4
_FORBIDDEN = "forbidden"

Planned = Answer[PlanAnswer] | SchemaBotError


async def environments_of(service: Service, directory: SchemaDirectory) -> Sequence[str]:
    """The server's environments of the database, in the order that the directory names."""
    return await known_environments(service, directory.database, order=directory.environments)


async def known_environments(
    service: Service, database: str, *, order: Sequence[str] = ()
) -> Sequence[str]:
    """The server's environments of a database; those in `order` come first."""
    known = (await service.get(f"/api/databases/{database}/environments", DatabaseAnswer)).document
    places = {name.lower(): index for index, name in enumerate(order)}
    names = [environment.name for environment in known.environments]
    return sorted(names, key=lambda name: places.get(name.lower(), len(places)))


async def plan_every(service: Service, directory: SchemaDirectory) -> Mapping[str, Planned]:
    """The plan of each of the database's environments, in the order of P-54.

    One that the directory names and the service doesn't have is a failure (P-1); one that the
    caller may not see is left out.
    """
    known = await environments_of(service, directory)
    seen = {name.lower() for name in known}
    named = [name for name in directory.environments if name.lower() not in seen]
    plans = await plan_all(service, directory, [*known, *dict.fromkeys(named)])
    hidden = {name for name in named if _is_hidden(plans[name])}
    return {name: found for name, found in plans.items() if name not in hidden}


def desired_body(directory: SchemaDirectory) -> dict[str, object]:
    """A directory's files and settings, as requests carry them."""
    return {
        "files": {name: dict(texts) for name, texts in directory.files.files.items()},
        "config": directory.keys.model_dump(mode="json", by_alias=True, exclude_unset=True),
    }


async def plan_one(
    service: Service, directory: SchemaDirectory, environment: str
) -> Answer[PlanAnswer]:
    """The stored plan of one environment. Raises SchemaBotError."""
    body = {
        "database": directory.database,
        "environment": environment,
        "type": directory.type,
        **desired_body(directory),
    }
    return await service.post("/api/plan", PlanAnswer, body=body, seconds=PLAN_TIMEOUT_SECONDS)


def _is_hidden(found: Planned) -> bool:
    return isinstance(found, ServiceRefusal) and found.answered == _FORBIDDEN


async def plan_all(
    service: Service, directory: SchemaDirectory, environments: Sequence[str]
) -> Mapping[str, Planned]:
    """Each environment's plan, or why there is none; one failure hides no other plan."""
    limiter = anyio.CapacityLimiter(_AT_ONCE)
    found: dict[str, Planned] = {}

    async def plan(environment: str) -> None:
        async with limiter:
            try:
                found[environment] = await plan_one(service, directory, environment)
            except SchemaBotError as error:
                found[environment] = error

    async with anyio.create_task_group() as group:
        for environment in environments:
            group.start_soon(plan, environment, name=f"plan {environment}")
    return {environment: found[environment] for environment in environments}
