"""The HTTP surface and the workers of one process over one storage."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import anyio

from schemabot.domain.lease import LeaseTerms
from schemabot.scheduler.dispatcher import LocalDispatcher
from tern.values.plan import PlanResult
from tests.support.api_client import CONFIG, Api, prepared_storage, settings_of, surface_over
from tests.support.planned import planned
from tests.support.scripted_tern import ScriptedTern
from tests.support.shop_floor import QUICK, Floor


@dataclass(slots=True, kw_only=True)
class Driven:
    """The surface and its workers over one storage."""

    api: Api
    floor: Floor

    async def until(self, apply_id: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The progress document once this holds of it."""
        with anyio.fail_after(10):
            while True:
                progress = (await self.api.http.get(f"/api/progress/{apply_id}")).json()
                if holds(progress):
                    return dict(progress)
                await anyio.sleep(0.01)

    async def until_in(self, apply_id: str, state: str) -> dict[str, Any]:
        """The progress document once the apply is in this state."""
        return await self.until(apply_id, lambda progress: progress["state"] == state)


def driven_api(tmp_path: Path, *, is_optimistic: bool = True, config: str = CONFIG) -> Driven:
    """The surface over workers that don't run yet. Blocks: prepare it outside of the loop."""
    storage = prepared_storage(tmp_path)
    floor = Floor(
        storage=storage, settings=replace(QUICK, terms=LeaseTerms(), is_optimistic=is_optimistic)
    )
    dispatcher = LocalDispatcher(pool=floor.pool, wake=floor.bells.ring)
    api = surface_over(storage, settings_of(tmp_path, config), dispatcher=dispatcher)
    return Driven(api=api, floor=floor)


@asynccontextmanager
async def driving(
    driven: Driven, tern: ScriptedTern, *, plan: PlanResult | None = None
) -> AsyncIterator[None]:
    """Workers run inside; the Tern plans and drives everything on `shop/staging`."""
    driven.floor.tern = driven.api.terns["mysql/shop/staging"] = tern
    tern.planned = plan or planned()
    async with driven.floor.open(), anyio.create_task_group() as group:
        await group.start(driven.api.parts.services.after_commit.run)
        yield
        group.cancel_scope.cancel()
