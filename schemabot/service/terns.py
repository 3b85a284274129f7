"""Calls to a Tern on a request's time: at most `plan_timeout`, then cancelled (A-1)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import anyio

from schemabot.config.schema_dir import problems_in_files
from schemabot.offload import Offload
from schemabot.service.errors import PlanTimedOut
from schemabot.service.routing import Route
from schemabot.storage.storage import Storage
from tern.values.plan import PlanRequest, PlanResult, PulledSchema, PullRequest
from tern.values.schema_files import SchemaFiles

T = TypeVar("T")


class TernCalls:
    """Planning and pulling, each within its time. A cancelled call cleans up after itself."""

    def __init__(self, *, timeout: timedelta, storage: Storage, threads: Offload) -> None:
        self._timeout = timeout
        self._storage = storage
        self._threads = threads

    async def plan(
        self,
        route: Route,
        desired: SchemaFiles,
        *,
        lints_whole: bool = False,
        fixes: tuple[str, ...] | None = None,
    ) -> PlanResult:
        """What the target makes of the files; what is wrong with them needs no target.

        Args:
            route: Where to.
            desired: The files.
            lints_whole: Rules judge every table, not only what changes.
            fixes: Rules whose findings are mended in the files; see `PlanRequest`.

        Raises:
            PlanTimedOut, and what `Tern.plan` raises: the target can't be planned for.
        """
        problems = tuple(problems_in_files(desired))
        if problems:
            return PlanResult(statements=(), problems=problems)
        request = PlanRequest(
            target=route.target,
            desired=desired,
            lints_whole=lints_whole,
            fixes=fixes,
            copy_rates=await self._threads.run(self._storage.copies.rates, route.target),
        )
        return await self._within(route, lambda: route.tern.plan(request))

    async def pull(self, route: Route, namespaces: tuple[str, ...] = ()) -> PulledSchema:
        """The live schema in canonical text; no namespaces means all. Raises as `plan`."""
        request = PullRequest(target=route.target, namespaces=namespaces)
        return await self._within(route, lambda: route.tern.pull(request))

    async def _within(self, route: Route, call: Callable[[], Awaitable[T]]) -> T:
        try:
            with anyio.fail_after(self._timeout.total_seconds()):
                return await call()
        except TimeoutError as error:
            raise PlanTimedOut(place=route.target.place, limit=self._timeout) from error
