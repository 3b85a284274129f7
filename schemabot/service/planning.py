"""Desired files -> a proven, stored plan; reads of plans; what a target looks like now."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from schemabot.config.settings import Role
from schemabot.domain.errors import InvalidField
from schemabot.domain.idempotency import StoredAnswer
from schemabot.domain.ids import PlanId
from schemabot.domain.page import Page
from schemabot.domain.plan import NewPlan, Plan, PlanFilter, PlanSource
from schemabot.offload import Offload
from schemabot.service.auditing import accepted
from schemabot.service.caller import Caller
from schemabot.service.once import Once
from schemabot.service.routing import Route, Routes
from schemabot.service.terns import TernCalls
from schemabot.storage.storage import Storage
from tern.values.plan import PulledSchema
from tern.values.schema_files import SchemaFiles
from tern.values.target import DatabaseType


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanCommand:
    """What a caller wants planned; deployment and target are the server's to choose (A-13)."""

    database: str
    environment: str
    type: DatabaseType
    desired: SchemaFiles
    source: PlanSource = field(default_factory=PlanSource)


class Planning:
    """Plans, and what else needs a Tern without changing anything."""

    def __init__(
        self,
        *,
        storage: Storage,
        threads: Offload,
        routes: Routes,
        terns: TernCalls,
        plan_ttl: timedelta,
    ) -> None:
        self._storage = storage
        self._threads = threads
        self._routes = routes
        self._plan_ttl = plan_ttl
        self._terns = terns

    async def plan(self, command: PlanCommand, *, caller: Caller, once: Once[Plan]) -> StoredAnswer:
        """The plan, stored and rendered; what is wrong with the files is in its problems (A-15).

        Raises:
            DatabaseUnknown, EnvironmentUnknown, RoleMissing, InvalidField: nothing was planned.
            PlanTimedOut, and what `Tern.plan` raises: the target can't be planned for.
        """
        route = self._route(command, caller)
        stored = await self._threads.run(once.stored, self._storage)
        if stored is not None:
            return stored
        new = NewPlan(
            target=route.target,
            route=route.name,
            engine=route.engine.name,
            result=await self._terns.plan(route, command.desired),
            desired=command.desired,
            caller=caller.subject,
            ttl=self._plan_ttl,
            source=command.source,
        )
        return await self._threads.run(once.write, self._storage, lambda: self._store(new, caller))

    async def get(self, plan_id: PlanId, *, caller: Caller) -> Plan:
        """The stored plan. Raises PlanNotFound, RoleMissing."""
        plan = await self._threads.run(self._storage.plans.get, plan_id)
        caller.require_on(Role.READ, plan.target.database, plan.target.environment)
        return plan

    async def find(
        self, wanted: PlanFilter, *, caller: Caller, limit: int, cursor: str | None
    ) -> Page[Plan]:
        """Plans, newest first; a page is short where the caller may not see some."""
        database, environment = self._routes.spelled_pair(wanted.database, wanted.environment)
        wanted = replace(wanted, database=database, environment=environment)
        page = await self._threads.run(self._storage.plans.find, wanted, limit=limit, cursor=cursor)
        visible = (p for p in page.items if caller.sees(p.target.database, p.target.environment))
        return Page(items=tuple(visible), next_cursor=page.next_cursor)

    async def pull(
        self, database: str, environment: str, *, namespaces: tuple[str, ...], caller: Caller
    ) -> PulledSchema:
        """The live schema in canonical text. Raises as `plan`."""
        route = self._routes.find(database, environment, caller=caller, role=Role.READ)
        return await self._terns.pull(route, namespaces)

    def _route(self, command: PlanCommand, caller: Caller) -> Route:
        route = self._routes.find(
            command.database, command.environment, caller=caller, role=Role.PLAN
        )
        configured = route.target.type
        if configured is not command.type:
            problem = f"{route.target.database} is of type {configured} here, not {command.type}"
            raise InvalidField(fields=[("type", problem)])
        return route

    def _store(self, new: NewPlan, caller: Caller) -> Plan:
        plan = self._storage.plans.create(new)
        self._storage.audit.append(accepted(caller, "plan", plan_id=plan.plan_id))
        return plan
