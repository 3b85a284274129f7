"""The thread that reads the server's own signals once a second, and leaves marks for replicas."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from threading import Event
from time import monotonic

from tern.engine.online.checkpoint import Checkpoint
from tern.engine.online.throttle.dials import Dial, Dials
from tern.engine.online.throttle.limits import Limits
from tern.engine.online.throttle.server_load import (
    ask_probe,
    history_length,
    running_of_others,
)
from tern.engine.sessions import Sessions
from tern.errors import LeaseLost, SchemaBotError
from tern.mysql.connection import Connection
from tern.mysql.session import plain_session

EVERY_SECONDS = 1.0
# Two slow commits are needed for a verdict, and it is wanted within two seconds.
BEAT_EVERY_SECONDS = 0.5
ANSWER_WITHIN = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampler:
    """Reads until told to leave, over one session after the other.

    Attributes:
        limits: Of this moment; what is surely within them is read cheaply.
    """

    sessions: Sessions
    dials: Dials
    checkpoint: Checkpoint
    limits: Callable[[], Limits]
    probe_sql: str | None

    def __call__(self, leaving: Event) -> None:
        """Until told to leave; an outage shows in the dials and ends nothing."""
        while not leaving.is_set():
            try:
                with self.sessions.open(plain_session, read_timeout=ANSWER_WITHIN) as connection:
                    self._sample(connection, leaving)
            except LeaseLost:
                raise
            except SchemaBotError as error:
                self.dials.server.miss(error.message)
                leaving.wait(EVERY_SECONDS)

    def _sample(self, connection: Connection, leaving: Event) -> None:
        due = 0.0
        while not leaving.is_set():
            begun = monotonic()
            self._beat(connection)
            if begun >= due:
                due = begun + EVERY_SECONDS
                self._read(connection)
            leaving.wait(max(BEAT_EVERY_SECONDS - (monotonic() - begun), 0.05))

    def _beat(self, connection: Connection) -> None:
        """Leave the next mark; how long that took is the time of a commit."""
        begun = monotonic()
        number = self.dials.beats.next()
        self.checkpoint.beat(connection, number)
        ended = monotonic()
        self.dials.beats.committed(number, at=ended)
        self.dials.commits.note(ended - begun, at=ended)

    def _read(self, connection: Connection) -> None:
        limits = self.limits()
        wanted = [each for each in (limits.threads, limits.critical_threads) if each is not None]
        if wanted:
            found = running_of_others(connection, is_own=self.sessions.is_own, enough=min(wanted))
            self.dials.threads.show(found, at=monotonic())
        if limits.history is not None:
            self.dials.history.show(history_length(connection), at=monotonic())
        self.dials.server.show(0, at=monotonic())
        if self.dials.probe is not None and self.probe_sql is not None:
            self._probe(connection, self.dials.probe, self.probe_sql)

    def _probe(self, connection: Connection, dial: Dial, sql: str) -> None:
        try:
            value, text = ask_probe(connection, sql)
        except SchemaBotError as error:
            dial.miss(error.message)
            if not connection.is_open:
                raise
        else:
            dial.show(value, at=monotonic(), text=text)
