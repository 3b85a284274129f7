"""The feed's thread: batches of changed keys into the deltas, statements before their judge."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from threading import Event
from time import monotonic

from tern.binlog.batch import Batch, Statement
from tern.binlog.position import Position
from tern.binlog.registration import ReplicaIdentity
from tern.binlog.stream import Stream
from tern.binlog.watched_table import TableName
from tern.engine.online.delta import BatchLog
from tern.engine.online.lane import Lane
from tern.errors import ServerUnavailable
from tern.mysql.connect import ConnectParams

_READ_WAIT = timedelta(seconds=1)
_FULL_WAIT_SECONDS = 0.1
# A server sends each event as it is logged: taken up one by one they cost many times as much.
_GATHER_SECONDS = 0.005
_SMALL_BYTES = 128 << 10
_RECONNECT_PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLimits:
    """How much is held, and how long an outage is sat out."""

    delta_keys: int
    reconnect_for: timedelta


class ChangeFeed:
    """Follows the server's log for all tables of a run, from a position on."""

    def __init__(
        self,
        params: ConnectParams,
        *,
        lanes: Mapping[TableName, Lane],
        log: BatchLog,
        judge: Callable[[Statement], None],
        limits: FeedLimits,
    ) -> None:
        self._params = params
        self._lanes = lanes
        self._log = log
        self._judge = judge
        self._limits = limits
        self._replica = ReplicaIdentity.mint()
        self._stream: Stream | None = None
        self._is_stopped = False
        self._heard = monotonic()

    def run(self, leaving: Event) -> None:
        """Read until told to leave; a lost stream is opened again at the received position.

        Raises:
            SchemaBotError: the log can't be followed, or a statement in it forbids to go on.
        """
        self._heard = monotonic()
        while not leaving.is_set():
            try:
                self._follow(leaving)
            except ServerUnavailable:
                if monotonic() - self._heard > self._limits.reconnect_for.total_seconds():
                    raise
                leaving.wait(_RECONNECT_PAUSE_SECONDS)

    def stop(self) -> None:
        """End a read at once; from any thread."""
        self._is_stopped = True
        stream = self._stream
        if stream is not None:
            stream.stop()

    def wait_received(self, position: Position, *, within: timedelta) -> bool:
        """Whether everything before the position is filed, after waiting for it if it must be."""
        deadline = monotonic() + within.total_seconds()
        with self._log.changed:
            while not self._log.received.reaches(position):
                left = deadline - monotonic()
                if left <= 0:
                    return False
                self._log.changed.wait(left)
        return True

    def _follow(self, leaving: Event) -> None:
        watched = [lane.link.watched() for lane in self._lanes.values()]
        stream = Stream.open(
            self._params, start=self._log.received, watched=watched, replica=self._replica
        )
        self._stream = stream
        try:
            self._read_all(stream, leaving)
        finally:
            self._stream = None
            stream.close()

    def _read_all(self, stream: Stream, leaving: Event) -> None:
        while not leaving.is_set() and not self._is_stopped and self._has_room(leaving):
            batch = stream.read(wait=_READ_WAIT)
            if batch is None:
                return
            self._heard = monotonic()
            self._file(batch)
            if stream.bytes_read < _SMALL_BYTES:
                leaving.wait(_GATHER_SECONDS)

    def _has_room(self, leaving: Event) -> bool:
        """Wait until the deltas are below their cap; the server holds the log back for us."""
        while sum(len(lane.delta) for lane in self._lanes.values()) >= self._limits.delta_keys:
            if leaving.wait(_FULL_WAIT_SECONDS):
                return False
        return True

    def _file(self, batch: Batch) -> None:
        """File keys and judge statements before anybody may believe that they were received."""
        number = self._log.begin(batch.before)
        for table, keys in batch.keys.items():
            self._lanes[table].delta.file(keys, number)
        for statement in batch.statements:
            self._judge(statement)
        self._log.end(number, batch.received)
