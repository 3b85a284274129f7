"""Asking for plans: one environment, or all of them, a few at a time (C-11)."""

from collections.abc import Mapping, Sequence

import anyio

from cli.client import PLAN_TIMEOUT_SECONDS, Answer, Service
from schemabot.api.schemas.database import DatabaseAnswer
from schemabot.api.schemas.plan import PlanAnswer
from schemabot.config.schema_dir import SchemaDirectory
from tern.errors import SchemaBotError

_AT_ONCE = 4

Planned = Answer[PlanAnswer] | SchemaBotError


async def environments_of(service: Service, directory: SchemaDirectory) -> Sequence[str]:
    """The server's environments of the database, in the order that the directory names."""
    path = f"/api/databases/{directory.database}/environments"
    known = (await service.get(path, DatabaseAnswer)).document
    order = {name: index for index, name in enumerate(directory.environments)}
    names = [environment.name for environment in known.environments]
    return sorted(names, key=lambda name: order.get(name, len(order)))


async def plan_one(
    service: Service, directory: SchemaDirectory, environment: str
) -> Answer[PlanAnswer]:
    """The stored plan of one environment. Raises SchemaBotError."""
    body = {
        "database": directory.database,
        "environment": environment,
        "type": directory.type,
        "files": {name: dict(texts) for name, texts in directory.files.files.items()},
        "config": directory.keys.model_dump(mode="json", by_alias=True, exclude_unset=True),
    }
    return await service.post("/api/plan", PlanAnswer, body=body, seconds=PLAN_TIMEOUT_SECONDS)


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
