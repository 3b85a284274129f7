"""The engine port for changes that copy their table while applications go on using it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from tern.ddl.flavor import Flavor
from tern.engine.fence.claimant import Claimant
from tern.engine.fence.lease_margin import LeaseMargin
from tern.engine.fence.record import check_newest
from tern.engine.fence.session import FencedSession, fenced_session
from tern.engine.online.checkpoint import Checkpoint
from tern.engine.online.ground import Ground, Subject, subject_of
from tern.engine.online.options import OnlineOptions
from tern.engine.online.orders import OnlineOrders
from tern.engine.online.preflight.check import Moment
from tern.engine.online.preflight.seeing import check_all
from tern.engine.online.progress import Board
from tern.engine.online.returns import Returns
from tern.engine.online.run import OnlineRun
from tern.engine.outcomes import outcome_of
from tern.engine.port import Capabilities, CutoverOrder, EngineRun, StopKind
from tern.engine.sessions import Sessions
from tern.errors import BinlogPurged, LeaseLost, SchemaBotError, ServerUnavailable, Transient
from tern.mysql.connect import ConnectParams
from tern.mysql.connection import Connection
from tern.mysql.server import read_server
from tern.mysql.session import (
    Session,
    building_session,
    plain_session,
    recorded_session,
)
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
_RETURN_PAUSE_SECONDS = 1.0

log = logging.getLogger(__name__)


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

    def check(self, run: EngineRun) -> tuple[str, ...]:
        """What is worth knowing, if a fresh start would pass all its checks.

        Writes nothing, holds no lock.

        Raises:
            PreflightFailed: with everything that speaks against it.
            SchemaBotError: the target can't be looked at.
        """
        subjects = tuple(subject_of(run, statement) for statement in run.statements)
        claimant = Claimant.of(run)
        try:
            with self._sessions.open(_desk_session) as desk:
                fenced = FencedSession(desk, claimant=claimant, locks=())
                ground = self._stood_on(run, subjects, fenced=fenced, desk=desk)
                return check_all(ground, Moment.START)
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
            self._check_newest(run, error)
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

    def _check_newest(self, run: EngineRun, error: SchemaBotError) -> None:
        """What a newer run did on the target is no failure of this one, which has none to report.

        Raises:
            LeaseLost: a newer run is on record.
        """
        if isinstance(error, Transient):
            return
        try:
            with self._sessions.open() as connection:
                check_newest(connection, Claimant.of(run))
        except LeaseLost:
            raise
        except SchemaBotError as unseen:
            log.warning("whether a newer run is on record can't be seen: %s", unseen)

    def _carry_out(self, run: EngineRun) -> Outcome:
        """Stand on the target and walk; once the ground is lost, take it anew (E-60, E-61).

        Opening it ends all sessions that were lost and waits for that, takes the named locks and
        asks whether a newer run is on record. What then stands on the target says where to go on,
        also whether the names were swapped meanwhile (E-52).
        """
        returns = Returns(reconnect_for=self._options.reconnect_for)
        while True:
            self._sessions.check()
            try:
                with self._ground(run) as ground:
                    returns.stand()
                    return OnlineRun(ground, self._board, returns).to_outcome()
            except (ServerUnavailable, BinlogPurged) as lost:
                self._sessions.check()
                self._wait_to_return(returns, lost)

    def _wait_to_return(self, returns: Returns, lost: ServerUnavailable | BinlogPurged) -> None:
        was_sought = returns.is_lasting
        if not returns.may_return() or (was_sought and self._orders.stopping.is_set()):
            raise lost
        log.warning("the target is taken anew: %s", lost)
        self._board.interrupt(lost.message)
        if isinstance(lost, BinlogPurged):
            returns.must_begin_afresh = lost.message
        if was_sought:
            self._orders.stopping.wait(_RETURN_PAUSE_SECONDS)

    @contextmanager
    def _ground(self, run: EngineRun) -> Iterator[Ground]:
        subjects = tuple(subject_of(run, statement) for statement in run.statements)
        claimant = Claimant.of(run)

        def session(flavor: Flavor) -> Session:
            proven = recorded_session(flavor, run.session).but(wait_timeout=_IDLE_SECONDS)
            return building_session(proven)

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
