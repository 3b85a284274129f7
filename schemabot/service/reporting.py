"""Rows -> progress, status, history, logs: no engine is asked and nothing is written (A-25)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from schemabot.config.settings import Role
from schemabot.domain.apply import Apply, ApplyFilter
from schemabot.domain.event import Event, EventFilter
from schemabot.domain.ids import ApplyId, PlanId
from schemabot.domain.page import Page
from schemabot.domain.states import ApplyState, is_terminal
from schemabot.domain.worker import Worker
from schemabot.offload import Offload
from schemabot.service.caller import Caller
from schemabot.service.errors import EngineUnavailable
from schemabot.service.picture import Picture
from schemabot.service.routing import LOCAL, Routes
from schemabot.service.views import DatabaseView, EnvironmentView, Status, WorkerView
from schemabot.storage.storage import Storage
from tern.values.plan import Estimate
from tern.values.run import Health

WORKER_SILENCE = timedelta(seconds=30)
_MOST_ACTIVE = 1000
_CACHED_PLANS = 256
_HEALTHY = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a plan expected, of all and of each statement in order; and what it took back."""

    rollback_of: ApplyId | None
    total: Estimate | None
    statements: tuple[Estimate | None, ...]


class Reporting:
    """Everything that is shown of applies and databases."""

    def __init__(
        self, *, storage: Storage, threads: Offload, routes: Routes, max_attempts: int
    ) -> None:
        self._storage = storage
        self._threads = threads
        self._routes = routes
        self._max_attempts = max_attempts
        # plans never change, so what was read once stays right
        self._planned = lru_cache(maxsize=_CACHED_PLANS)(self._read_planned)

    async def progress(self, apply_id: ApplyId, *, caller: Caller) -> Picture:
        """One apply, from one consistent read. Raises ApplyNotFound, RoleMissing."""
        picture = await self._threads.run(self._picture, apply_id)
        target = picture.apply.target
        caller.require_on(Role.READ, target.database, target.environment)
        return picture

    async def status(
        self, wanted: ApplyFilter, *, caller: Caller, limit: int, cursor: str | None
    ) -> Status:
        """Applies newest first; a page is short where the caller may not see some."""
        database, environment = self._routes.spelled_pair(wanted.database, wanted.environment)
        wanted = replace(wanted, database=database, environment=environment)
        return await self._threads.run(
            self._status, wanted, caller=caller, limit=limit, cursor=cursor
        )

    async def logs(
        self, apply_id: ApplyId, wanted: EventFilter, *, caller: Caller, limit: int
    ) -> tuple[Event, ...]:
        """Lines of an apply's log, oldest first. Raises ApplyNotFound, RoleMissing."""
        apply = await self._threads.run(self._storage.applies.get, apply_id)
        caller.require_on(Role.READ, apply.target.database, apply.target.environment)
        return await self._threads.run(self._storage.events.list, apply_id, wanted, limit=limit)

    async def databases(self, *, caller: Caller) -> tuple[DatabaseView, ...]:
        """Every configured database that the caller may see."""
        names = self._routes.databases(caller)
        return tuple([await self.database(name, caller=caller) for name in names])

    async def database(self, name: str, *, caller: Caller) -> DatabaseView:
        """One database with its environments. Raises DatabaseUnknown, RoleMissing."""
        spelled, settings = self._routes.database(name, caller)
        environments = self._routes.environments(spelled, caller)
        views = await self._threads.run(self._environments, spelled, environments)
        return DatabaseView(name=spelled, type=settings.type, environments=views)

    async def health(self, database: str, environment: str, *, caller: Caller) -> Health:
        """What the route's Tern says of itself.

        Raises:
            EngineUnavailable: it answers, and isn't ready. DatabaseUnknown and the like: as named.
        """
        route = self._routes.find(database, environment, caller=caller, role=Role.READ)
        health = await route.tern.health()
        if health.status != _HEALTHY:
            raise EngineUnavailable(place=route.target.place, reason=health.status)
        return health

    async def workers(self, *, caller: Caller) -> tuple[WorkerView, ...]:
        """Every registered process, newest first. Raises RoleMissing."""
        caller.require(Role.READ)
        return await self._threads.run(self._workers, caller)

    def _workers(self, caller: Caller) -> tuple[WorkerView, ...]:
        active = self._storage.applies.find(ApplyFilter(active=True), limit=_MOST_ACTIVE).items
        seen = [a for a in active if caller.sees(a.target.database, a.target.environment)]
        return tuple(
            WorkerView(worker=worker, applies=_driven_by(worker, seen))
            for worker in self._storage.workers.list(silence=WORKER_SILENCE)
        )

    def _picture(self, apply_id: ApplyId) -> Picture:
        storage = self._storage

        def read() -> Picture:
            apply = storage.applies.get(apply_id)
            place = None if is_terminal(apply.state) else storage.applies.queue_place(apply_id)
            pictured = self._pictured(apply, storage.database.now())
            return replace(pictured, requests=storage.controls.list(apply_id), place=place)

        return storage.database.read(lambda _: read(), is_snapshot=True)

    def _pictured(self, apply: Apply, now: datetime) -> Picture:
        planned = self._planned(apply.plan_id)
        return Picture(
            apply=apply,
            requests=(),
            place=None,
            plan_estimate=planned.total,
            estimates=planned.statements,
            rollback_of=planned.rollback_of,
            now=now,
            max_attempts=self._max_attempts,
        )

    def _read_planned(self, plan_id: PlanId) -> Planned:
        plan = self._storage.plans.get(plan_id)
        result = plan.result
        return Planned(
            rollback_of=plan.rollback_of,
            total=result.estimate,
            statements=tuple(statement.estimate for statement in result.statements),
        )

    def _status(
        self, wanted: ApplyFilter, *, caller: Caller, limit: int, cursor: str | None
    ) -> Status:
        page = self._storage.applies.find(wanted, limit=limit, cursor=cursor)
        visible = (a for a in page.items if caller.sees(a.target.database, a.target.environment))
        now = self._storage.database.now()
        pictures = tuple(self._pictured(apply, now) for apply in visible)
        return Status(
            page=Page(items=pictures, next_cursor=page.next_cursor),
            state_counts=self._counts(wanted, caller),
        )

    def _counts(self, wanted: ApplyFilter, caller: Caller) -> dict[ApplyState, int]:
        if caller.sees_all:
            return dict(self._storage.applies.state_counts(wanted))
        counts = dict.fromkeys(ApplyState, 0)
        for database in self._routes.databases(caller):
            for environment in self._routes.environments(database, caller):
                for state, count in self._counts_on(wanted, database, environment).items():
                    counts[state] += count
        return counts

    def _counts_on(
        self, wanted: ApplyFilter, database: str, environment: str
    ) -> dict[ApplyState, int]:
        if wanted.database not in {None, database} or wanted.environment not in {None, environment}:
            return {}
        narrowed = replace(wanted, database=database, environment=environment)
        return dict(self._storage.applies.state_counts(narrowed))

    def _environments(self, database: str, names: tuple[str, ...]) -> tuple[EnvironmentView, ...]:
        locks = {lock.database: lock for lock in self._storage.locks.list()}
        views = []
        for order, name in enumerate(names, start=1):
            target = self._routes.target(database, name)
            views.append(
                EnvironmentView(
                    name=name,
                    order=order,
                    target=target,
                    route=LOCAL,
                    active=self._storage.applies.active_on(target),
                    lock=locks.get(database),
                )
            )
        return tuple(views)


def _driven_by(worker: Worker, applies: Iterable[Apply]) -> tuple[ApplyId, ...]:
    """A lease's owner is the process's name and its slot."""
    prefix = f"{worker.report.worker_id}/"
    return tuple(a.apply_id for a in applies if (a.lease_owner or "").startswith(prefix))
