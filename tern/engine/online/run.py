"""Walks the phases of one run (section 2); every algorithm is elsewhere."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from time import monotonic

from tern.binlog.position import Position
from tern.engine.online import statements
from tern.engine.online.beginning import Begin, Beginning, as_found, find_beginning, find_swap
from tern.engine.online.change import AskedToRestError, Change, OverloadedError
from tern.engine.online.change_feed import ChangeFeed, FeedLimits
from tern.engine.online.checkpoint import Saved
from tern.engine.online.cleanup import remove_finished, remove_unfinished
from tern.engine.online.crew import Crew, Squad, Turnstile
from tern.engine.online.cutover import Cutover
from tern.engine.online.delta import BatchLog
from tern.engine.online.estimate import check_room, expect, with_costs
from tern.engine.online.foreign_statements import StatementJudge
from tern.engine.online.gate import gate_reason, wait_for_gate
from tern.engine.online.ground import Ground
from tern.engine.online.late_indexes import add_indexes
from tern.engine.online.load_watch import make_brake, start_watching
from tern.engine.online.phases import AFTER_COPY, Phase
from tern.engine.online.preflight.check import Moment
from tern.engine.online.preflight.probing import probe_all
from tern.engine.online.preflight.seeing import check_all
from tern.engine.online.prepare import make_lanes, make_tables, missing_indexes
from tern.engine.online.progress import Board
from tern.engine.online.returns import Returns
from tern.engine.online.score import actuals
from tern.engine.online.tally import Tally
from tern.engine.online.throttle.replica_lag import check_replica
from tern.engine.online.verifying import settle_samples, verify_again, verify_all
from tern.engine.online.workers import CopyWork, Floor, ReplayWork
from tern.engine.port import StopKind
from tern.errors import DiskFull, ServerUnavailable, Transient
from tern.values.run import Completed, Outcome, Waiting

_AFTER_OVERLOAD = timedelta(seconds=60)


class OnlineRun:
    """One run, from what the target shows to an outcome."""

    def __init__(self, ground: Ground, board: Board, returns: Returns) -> None:
        self._ground = ground
        self._board = board
        self._returns = returns

    def to_outcome(self) -> Outcome:
        """Begin afresh or go on, to the end or to rest.

        Raises:
            SchemaBotError: what ended the run; the checkpoint says how far it came.
        """
        if self._ground.orders.asked is StopKind.CANCEL:
            return self._cancel()
        beginning = find_beginning(self._ground, purged=self._returns.must_begin_afresh)
        match beginning.begin:
            case Begin.IN_PLACE:
                self._board.complete({"how": "already in place"}, {})
                return Completed()
            case Begin.SWAPPED:
                return self._end(beginning.saved)
            case Begin.FRESH | Begin.RESUME:
                return self._carry_out(beginning)

    def _carry_out(self, beginning: Beginning) -> Outcome:
        if self._ground.orders.stopping.is_set():
            return self._rest()
        try:
            change = self._start(beginning)
        except AskedToRestError:
            return self._rest()
        try:
            self._walk(change)
        except AskedToRestError:
            change.rest()
            return self._rest()
        except OverloadedError as error:
            change.rest()
            return Waiting(reason=str(error), due=_AFTER_OVERLOAD)
        except (ServerUnavailable, DiskFull):
            # The row has its own fence. Where it can't be written, a little is copied twice.
            with suppress(Transient):
                change.rest()
            raise
        finally:
            change.end_threads()
        return self._end(change.saved)

    def _cancel(self) -> Outcome:
        """Whatever state the tables are in: what is ours goes, unless the names are swapped."""
        saved = self._ground.checkpoint.read(self._ground.desk)
        if saved is not None and find_swap(self._ground, saved) is not None:
            return self._end(saved)
        return self._rest()

    def _rest(self) -> Outcome:
        if self._ground.orders.asked is StopKind.CANCEL:
            remove_unfinished(self._ground)
        return self._ground.orders.rest()

    def _end(self, saved: Saved | None) -> Outcome:
        """The names are swapped: what is left over goes."""
        remove_finished(self._ground)
        scores = {} if saved is None else actuals(self._ground.subjects, saved)
        self._board.complete({"how": "by copy"}, scores)
        return Completed()

    def _start(self, beginning: Beginning) -> Change:
        is_resumed = beginning.begin is Begin.RESUME
        saved = beginning.saved
        if not is_resumed or saved is None:
            generation = 1
            if saved is not None:
                generation = saved.generation + 1
                self._returns.begin_afresh(
                    table=self._ground.subjects[0].table, reason=beginning.reason
                )
                remove_unfinished(self._ground)
            self._board.notices = check_all(self._ground, Moment.START)
            costs = expect(self._ground)
            check_room(self._ground, costs)
            for replica in self._ground.options.throttle.replicas:
                check_replica(replica)
            probe_all(self._ground)
            saved = make_tables(self._ground, generation=generation)
            saved = with_costs(saved, costs)
        else:
            saved = as_found(self._ground, saved)
            self._ground.checkpoint.take(self._ground.desk, saved)
        return start_change(self._ground, saved, self._board, is_resumed=is_resumed)

    def _walk(self, change: Change) -> None:
        steps: tuple[Callable[[Change], None], ...] = (
            copy,
            add_indexes,
            catch_up,
            analyze,
            verify,
            swap,
        )
        for step in steps:
            step(change)


def start_change(ground: Ground, saved: Saved, board: Board, *, is_resumed: bool) -> Change:
    """The feed runs; copiers and replayers are ready to be called."""
    log = BatchLog(received=Position.from_text(saved.applied))
    lanes = make_lanes(ground, saved, log, is_resumed=is_resumed)
    judge = StatementJudge(
        ground.sessions,
        lanes,
        fingerprints=lambda: change.fingerprints(),  # noqa: PLW0108  # made further down
        server_id=int(ground.server.variables.get("server_id", "0")),
    )
    feed = ChangeFeed(
        ground.sessions.params,
        lanes={lane.link.source: lane for lane in lanes},
        log=log,
        judge=judge.judge,
        limits=FeedLimits(
            delta_keys=ground.options.delta_keys, reconnect_for=ground.options.reconnect_for
        ),
    )
    change = Change(
        ground=ground,
        saved=saved,
        lanes=lanes,
        log=log,
        crew=Crew(f"online:{ground.run.change_id}"),
        feed=feed,
        turnstile=Turnstile(),
        board=board,
        brake=make_brake(ground),
        tally=Tally(phase=saved.phase, since=monotonic(), before=saved.spent),
        deferred_indexes=sum(
            len(missing_indexes(ground, subject, lane.link.key))
            for subject, lane in zip(ground.subjects, lanes, strict=True)
        ),
    )
    floor = make_floor(change)
    change.copiers = Squad(change.crew, "copy", CopyWork(floor))
    change.replayers = Squad(change.crew, "replay", ReplayWork(floor))
    change.crew.start("feed", feed.run)
    start_watching(ground, change.crew, change.brake.dials, limits=lambda: change.limits)
    return change


def make_floor(change: Change) -> Floor:
    """What the workers of a change share."""
    ground = change.ground
    return Floor(
        sessions=ground.sessions,
        lanes=change.lanes,
        log=change.log,
        turnstile=change.turnstile,
        pace=lambda: change.pace,
        may_copy=lambda: (
            change.brake.may_copy and change.backlog_keys < ground.options.delta_keys // 2
        ),
        may_replay=lambda: change.brake.may_replay,
        committed=lambda took: change.brake.dials.commits.note(took, at=monotonic()),
        reconnect_for=ground.options.reconnect_for,
        replay_batch=ground.options.replay_batch,
        sample_every=ground.options.sample_every,
    )


def copy(change: Change) -> None:
    """Every range is committed (phase 4)."""
    if change.phase in AFTER_COPY:
        return
    change.enter(Phase.COPY)

    def is_copied() -> bool:
        return all(lane.watermark.is_copied for lane in change.lanes)

    while not is_copied():
        change.wait_until(lambda: is_copied() or any(lane.has_doubts for lane in change.lanes))
        settle_samples(change)


def catch_up(change: Change) -> None:
    """The shadow is as good as current (phase 5)."""
    if change.phase in {Phase.COPY, Phase.INDEX, Phase.CATCH_UP}:
        change.enter(Phase.CATCH_UP)
        change.wait_until(lambda: gate_reason(change) is None)


def analyze(change: Change) -> None:
    """The server's statistics of the shadow are fresh (phase 6)."""
    if change.phase not in {Phase.CATCH_UP, Phase.ANALYZE}:
        return
    change.enter(Phase.ANALYZE)
    for lane in change.lanes:
        change.ground.desk.query(statements.analyze(lane.link.shadow))


def verify(change: Change) -> None:
    """One full pass of comparison left no doubt open (phase 7)."""
    change.enter(Phase.VERIFY)
    if change.ground.options.verify:
        verify_all(change)


def swap(change: Change) -> None:
    """The new tables stand under the old names (phases 8 and 9)."""
    orders = change.ground.orders
    if change.ground.run.options.defer_cutover:
        orders.hold()
    while True:
        if not orders.may_swap:
            _hold(change)
        change.enter(Phase.CUTOVER)
        if Cutover(change).run():
            change.end_threads()
            change.saved = replace(change.saved, phase=Phase.CLEAN_UP, spent=change.spent())
            change.ground.checkpoint.write(change.ground.desk, change.saved)
            return
        # All tries are spent, or the order was taken back: a person decides.
        orders.hold_again()


def _hold(change: Change) -> None:
    """Ready for an order; meanwhile the tables are compared anew from time to time (E-43)."""
    change.enter(Phase.HELD)
    wait_for_gate(change)
    change.board.is_ready = True
    orders, options = change.ground.orders, change.ground.options
    while not orders.may_swap:
        due = monotonic() + options.hold_verify_pause.total_seconds()
        change.wait_until(lambda: orders.may_swap or monotonic() >= due)  # noqa: B023  # called here
        if options.verify and not orders.may_swap:
            verify_again(change, is_wanted=lambda: not orders.may_swap)
    change.board.is_ready = False
