"""A Tern in this process: the async edge of engines that are not."""

from collections.abc import Callable, Mapping, Sequence

from tern.client import Fence, Reporter, Signals
from tern.engine.outcomes import internal_failure, outcome_of
from tern.errors import FailedEarlier, SchemaBotError, TargetUnknown
from tern.lint.linting import lowered_rules
from tern.local.access import TargetAccess
from tern.local.drives import Caller, Drive, Rhythm
from tern.local.engines import Engines, TargetEngines
from tern.local.leftovers import Leftovers
from tern.local.mysql_site import MysqlSite
from tern.local.plans import Plans
from tern.local.site import Site, is_finished
from tern.local.target_side import TargetSide
from tern.local.threads import Threads
from tern.values.plan import PlanRequest, PlanResult, PulledSchema, PullRequest
from tern.values.progress import LogLine, TaskStatus
from tern.values.run import Completed, EndState, Health, LogsRequest, Outcome, Permanent, Work
from tern.values.target import Target

TargetKey = tuple[str, str]
"""Database and environment."""

SiteMaker = Callable[[TargetAccess], Site]

FEATURES = ("epoch", "request_id", "cancel", "pull", "take_back")


class LocalTern:
    """Plans and carries out schema changes on the targets that this process can reach."""

    def __init__(
        self,
        targets: Mapping[TargetKey, TargetAccess],
        *,
        engines: Engines | None = None,
        make_site: SiteMaker = MysqlSite,
        threads: Threads | None = None,
        rhythm: Rhythm | None = None,
        version: str = "unversioned",
    ) -> None:
        self._targets = dict(targets)
        self._engines = engines or Engines()
        self._make_site = make_site
        self._threads = threads or Threads()
        self._rhythm = rhythm or Rhythm()
        self._version = version
        self._plans = Plans(can_copy=self._engines.online is not None)
        self._leftovers = Leftovers(self._targets.values())

    async def plan(self, request: PlanRequest) -> PlanResult:
        """A proven plan; see `tern.client.Tern.plan`.

        Without an online engine here, what needs a copy is refused by the plan already.

        Raises:
            TargetUnknown: this process has no such target.
            SchemaBotError: the target can't be planned for at all.
        """
        return await self._plans.plan(self._access(request.target), request)

    async def pull(self, request: PullRequest) -> PulledSchema:
        """The live schema in canonical text. Raises as `plan`."""
        return await self._plans.pull(self._access(request.target), request)

    async def run(self, work: Work, *, fence: Fence, signals: Signals, report: Reporter) -> Outcome:
        """Carry the work out; see `tern.client.Tern.run`.

        A statement that the server runs directly is never held: `defer_cutover` concerns copies
        only, and such a statement runs in its turn.

        Raises:
            LeaseLost: the fence, the target or a report said that the work is no longer ours.
        """
        ended = _stored_end(work)
        if ended is not None:
            return ended
        caller = Caller(fence=fence, signals=signals, report=report)
        try:
            drive = self._drive(work, self._access(work.target), caller)
            return await drive.run()
        except SchemaBotError as error:
            return outcome_of(error)
        except Exception as error:  # noqa: BLE001  # one run is isolated from all others here
            return internal_failure(error)

    async def logs(self, request: LogsRequest) -> Sequence[LogLine]:
        """None: every line goes to the caller of the run, who keeps it."""
        del request
        return ()

    async def health(self) -> Health:
        """What this process can do; touches no target."""
        return Health(status="ok", version=self._version, features=FEATURES)

    async def sweep(self) -> Sequence[str]:
        """Drop what dead plans left on any target (P-17); a line for what was left, and why."""
        return await self._leftovers.sweep()

    def _access(self, target: Target) -> TargetAccess:
        access = self._targets.get((target.database, target.environment))
        if access is None:
            raise TargetUnknown(place=target.place)
        return access

    def _drive(self, work: Work, access: TargetAccess, caller: Caller) -> Drive:
        target = TargetSide(
            work,
            fence=caller.fence,
            site=self._make_site(access),
            threads=self._threads,
            engines=TargetEngines(self._engines, access),
            lowered=lowered_rules(access.planning.lint),
        )
        return Drive(work, caller=caller, target=target, rhythm=self._rhythm)


def _stored_end(work: Work) -> Outcome | None:
    """The outcome that the stored states amount to already; then the target isn't asked."""
    for statement in work.statements:
        if statement.status is TaskStatus.FAILED:
            error = FailedEarlier(table=f"{statement.schema}.{statement.table}")
            return Permanent(error=error, task_id=statement.task_id)
    if not all(is_finished(statement) for statement in work.statements):
        return None
    statuses = {statement.status for statement in work.statements}
    if TaskStatus.CANCELLED in statuses:
        return Completed(end=EndState.CANCELLED)
    if TaskStatus.REVERTED in statuses:
        return Completed(end=EndState.REVERTED)
    return Completed()
