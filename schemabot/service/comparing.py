"""Is a target as its files want it? An error is never "in sync" (P-51)."""

from dataclasses import dataclass, replace
from datetime import datetime

from schemabot.config.settings import Role
from schemabot.domain.apply import ApplyFilter
from schemabot.domain.ids import ApplyId
from schemabot.domain.states import ApplyState
from schemabot.offload import Offload
from schemabot.service.caller import Caller
from schemabot.service.routing import Routes
from schemabot.service.terns import TernCalls
from schemabot.service.views import Drift, DriftResult
from schemabot.storage.storage import Storage
from tern.errors import SchemaBotError
from tern.values.schema_files import SchemaFiles
from tern.values.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class _Baseline:
    as_of: datetime
    apply_id: ApplyId | None = None
    files: SchemaFiles | None = None


class Comparing:
    """Drift of a live schema from its files."""

    def __init__(
        self, *, storage: Storage, threads: Offload, routes: Routes, terns: TernCalls
    ) -> None:
        self._storage = storage
        self._threads = threads
        self._routes = routes
        self._terns = terns

    async def drift(
        self, database: str, environment: str, *, desired: SchemaFiles | None, caller: Caller
    ) -> Drift:
        """How the live schema differs from the files, or from those that were applied last.

        Raises:
            DatabaseUnknown, EnvironmentUnknown, RoleMissing, StorageUnavailable: as named.
        """
        route = self._routes.find(database, environment, caller=caller, role=Role.READ)
        baseline = await self._threads.run(self._baseline, route.target)
        if desired is not None:
            baseline = replace(baseline, apply_id=None, files=desired)
        if baseline.files is None:
            error = "nothing was applied here yet; send the files to compare with"
            return Drift(result=DriftResult.UNKNOWN, as_of=baseline.as_of, error=error)
        drift = Drift(result=DriftResult.UNKNOWN, as_of=baseline.as_of, baseline=baseline.apply_id)
        try:
            plan = await self._terns.plan(route, baseline.files)
        except SchemaBotError as error:
            return replace(drift, error=error.message)
        if plan.problems:
            return replace(drift, error=plan.problems[0].message)
        result = DriftResult.DRIFTED if plan.statements else DriftResult.IN_SYNC
        return replace(drift, result=result, plan=plan)

    def _baseline(self, target: Target) -> _Baseline:
        wanted = ApplyFilter(
            database=target.database,
            database_type=target.type,
            environment=target.environment,
            states=frozenset({ApplyState.COMPLETED}),
        )
        as_of = self._storage.database.now()
        for apply in self._storage.applies.find(wanted, limit=1).items:
            files = self._storage.plans.desired(apply.plan_id)
            return _Baseline(as_of=as_of, apply_id=apply.apply_id, files=files)
        return _Baseline(as_of=as_of)
