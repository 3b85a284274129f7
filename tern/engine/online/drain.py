"""Tables held for a cutover, and the last changes written under their locks (E-48)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic

from tern.binlog.watched_table import TableName
from tern.engine.fence.claimant import Claimant
from tern.engine.fence.record import RecordedSession, add_session
from tern.engine.online import statements
from tern.engine.online.change import Change
from tern.engine.online.errors import ForeignDdl
from tern.engine.online.lane import Lane
from tern.engine.online.replay import Replay
from tern.engine.online.row_writer import RowWriter, under_table_locks
from tern.engine.online.shadow_table import Fingerprint, read_counter, read_fingerprint
from tern.mysql.connection import Connection
from tern.mysql.session import cutover_session


class CutoverMissedError(Exception):
    """This try came to nothing and changed nothing; another may do better."""


class Holding:
    """Lanes whose tables one session has locked.

    Attributes:
        connection: The session; when it ends, by whatever cause, the server frees the tables.
    """

    def __init__(self, connection: Connection, change: Change, lanes: Sequence[Lane]) -> None:
        self.connection = connection
        self.lanes = lanes
        self._change = change

    def lock(self, *, others: Sequence[TableName] = ()) -> None:
        """The tables are this session's alone.

        Raises:
            LockWaitTimeout: somebody kept one of them too long.
        """
        links = [lane.link for lane in self.lanes]
        self.connection.execute(
            statements.lock_tables(links, others=others), table=self.lanes[0].table
        )
        self._change.board.lock(at=monotonic())

    def write_rest(self, deadline: float) -> None:
        """Every change of the source is in the shadow, and so is its counter.

        Raises:
            CutoverMissedError: that would take too long.
            ForeignDdl: a table is not what it was.
        """
        for lane in self.lanes:
            self._check_table(lane.link.source)
            self._check_table(lane.link.shadow)
            self._drain(lane, deadline)
            self._raise_counter(lane)

    def free(self) -> None:
        """The tables are everybody's again."""
        self.connection.execute("UNLOCK TABLES")

    def _drain(self, lane: Lane, deadline: float) -> None:
        writer = RowWriter(
            self.connection,
            lane.link,
            latch=lane.latch,
            transaction=lambda: under_table_locks(self.connection),
        )
        replay = Replay(writer, lane)
        while len(lane.delta):
            replay.step(self._change.ground.options.replay_batch)
            if monotonic() > deadline:
                raise CutoverMissedError("the last changes took too long to write")

    def _check_table(self, table: TableName) -> None:
        expected: Fingerprint = self._change.fingerprints()[table]
        if read_fingerprint(self.connection, table) != expected:
            raise ForeignDdl(table=str(table), statement="found at the cutover")

    def _raise_counter(self, lane: Lane) -> None:
        """The new table goes on numbering where the old one stopped."""
        wanted = read_counter(self.connection, lane.link.source)
        if wanted > read_counter(self.connection, lane.link.shadow):
            self.connection.execute(statements.set_counter(lane.link.shadow, wanted))


@contextmanager
def holding(change: Change, lanes: Sequence[Lane], *, lock_wait: timedelta) -> Iterator[Holding]:
    """A session for a cutover, on record so that whoever takes the target over ends it first."""
    ground = change.ground
    with ground.sessions.open(cutover_session) as connection:
        add_session(ground.desk, Claimant.of(ground.run), _record(change, connection))
        connection.execute(f"SET SESSION lock_wait_timeout = {int(lock_wait.total_seconds()):d}")
        yield Holding(connection, change, lanes)


def receive_all(change: Change, deadline: float) -> None:
    """Everything that was committed before the tables were locked has been received.

    Raises:
        CutoverMissedError: not in time.
    """
    position = change.ground.server_log().position
    within = timedelta(seconds=max(deadline - monotonic(), 0))
    if not change.feed.wait_received(position, within=within):
        raise CutoverMissedError("the change feed did not come up in time")
    change.crew.check()


def check_may_swap(change: Change) -> None:
    """Do nothing if the rename may be sent; from here on the order can't be taken back.

    Raises:
        CutoverMissedError: it was taken back, or a stop was asked for.
        LeaseLost: the target is not ours any more.
    """
    ground = change.ground
    if ground.orders.stopping.is_set() or not ground.orders.begin_swap():
        raise CutoverMissedError("the order was taken back")
    ground.fenced.check()


def _record(change: Change, connection: Connection) -> RecordedSession:
    server, claimant = change.ground.server, Claimant.of(change.ground.run)
    return RecordedSession(
        id=connection.id,
        server=server.uuid,
        started_at=server.started_at,
        epoch=claimant.epoch,
        instance=claimant.instance,
    )
