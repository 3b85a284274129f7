"""A change under way: its lanes and threads, and the coordinator's watch over all of them."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from time import monotonic

from tern.binlog.watched_table import TableName
from tern.engine.fence.claimant import lock_name
from tern.engine.online.change_feed import ChangeFeed
from tern.engine.online.checkpoint import Saved
from tern.engine.online.contention import note_blockers
from tern.engine.online.crew import Crew, Squad, Turnstile
from tern.engine.online.delta import BatchLog
from tern.engine.online.gauges import BacklogGauge
from tern.engine.online.ground import Ground
from tern.engine.online.lane import Lane
from tern.engine.online.pace import Pace, pace_of
from tern.engine.online.phases import Phase
from tern.engine.online.progress import Board, Now
from tern.engine.online.shadow_table import Fingerprint
from tern.engine.online.tally import Spent, Tally
from tern.engine.online.throttle.brake import Brake
from tern.engine.online.throttle.limits import Limits, limits_of
from tern.engine.online.throttle.pausing import pause_words
from tern.errors import ServerUnavailable
from tern.mysql.catalogue import sizes
from tern.mysql.named_lock import holder

log = logging.getLogger(__name__)

# Each phase ends at a tick: a change has five or six, and a tick costs 0.2 ms of CPU.
_TICK_SECONDS = 0.025
_NOTE_EVERY_SECONDS = 0.25
_LOCK_EVERY_SECONDS = 1.0


class AskedToRestError(Exception):
    """The run was asked to stop or to cancel; raised on the coordinator alone."""


class OverloadedError(Exception):
    """The server was critical for too long; raised on the coordinator alone."""


@dataclass(slots=True, kw_only=True)
class Change:
    """What the phases of one run work on; the coordinator's alone, but for what it shares out.

    Attributes:
        saved: What the checkpoint says, or will say next.
        turnstile: Shut while the cutover holds the tables.
        is_ddl_busy: A thread runs a statement on the fenced session.
        deferred_indexes: How many the shadow gets after the copy, of all tables.
    """

    ground: Ground
    saved: Saved
    lanes: tuple[Lane, ...]
    log: BatchLog
    crew: Crew
    feed: ChangeFeed
    turnstile: Turnstile
    board: Board
    brake: Brake
    tally: Tally
    gauge: BacklogGauge = field(default_factory=BacklogGauge)
    copiers: Squad | None = None
    replayers: Squad | None = None
    is_ddl_busy: bool = False
    deferred_indexes: int = 0
    _noted: float = 0.0
    _locked: float = 0.0
    _written: float = field(default_factory=monotonic)

    @property
    def phase(self) -> Phase:
        """Where the run is."""
        return self.saved.phase

    @property
    def pace(self) -> Pace:
        """The pace of this moment."""
        return pace_of(self.ground.orders.volume)

    @property
    def limits(self) -> Limits:
        """What the signals may say at this moment."""
        return limits_of(self.pace, self.ground.options.throttle)

    @property
    def backlog_keys(self) -> int:
        """Changed keys not yet written, of all tables."""
        return sum(len(lane.delta) for lane in self.lanes)

    def enter(self, phase: Phase) -> None:
        """The phase begins; the checkpoint says so before anything of it is done."""
        self.saved = replace(self.saved, phase=phase)
        self.tally.enter(phase, at=monotonic())
        self.save()
        self._show()

    def save(self) -> None:
        """Write the checkpoint.

        The room that the shadows take is noted on the way. `low` is read before the applied
        position: what was dropped in between lies beyond it.
        """
        self._note_disk()
        tables = {
            lane.link.source.name: replace(
                self.saved.tables[lane.link.source.name],
                low=lane.watermark.low,
                verified=lane.verified,
                rows_copied=lane.counts.rows_copied,
                repairs=lane.counts.repairs,
            )
            for lane in self.lanes
        }
        self.saved = replace(
            self.saved,
            tables=tables,
            applied=self.log.applied().to_text(),
            volume=self.ground.orders.volume,
            attempts=self.board.attempts,
            repairs=sum(lane.counts.repairs for lane in self.lanes),
            spent=self.spent(),
        )
        self.ground.checkpoint.write(self.ground.desk, self.saved)
        self._written = monotonic()

    def wait_until(self, is_reached: Callable[[], bool]) -> None:
        """Watch over the run until then. Raises as `watch`."""
        while not is_reached():
            self.watch(_TICK_SECONDS)

    def watch(self, seconds: float) -> None:
        """Wait a little, then look after everything that a run must look after.

        Raises:
            AskedToRestError: a stop or cancel was asked for.
            OverloadedError: the server is critical and does not get better.
            LeaseLost: the checkpoint is not ours any more.
            ServerUnavailable: the named lock is not ours any more.
            SchemaBotError: what a thread ended with.
        """
        self.ground.orders.stopping.wait(seconds)
        self.ground.sessions.check()
        if self.ground.orders.stopping.is_set():
            raise AskedToRestError
        self.crew.check()
        self._judge_load()
        self._resize()
        self.note_backlog()
        self._check_lock()
        if monotonic() - self._written > self.ground.options.checkpoint_every.total_seconds():
            self.save()

    def note_backlog(self) -> None:
        """Note where the server's log stands, and how much of it is applied."""
        if monotonic() - self._noted < _NOTE_EVERY_SECONDS:
            return
        self._noted = monotonic()
        self.gauge.note(self.ground.server_log(), applied=self.log.applied())
        note_blockers(self.ground, self.lanes)
        self._show()

    def fingerprints(self) -> Mapping[TableName, Fingerprint]:
        """What the tables of the run must be, sources and shadows."""
        known = {}
        for lane in self.lanes:
            table = self.saved.tables[lane.link.source.name]
            known[lane.link.source] = table.source
            if table.shadow is not None:
                known[lane.link.shadow] = table.shadow
        return known

    def spent(self) -> Spent:
        """What all runs of this change have spent by now."""
        return self.tally.spent(at=monotonic(), throttled_seconds=self.brake.held_seconds)

    def rest(self) -> None:
        """All threads end after their statement; the checkpoint is written."""
        self.end_threads()
        self.save()

    def end_threads(self) -> None:
        """All threads end after their statement; one that takes too long is broken off (E-61)."""
        self.crew.retire()
        self.feed.stop()
        self.turnstile.open()
        if self.crew.join():
            return
        ground = self.ground
        log.warning("%s: statements that take long are broken off", self.lanes[0].table)
        ground.sessions.end_others(ground.desk, kept=[ground.fenced.connection.id])
        if not self.crew.join():
            log.error("%s: threads of the run do not end", self.lanes[0].table)

    def _show(self) -> None:
        now = Now(
            at=monotonic(),
            phase=self.phase,
            phases=self.tally.phases(at=monotonic()),
            age_seconds=self.gauge.age_seconds,
            checkpoint_age_seconds=monotonic() - self._written,
            volume=self.ground.orders.volume,
            indexes=self.deferred_indexes,
            settle_seconds=self.ground.options.settle_for.total_seconds(),
        )
        self.board.show(now, self.lanes)

    def _note_disk(self) -> None:
        schema = self.lanes[0].link.source.schema
        names = [table.name for lane in self.lanes for table in (lane.link.shadow, lane.link.probe)]
        found = sizes(self.ground.desk, schema, names)
        self.tally.note_disk(sum(size.total_bytes for size in found.values()))

    def _judge_load(self) -> None:
        """Hold back or let go, by what the signals say now (E-62)."""
        paused_at = self.ground.orders.paused_at
        paused = None if paused_at is None else pause_words(self.ground.server, since=paused_at)
        self.brake.set(self.limits, paused=paused)
        self.board.throttle = self.brake.shown()
        critical = self.brake.overload()
        if critical is not None:
            raise OverloadedError(critical)

    def _resize(self) -> None:
        """As many threads as the volume says now (E-63)."""
        pace = self.pace
        if self.copiers is not None and any(lane.has_ranges for lane in self.lanes):
            is_latched = any(lane.is_latched for lane in self.lanes)
            self.copiers.resize(1 if is_latched else pace.copiers)
        if self.replayers is not None:
            self.replayers.resize(self.brake.replayers(pace.replayers))

    def _check_lock(self) -> None:
        """The DDL session never reconnects: without it all work ends, to begin anew (E-60)."""
        if monotonic() - self._locked < _LOCK_EVERY_SECONDS:
            return
        self._locked = monotonic()
        ground = self.ground
        if not self.is_ddl_busy:
            # The server ends a session that says nothing for long.
            ground.fenced.connection.value("SELECT 1")
        for subject in ground.subjects[:1]:
            name = lock_name(subject.source.schema)
            found = holder(ground.desk, name)
            if found != ground.fenced.connection.id:
                reason = "the session that holds the target is gone"
                raise ServerUnavailable(place=ground.desk.place, reason=reason)
