"""Everything that a run does on its target: on threads, one thing at a time, and how it breaks off.

`abandon` may come from any thread: from the fence when the lease is lost, from the event loop when
the run is cancelled. It cuts the site's sessions and has the running engine abandon; from then on
nothing new begins, and what was going on ends with LeaseLost.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from tern.client import Fence
from tern.engine.fence.claimant import Claimant
from tern.engine.port import Engine, EngineRun, StopKind
from tern.errors import LeaseLost
from tern.local.engines import TargetEngines
from tern.local.site import Note, Site, Survey
from tern.local.steps import Route, Step, route_of
from tern.local.threads import Threads
from tern.values.run import Outcome, RunOptions, Work

T = TypeVar("T")


class TargetSide:
    """One run's hold on its target.

    Attributes:
        lowered: Lint rules that ask for no consent here.
    """

    def __init__(
        self,
        work: Work,
        *,
        fence: Fence,
        site: Site,
        threads: Threads,
        engines: TargetEngines,
        lowered: frozenset[str] = frozenset(),
    ) -> None:
        self._work = work
        self._fence = fence
        self._site = site
        self._threads = threads
        self._engines = engines
        self.lowered = lowered
        self._engine: Engine | None = None
        self._claimant: Claimant | None = None
        self._is_lost = False
        self._lease_term = fence.remaining()

    @property
    def has_online(self) -> bool:
        """Whether rows can be copied here."""
        return self._engines.has(Route.ONLINE)

    @property
    def cuts_over_together(self) -> bool:
        """Whether the copies of this work cut over as one: held ones always do."""
        if not self.has_online or not self._engines.capabilities(Route.ONLINE).atomic_group:
            return False
        return self._engines.together or self._work.options.defer_cutover

    @property
    def has_pace(self) -> bool:
        """Whether any statement of the work has a pace that can be set."""
        routes = {route_of(statement) for statement in self._work.statements}
        return any(
            self._engines.has(route) and self._engines.capabilities(route).volume
            for route in routes
        )

    @property
    def is_lost(self) -> bool:
        """Whether the target was abandoned."""
        return self._is_lost

    def abandon(self) -> None:
        """Get off the target at once. Any thread, any number of times; never raises."""
        self._is_lost = True
        self._site.cut()
        engine = self._engine
        if engine is not None:
            engine.stop(StopKind.ABANDON)

    def sample_lease(self) -> None:
        """Look how much of the lease is left; the most ever seen stands for its term."""
        self._lease_term = max(self._lease_term, self._fence.remaining())

    async def take(self) -> Survey:
        """Make the target ours and look at it; see `Site.take`."""
        survey = await self._on_thread(
            "take", lambda: self._site.take(self._work, fence=self._fence)
        )
        self._claimant = survey.claimant
        return survey

    async def note(self, note: Note) -> None:
        """Put the run's state on the target's record; nothing before the target was taken."""
        claimant = self._claimant
        if claimant is not None:
            await self._on_thread("note", lambda: self._site.note(claimant, note))

    @contextmanager
    def engine(self, route: Route) -> Iterator[Engine]:
        """A new engine, known to `abandon` for the length of the block."""
        engine = self._engines.make(route)
        self._engine = engine
        try:
            # In this order: either abandon saw the engine, or this sees that it came before.
            if self._is_lost:
                engine.stop(StopKind.ABANDON)
            yield engine
        finally:
            self._engine = None

    async def apply(self, engine: Engine, step: Step, options: RunOptions) -> Outcome:
        """The engine's outcome for the step. Raises LeaseLost."""
        run = self._run(step, options)
        return await self._on_thread(step.route, lambda: engine.apply(run))

    async def has_checkpoint(self, step: Step) -> bool:
        """Whether the step's engine began it before; see `Engine.has_checkpoint`."""
        run = self._run(step, self._work.options)
        with self.engine(step.route) as engine:
            return await self._on_thread("look", lambda: engine.has_checkpoint(run))

    def _run(self, step: Step, options: RunOptions) -> EngineRun:
        if self._claimant is None:
            raise LookupError("the target was not taken")
        return EngineRun(
            change_id=self._work.apply_id,
            place=self._site.place,
            statements=step.statements,
            fence=self._fence,
            options=options,
            session=self._work.session,
            home=self._claimant.home,
            instance=self._claimant.instance,
            copy_rates=self._work.copy_rates,
            lease_term=self._lease_term,
        )

    async def _on_thread(self, what: str, function: Callable[[], T]) -> T:
        if self._is_lost:
            raise LeaseLost(subject=self._work.apply_id, reason="its lease ended")
        return await self._threads.call(
            function, name=f"tern:{self._work.apply_id}:{what}", stop=self.abandon
        )
