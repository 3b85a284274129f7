"""Back to what was live before an apply: a plan like any other, from its own originals (P-50).

Desired is the live schema with the tables that the apply changed as they were before it: created
ones gone, altered and dropped ones as the plan found them. Nothing else is touched, and what a
later apply changed is overwritten only with consent.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from schemabot.config.settings import Role
from schemabot.domain.apply import Apply, ApplyFilter
from schemabot.domain.idempotency import StoredAnswer
from schemabot.domain.ids import ApplyId
from schemabot.domain.plan import NewPlan, Plan
from schemabot.domain.states import TaskState
from schemabot.offload import Offload
from schemabot.service.auditing import accepted
from schemabot.service.caller import Caller
from schemabot.service.errors import RollbackUnavailable
from schemabot.service.linting import as_files
from schemabot.service.once import Once
from schemabot.service.routing import Route, Routes
from schemabot.service.terns import TernCalls
from schemabot.storage.storage import Storage
from tern.values.plan import ChangeType, Finding, PlanResult, PulledSchema
from tern.values.schema_files import SchemaFiles, Severity

OVERWRITES = "rollback_overwrites"  # the one lint rule that needs the control plane's rows

Table = tuple[str, str]  # namespace, name
_CHANGED = frozenset({TaskState.COMPLETED, TaskState.REVERT_WINDOW})
_LATER_APPLIES = 1000
_NOTE = "rollback of {}: what it dropped comes back without its rows and values"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """What an apply changed, and how that was before; None for a table that it created."""

    apply: Apply
    plan: Plan
    desired: SchemaFiles
    before: Mapping[Table, str | None]
    later: Mapping[Table, ApplyId]


class Undoing:
    """Rollback plans."""

    def __init__(
        self,
        *,
        storage: Storage,
        threads: Offload,
        routes: Routes,
        terns: TernCalls,
        plan_ttl: timedelta,
        overwriting: Severity,
    ) -> None:
        self._overwriting = overwriting
        self._storage = storage
        self._threads = threads
        self._routes = routes
        self._terns = terns
        self._plan_ttl = plan_ttl

    async def plan(self, apply_id: ApplyId, *, caller: Caller, once: Once[Plan]) -> StoredAnswer:
        """The rollback plan, stored and rendered.

        Raises:
            ApplyNotFound, RoleMissing: as named.
            RollbackUnavailable: nothing was changed, or its originals are not known.
            PlanTimedOut, and what `Tern.plan` raises: the target can't be planned for.
        """
        stored = await self._threads.run(once.stored, self._storage)
        if stored is not None:
            return stored
        past = await self._threads.run(self._past, apply_id, caller)
        target = past.apply.target
        route = self._routes.find(
            target.database, target.environment, caller=caller, role=Role.PLAN
        )
        namespaces = tuple(sorted({namespace for namespace, _ in past.before}))
        live = await self._terns.pull(route, namespaces)
        desired = _desired(past, live)
        result = await self._terns.plan(route, desired)
        marked = _marked(past, result, self._overwriting)
        new = self._new_plan(route, past, result=marked, desired=desired)
        new = replace(new, caller=caller.subject)
        return await self._threads.run(
            once.write, self._storage, lambda: self._store(new, past.apply, caller)
        )

    def _past(self, apply_id: ApplyId, caller: Caller) -> _Past:
        read = self._storage.database.read
        return read(lambda _: self._read_past(apply_id, caller), is_snapshot=True)

    def _read_past(self, apply_id: ApplyId, caller: Caller) -> _Past:
        apply = self._storage.applies.get(apply_id)
        caller.require_on(Role.PLAN, apply.target.database, apply.target.environment)
        plan = self._storage.plans.get(apply.plan_id)
        return _Past(
            apply=apply,
            plan=plan,
            desired=self._storage.plans.desired(apply.plan_id),
            before=_before(apply, plan),
            later=self._changed_later(apply),
        )

    def _changed_later(self, apply: Apply) -> Mapping[Table, ApplyId]:
        wanted = ApplyFilter(
            database=apply.target.database,
            database_type=apply.target.type,
            environment=apply.target.environment,
            since=apply.created_at,
        )
        later: dict[Table, ApplyId] = {}
        for other in self._storage.applies.find(wanted, limit=_LATER_APPLIES).items:
            if other.apply_id != apply.apply_id:
                later.update(dict.fromkeys(_changed(other), other.apply_id))
        return later

    def _new_plan(
        self, route: Route, past: _Past, *, result: PlanResult, desired: SchemaFiles
    ) -> NewPlan:
        return NewPlan(
            target=route.target,
            route=route.name,
            engine=route.engine.name,
            result=result,
            desired=desired,
            caller=past.apply.caller,
            ttl=self._plan_ttl,
            source=past.plan.source,
            rollback_of=past.apply.apply_id,
        )

    def _store(self, new: NewPlan, apply: Apply, caller: Caller) -> Plan:
        plan = self._storage.plans.create(new)
        audit = accepted(caller, "rollback_plan", plan_id=plan.plan_id, apply_id=apply.apply_id)
        self._storage.audit.append(audit)
        return plan


def _changed(apply: Apply) -> Iterator[Table]:
    return ((task.namespace, task.table) for task in apply.tasks if task.state in _CHANGED)


def _before(apply: Apply, plan: Plan) -> Mapping[Table, str | None]:
    originals = {(o.namespace, o.table): o.text for o in plan.result.originals}
    kinds = {(t.namespace, t.table): t.change_type for t in apply.tasks}
    before = {table: originals.get(table) for table in _changed(apply)}
    if not before:
        reason = f"it is {apply.state} and changed nothing"
        raise RollbackUnavailable(apply_id=apply.apply_id, reason=reason)
    for table, text in before.items():
        if text is None and kinds[table] is not ChangeType.CREATE:
            reason = f"the original of {table[1]} was not kept"
            raise RollbackUnavailable(apply_id=apply.apply_id, reason=reason)
    return before


def _desired(past: _Past, live: PulledSchema) -> SchemaFiles:
    files = {namespace: dict(tables) for namespace, tables in live.tables.items()}
    for (namespace, table), text in past.before.items():
        if text is None:
            files[namespace].pop(table, None)
        else:
            files.setdefault(namespace, {})[table] = text
    return as_files(PulledSchema(tables=files), past.desired.config)


def _marked(past: _Past, result: PlanResult, severity: Severity) -> PlanResult:
    findings = tuple(
        Finding(
            rule=OVERWRITES,
            severity=severity,
            message=f"{past.later[table]} changed {table[1]} later",
            namespace=table[0],
            table=table[1],
            unsafe=True,
        )
        for table in past.before
        if table in past.later and severity is not Severity.OFF
    )
    return replace(
        result,
        findings=(*findings, *result.findings),
        warnings=(_NOTE.format(past.apply.apply_id), *result.warnings),
    )
