"""What the copiers' and the replayers' threads do, over a session of their own each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from threading import Event
from time import monotonic

from tern.engine.online.crew import Turnstile
from tern.engine.online.delta import BatchLog
from tern.engine.online.lane import Lane, Ticket
from tern.engine.online.pace import Pace
from tern.engine.online.range_copy import RangeCopy
from tern.engine.online.replay import Replay
from tern.engine.online.row_writer import RowWriter
from tern.engine.online.verify import compare
from tern.engine.sessions import Sessions
from tern.errors import Deadlock, LockWaitTimeout, ServerUnavailable
from tern.mysql.connection import Connection
from tern.mysql.session import data_session

_IDLE_SECONDS = 0.05
_LOOK_SECONDS = 0.1
_READ_TIMEOUT = timedelta(minutes=5)
_RECONNECT_PAUSE_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What all workers of a run share.

    Attributes:
        pace: The pace of this moment.
        may_copy: Whether copiers may send their next statement.
        may_replay: Whether replayers may.
        committed: Told how many seconds a commit of ours took.
        sample_every: One of so many ranges is compared as soon as it is copied.
    """

    sessions: Sessions
    lanes: Sequence[Lane]
    log: BatchLog
    turnstile: Turnstile
    pace: Callable[[], Pace]
    may_copy: Callable[[], bool]
    may_replay: Callable[[], bool]
    committed: Callable[[float], None]
    reconnect_for: timedelta
    replay_batch: int
    sample_every: int


class CopyWork:
    """Copies ranges until none is left."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    def __call__(self, leaving: Event) -> None:
        """Until all ranges are handed out, or told to leave; over one session after the other."""
        _with_sessions(self._floor, self._work, leaving)

    def _work(self, connection: Connection, leaving: Event) -> None:
        copies = {lane.table: RangeCopy(connection, lane) for lane in self._floor.lanes}
        while not leaving.is_set():
            if not self._floor.may_copy():
                leaving.wait(_IDLE_SECONDS)
                continue
            with self._floor.turnstile.inside(leaving) as may_work:
                if may_work and not self._copy_one(connection, copies, leaving):
                    return

    def _copy_one(
        self, connection: Connection, copies: dict[str, RangeCopy], leaving: Event
    ) -> bool:
        """Whether there was a range; of several tables the least complete goes first (E-20)."""
        for lane in sorted(self._floor.lanes, key=lambda lane: lane.share_copied):
            ticket = lane.dispatch(connection)
            if ticket is not None:
                seconds = self._copy(copies[lane.table], lane, ticket, leaving=leaving)
                if not leaving.is_set() and lane.is_sample(self._floor.sample_every):
                    found = compare(connection, lane.link, ticket.key_range)
                    lane.doubt(found.doubts, rows=found.rows)
                self._rest(seconds, leaving)
                return True
        return False

    def _rest(self, seconds: float, leaving: Event) -> None:
        """Stay away for as long as the volume says, also when that changes meanwhile (E-63)."""
        begun = monotonic()
        while (left := begun + seconds * self._floor.pace().rest - monotonic()) > 0:
            if leaving.wait(min(left, _LOOK_SECONDS)):
                return

    def _copy(self, copy: RangeCopy, lane: Lane, ticket: Ticket, *, leaving: Event) -> float:
        begun = monotonic()
        rows = None
        try:
            rows = copy.copy(ticket.key_range, rows=ticket.rows, leaving=leaving)
        finally:
            if rows is None:
                lane.give_back(ticket)
        took = monotonic() - begun
        if rows is not None:
            lane.finish(
                ticket,
                rows=rows,
                took=None if copy.was_split else timedelta(seconds=took),
                target=self._floor.pace().chunk_target,
            )
        return took


class ReplayWork:
    """Replays changed keys until told to leave."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    def __call__(self, leaving: Event) -> None:
        """Over one session after the other."""
        _with_sessions(self._floor, self._work, leaving)

    def _work(self, connection: Connection, leaving: Event) -> None:
        replays = [
            (lane, Replay(RowWriter(connection, lane.link, latch=lane.latch), lane))
            for lane in self._floor.lanes
        ]
        last_sent = monotonic()
        while not leaving.is_set():
            if not self._floor.may_replay():
                leaving.wait(_IDLE_SECONDS)
                continue
            ripe = [replay for lane, replay in replays if lane.delta.is_ripe()]
            for replay in ripe:
                with self._floor.turnstile.inside(leaving) as may_work:
                    written = replay.step(self._floor.replay_batch) if may_work else 0
                if written:
                    self._floor.committed(connection.commit_seconds)
                else:
                    leaving.wait(_IDLE_SECONDS)
                last_sent = monotonic()
            if not ripe:
                self._floor.log.wait_for_work(_IDLE_SECONDS)
            if monotonic() - last_sent > 60:  # noqa: PLR2004  # a minute
                connection.value("SELECT 1")
                last_sent = monotonic()


def _with_sessions(floor: Floor, work: Callable[[Connection, Event], None], leaving: Event) -> None:
    """Work over a session; when it is lost go on over another, as long as may be waited."""
    lost_since: float | None = None
    while not leaving.is_set():
        try:
            with floor.sessions.open(data_session, read_timeout=_READ_TIMEOUT) as connection:
                lost_since = None
                work(connection, leaving)
                return
        except (ServerUnavailable, LockWaitTimeout, Deadlock):
            floor.sessions.check()
            lost_since = lost_since or monotonic()
            if monotonic() - lost_since > floor.reconnect_for.total_seconds():
                raise
            leaving.wait(_RECONNECT_PAUSE_SECONDS)
