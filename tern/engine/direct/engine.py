"""The engine port for DDL that runs directly."""

from contextlib import AbstractContextManager

from tern.ddl.flavor import Flavor
from tern.engine.direct.after_loss import decide
from tern.engine.direct.attempts import Attempts
from tern.engine.direct.job import Job, Lost
from tern.engine.direct.snapshot import Snapshot
from tern.engine.fence.claimant import Claimant
from tern.engine.fence.session import FencedSession, fenced_session
from tern.engine.orders import Orders
from tern.engine.outcomes import outcome_of
from tern.engine.pacing import Pacing
from tern.engine.port import Capabilities, CutoverOrder, EngineRun, StopKind
from tern.engine.sessions import Sessions
from tern.errors import SchemaBotError, WrongState
from tern.mysql.connect import ConnectParams
from tern.mysql.session import Session, recorded_session
from tern.values.progress import TaskProgress
from tern.values.run import Outcome

CAPABILITIES = Capabilities(
    name="direct",
    stop=True,
    cancel=True,
    defer_cutover=False,
    take_back=False,
    revert=False,
    volume=False,
    atomic_group=False,
)
# The server frees what a frozen run holds; longer than a run ever stays away between attempts.
_IDLE_SECONDS = 120


class DirectEngine:
    """One run of one statement on one target."""

    def __init__(self, params: ConnectParams, *, pacing: Pacing | None = None) -> None:
        self._sessions = Sessions(params)
        self._pacing = pacing or Pacing()
        self._orders = Orders()
        self._snapshot = Snapshot()

    @property
    def capabilities(self) -> Capabilities:
        """See `tern.engine.port`."""
        return CAPABILITIES

    def has_checkpoint(self, run: EngineRun) -> bool:
        """Never: a statement has run or has not."""
        del run
        return False

    def apply(self, run: EngineRun) -> Outcome:
        """Run the one statement to an outcome.

        Raises:
            LeaseLost: the lease is gone; so is everything of this run on the target.
        """
        (statement,) = run.statements
        job = Job(
            run=run,
            statement=statement,
            orders=self._orders,
            snapshot=self._snapshot,
            pacing=self._pacing,
        )
        self._snapshot.begin(statement.task_id)
        try:
            return self._carry_out(job)
        except SchemaBotError as error:
            self._sessions.check()
            return outcome_of(error, task_id=statement.task_id)
        finally:
            self._sessions.leave()

    def progress(self) -> tuple[TaskProgress, ...]:
        """See `tern.engine.port`."""
        return self._snapshot.read()

    def stop(self, kind: StopKind) -> None:
        """Come to rest between two attempts; ABANDON breaks off whatever goes on."""
        self._orders.ask(kind)
        if kind is StopKind.ABANDON:
            self._sessions.cut()

    def cutover(self, order: CutoverOrder) -> None:
        """Refused: such a statement runs in its turn and is never held.

        Raises:
            Conflict: always.
        """
        raise WrongState(asked=f"cutover ({order})", reason="a direct statement is never held")

    def volume(self, level: int) -> None:
        """None: no rows are copied, so there is no pace."""
        del level

    def _carry_out(self, job: Job) -> Outcome:
        self._sessions.check()
        if self._orders.stopping.is_set():
            return self._orders.rest()
        with self._fenced(job) as session:
            ended = Attempts(job, session).make()
        if not isinstance(ended, Lost):
            return ended
        self._sessions.check()
        return decide(job, ended, fenced=lambda: self._fenced(job))

    def _fenced(self, job: Job) -> AbstractContextManager[FencedSession]:
        def session(flavor: Flavor) -> Session:
            recorded = recorded_session(flavor, job.run.session).but(wait_timeout=_IDLE_SECONDS)
            # A server-wide limit for queries must not end a DROP half way; MySQL has none for DDL.
            return recorded.but(max_statement_time=0) if flavor.is_mariadb() else recorded

        return fenced_session(
            self._sessions,
            Claimant.of(job.run),
            schemas=(job.statement.schema,),
            session=session,
        )
