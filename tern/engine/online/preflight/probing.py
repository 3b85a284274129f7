"""What only the rows can tell, asked before anything is made: losses and duplicates (E-37, E-38).

The questions run on a thread of their own and take no lock; meanwhile the coordinator keeps the
session that holds the target awake and obeys orders.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Event
from time import monotonic

from tern.engine.online.change import AskedToRestError
from tern.engine.online.crew import Crew
from tern.engine.online.ground import Ground
from tern.engine.online.preflight.check import Failure
from tern.engine.online.preflight.duplicate_probe import find_duplicates
from tern.engine.online.preflight.loss_probe import find_losses
from tern.engine.online.preflight.question import Question
from tern.engine.online.preflight.seeing import PreflightFailed, see_tables
from tern.mysql.session import data_session

_LOOK_SECONDS = 0.05
_AWAKE_SECONDS = 5.0
_LONGER = timedelta(seconds=30)

Probe = Callable[[Question, Event], Iterator[Failure]]
_PROBES: tuple[Probe, ...] = (find_losses, find_duplicates)


def probe_all(ground: Ground) -> None:
    """Do nothing if no row speaks against the change.

    Raises:
        PreflightFailed: with everything that does.
        AskedToRestError: a stop was asked for meanwhile.
    """
    tables = see_tables(ground)
    found: list[Failure] = []
    crew = Crew(f"online:{ground.run.change_id}:probe")
    limit = ground.options.probe_time + _LONGER
    with ground.sessions.open(data_session, read_timeout=limit) as connection:

        def work(leaving: Event) -> None:
            for subject, sight in zip(ground.subjects, tables, strict=True):
                question = Question(
                    connection=connection, ground=ground, subject=subject, sight=sight
                )
                for probe in _PROBES:
                    found.extend(probe(question, leaving))

        worker = crew.start("probe", work)
        try:
            _watch(ground, is_done=lambda: not worker.is_alive)
        except BaseException:
            worker.retiring.set()
            connection.abort()
            raise
        finally:
            crew.join()
    crew.check()
    if found:
        raise PreflightFailed(place=ground.desk.place, found=found)


def _watch(ground: Ground, *, is_done: Callable[[], bool]) -> None:
    awake = monotonic()
    while not is_done():
        ground.orders.stopping.wait(_LOOK_SECONDS)
        ground.sessions.check()
        if ground.orders.stopping.is_set():
            raise AskedToRestError
        if monotonic() - awake > _AWAKE_SECONDS:
            awake = monotonic()
            ground.fenced.connection.value("SELECT 1")
            ground.desk.value("SELECT 1")
