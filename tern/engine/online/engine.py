"""The engine port for changes that copy their table while applications go on using it."""

from collections.abc import Iterator
from contextlib import contextmanager

from tern.ddl.flavor import Flavor
from tern.engine.fence.claimant import Claimant
from tern.engine.fence.lease_margin import LeaseMargin
from tern.engine.fence.session import FencedSession, fenced_session
from tern.engine.online.beginning import Begin, find_beginning
from tern.engine.online.checkpoint import Checkpoint
from tern.engine.online.ground import Ground, Subject, subject_of
from tern.engine.online.options import OnlineOptions
from tern.engine.online.orders import OnlineOrders
from tern.engine.online.phases import Phase
from tern.engine.online.preflight.check import Moment
from tern.engine.online.preflight.seeing import check_all
from tern.engine.online.progress import Board
from tern.engine.online.run import OnlineRun
from tern.engine.outcomes import outcome_of
from tern.engine.port import Capabilities, CutoverOrder, EngineRun, StopKind
from tern.engine.sessions import Sessions
from tern.errors import LeaseLost, SchemaBotError, ServerUnavailable
from tern.mysql.connect import ConnectParams
from tern.mysql.connection import Connection
from tern.mysql.server import read_server
from tern.mysql.session import Session, plain_session, recorded_session
from tern.values.progress import TaskProgress
from tern.values.run import Outcome

CAPABILITIES = Capabilities(
    name="online",
    stop=True,
    cancel=True,
    defer_cutover=True,
    take_back=True,
    revert=False,
    volume=True,
    atomic_group=True,
)
# The server frees what a frozen run holds; longer than a run is ever silent.
_IDLE_SECONDS = 120


class OnlineEngine:
    """One run of one statement, or of several of one schema that cut over together."""

    def __init__(self, params: ConnectParams, *, options: OnlineOptions | None = None) -> None:
        self._options = options or OnlineOptions()
        self._sessions = Sessions(params)
        self._orders = OnlineOrders(volume=self._options.volume)
        self._board = Board()

    @property
    def capabilities(self) -> Capabilities:
        """See `tern.engine.port`."""
        return CAPABILITIES

    def has_checkpoint(self, run: EngineRun) -> bool:
        """Whether the change's own checkpoint table is on the target."""
        names = subject_of(run, run.statements[0]).names
        with self._sessions.open() as connection:
            return Checkpoint(names.checkpoint, Claimant.of(run)).exists(connection)

    def check(self, run: EngineRun) -> None:
        """Do nothing if a fresh start would pass all its checks; writes nothing, holds no lock.

        Raises:
            PreflightFailed: with everything that speaks against it.
            SchemaBotError: the target can't be looked at.
        """
        subjects = tuple(subject_of(run, statement) for statement in run.statements)
        claimant = Claimant.of(run)
        try:
            with self._sessions.open(_desk_session) as desk:
                fenced = FencedSession(desk, claimant=claimant, locks=())
                check_all(self._stood_on(run, subjects, fenced=fenced, desk=desk), Moment.START)
        finally:
            self._sessions.leave()

    def apply(self, run: EngineRun) -> Outcome:
        """Run to an outcome.

        Raises:
            LeaseLost: the lease is gone; so is everything of this run on the target.
        """
        if run.options.volume is not None:
            self._orders.volume = run.options.volume
        self._board.begin(run.statements)
        try:
            return self._carry_out(run)
        except SchemaBotError as error:
            self._sessions.check()
            return outcome_of(error, task_id=run.statements[0].task_id)
        finally:
            self._sessions.leave()

    def progress(self) -> tuple[TaskProgress, ...]:
        """See `tern.engine.port`."""
        return self._board.read()

    def stop(self, kind: StopKind) -> None:
        """Come to rest after the statements under way; ABANDON breaks them off."""
        self._orders.ask(kind)
        if kind is StopKind.ABANDON:
            self._sessions.cut()

    def cutover(self, order: CutoverOrder) -> None:
        """See `tern.engine.port`.

        Raises:
            Conflict: not waiting, or swapped already.
        """
        self._orders.cutover(order)

    def pause(self) -> None:
        """Copy and replay nothing until `resume`; the log is read on, so nothing is lost."""
        self._orders.pause()

    def resume(self) -> None:
        """Go on after `pause`."""
        self._orders.resume()

    def volume(self, level: int) -> int:
        """The pace from now on; the one before.

        Raises:
            InvalidRequest: it is not from 1 to 11.
        """
        return self._orders.set_volume(level)

    def _carry_out(self, run: EngineRun) -> Outcome:
        self._sessions.check()
        try:
            with self._ground(run) as ground:
                return OnlineRun(ground, self._board).to_outcome()
        except ServerUnavailable as lost:
            self._sessions.check()
            return self._after_loss(run, lost)

    def _after_loss(self, run: EngineRun, lost: ServerUnavailable) -> Outcome:
        """A session was lost: if the names were about to be swapped, look whether they are (E-52).

        Opening the ground anew ends the lost sessions and waits for that, so that what is seen
        stays true. When the target can't be looked at now, the next run will, first of all.
        """
        phases = {task.phase for task in self._board.read()}
        if phases.isdisjoint({Phase.CUTOVER, Phase.CLEAN_UP}):
            raise lost
        try:
            with self._ground(run) as ground:
                if find_beginning(ground).begin is Begin.SWAPPED:
                    return OnlineRun(ground, self._board).to_outcome()
        except LeaseLost:
            raise
        except ServerUnavailable:
            raise lost from None
        raise lost

    @contextmanager
    def _ground(self, run: EngineRun) -> Iterator[Ground]:
        subjects = tuple(subject_of(run, statement) for statement in run.statements)
        claimant = Claimant.of(run)

        def session(flavor: Flavor) -> Session:
            return recorded_session(flavor, run.session).but(wait_timeout=_IDLE_SECONDS)

        schemas = {subject.source.schema for subject in subjects}
        with (
            fenced_session(self._sessions, claimant, schemas=schemas, session=session) as fenced,
            self._sessions.open(_desk_session) as desk,
        ):
            yield self._stood_on(run, subjects, fenced=fenced, desk=desk)

    def _stood_on(
        self,
        run: EngineRun,
        subjects: tuple[Subject, ...],
        *,
        fenced: FencedSession,
        desk: Connection,
    ) -> Ground:
        return Ground(
            run=run,
            options=self._options,
            orders=self._orders,
            sessions=self._sessions,
            fenced=fenced,
            desk=desk,
            server=read_server(desk),
            subjects=subjects,
            checkpoint=Checkpoint(subjects[0].names.checkpoint, Claimant.of(run)),
            margin=LeaseMargin(run.fence, term=run.lease_term),
        )


def _desk_session(flavor: Flavor) -> Session:
    """Sizes are read as they are now, not as they were when somebody last asked."""
    fresh = {} if flavor.is_mariadb() else {"information_schema_stats_expiry": 0}
    return plain_session(flavor).but(wait_timeout=_IDLE_SECONDS, **fresh)
