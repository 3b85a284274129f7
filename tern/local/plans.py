"""Plans and pulls, asked for on the event loop and made on threads."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Event
from typing import TypeVar

from anyio import CapacityLimiter

from tern.local.access import TargetAccess
from tern.local.planning.plan import plan
from tern.local.planning.printed import PrintedTexts
from tern.local.planning.pull import pull
from tern.local.planning.settings import PlanSettings
from tern.local.threads import Threads
from tern.values.plan import PlanRequest, PlanResult, PulledSchema, PullRequest

T = TypeVar("T")

AT_ONCE = 16
# Planning drops its scratch schemas in every outcome and takes up to 30 s for it (P-17).
JOIN_WITHIN = timedelta(seconds=40)
# More than two plans of one target at a time gain nothing there (P-15).
PER_TARGET = 2


class Plans:
    """Makes plans; a cancelled request ends its plan, and nothing of it stays on the server."""

    def __init__(self, *, can_copy: bool) -> None:
        self._can_copy = can_copy
        self._printed = PrintedTexts()
        self._threads = Threads(limit=AT_ONCE, join_within=JOIN_WITHIN)
        self._turns: dict[str, CapacityLimiter] = defaultdict(lambda: CapacityLimiter(PER_TARGET))

    async def plan(self, access: TargetAccess, request: PlanRequest) -> PlanResult:
        """See `tern.client.Tern.plan`."""

        def make(stopping: Event) -> PlanResult:
            settings = self._settings(access)
            return plan(
                access.params,
                request,
                settings=settings,
                stopping=stopping,
                printed=self._printed,
            )

        return await self._make(make, key=request.target.key, what="plan")

    async def pull(self, access: TargetAccess, request: PullRequest) -> PulledSchema:
        """See `tern.client.Tern.pull`."""

        def make(stopping: Event) -> PulledSchema:
            settings = self._settings(access)
            return pull(access.params, request, settings=settings, stopping=stopping)

        return await self._make(make, key=request.target.key, what="pull")

    def _settings(self, access: TargetAccess) -> PlanSettings:
        """What can't be copied here must not be planned as a copy."""
        can_copy = access.planning.copy_engine_available and self._can_copy
        return replace(access.planning, copy_engine_available=can_copy)

    async def _make(self, make: Callable[[Event], T], *, key: str, what: str) -> T:
        stopping = Event()
        async with self._turns[key]:
            return await self._threads.call(
                lambda: make(stopping), name=f"tern:{what}:{key}", stop=stopping.set
            )
