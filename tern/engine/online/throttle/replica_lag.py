"""The thread that watches one replica: how old the newest mark is that has come to it."""

from dataclasses import dataclass
from datetime import timedelta
from threading import Event
from time import monotonic

from tern.ddl.flavor import Flavor
from tern.engine.online.checkpoint import Checkpoint
from tern.engine.online.throttle.dials import Beats, Dial
from tern.errors import InvalidRequest, SchemaBotError, ServerUnavailable
from tern.mysql.connect import ConnectParams, connect
from tern.mysql.connection import Connection
from tern.mysql.session import plain_session

EVERY_SECONDS = 0.5
CONNECT_WITHIN = timedelta(seconds=3)
ANSWER_WITHIN = timedelta(seconds=3)
_BEHIND = ("Seconds_Behind_Source", "Seconds_Behind_Master")


class ReplicaUnreadable(InvalidRequest):
    """A configured replica does not tell how far it is behind (section 14)."""

    code = "replicas"

    def __init__(self, *, place: str, reason: str) -> None:
        super().__init__(
            f"the lag of {place} can't be read: {reason}",
            next_action="correct `replicas` of this target, then apply again",
        )


def check_replica(params: ConnectParams) -> None:
    """Do nothing if the server is a replica that says so.

    Raises:
        ReplicaUnreadable: it is none, or can't be asked.
    """
    try:
        with connect(
            params,
            session=plain_session,
            read_timeout=ANSWER_WITHIN,
            connect_timeout=CONNECT_WITHIN,
        ) as connection:
            row = connection.first(_status_statement(connection.flavor))
    except SchemaBotError as error:
        raise ReplicaUnreadable(place=params.place, reason=error.message) from error
    if row is None:
        raise ReplicaUnreadable(place=params.place, reason="it replicates from no server")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaWatch:
    """Reads until told to leave, over one session after the other."""

    params: ConnectParams
    dial: Dial
    beats: Beats
    checkpoint: Checkpoint

    def __call__(self, leaving: Event) -> None:
        """Until told to leave; an outage shows in the dial and ends nothing."""
        while not leaving.is_set():
            try:
                with connect(
                    self.params,
                    session=plain_session,
                    read_timeout=ANSWER_WITHIN,
                    connect_timeout=CONNECT_WITHIN,
                ) as connection:
                    self._watch(connection, leaving)
            except SchemaBotError as error:
                self.dial.miss(error.message)
                leaving.wait(EVERY_SECONDS)

    def _watch(self, connection: Connection, leaving: Event) -> None:
        while not leaving.is_set():
            lag = read_lag(connection, self.checkpoint, self.beats)
            self.dial.show(lag, at=monotonic())
            leaving.wait(EVERY_SECONDS)


def read_lag(connection: Connection, checkpoint: Checkpoint, beats: Beats) -> float:
    """How many seconds the replica is behind.

    By the newest mark that it has; where the table of marks is not replicated, or has not come yet,
    by the replica's own word. One that has not even that, because it applies nothing, lags since
    the first mark.

    Raises:
        ServerUnavailable: it is no replica of anything. SchemaBotError: it can't be asked.
    """
    seen = checkpoint.seen_beat(connection)
    if seen is not None:
        return beats.lag_seconds(seen, now=monotonic())
    row = connection.first(_status_statement(connection.flavor))
    if row is None:
        raise ServerUnavailable(place=connection.place, reason="it replicates from no server")
    status = dict(zip(connection.columns, row, strict=True))
    said = next((status[name] for name in _BEHIND if name in status), None)
    return beats.lag_seconds(0, now=monotonic()) if said is None else float(said)


def _status_statement(flavor: Flavor) -> str:
    return f"SHOW {'REPLICA' if flavor.says_replica() else 'SLAVE'} STATUS"
