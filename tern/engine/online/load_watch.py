"""The threads that read a run's signals: one for the server, one for each replica."""

from collections.abc import Callable

from tern.engine.online.crew import Crew
from tern.engine.online.ground import Ground
from tern.engine.online.throttle.brake import Brake
from tern.engine.online.throttle.dials import Dial, Dials
from tern.engine.online.throttle.limits import Limits
from tern.engine.online.throttle.replica_lag import ReplicaWatch
from tern.engine.online.throttle.sampler import Sampler


def make_brake(ground: Ground) -> Brake:
    """A brake that is open, over dials that nobody reads yet."""
    options = ground.options.throttle
    probe = None if options.probe_sql is None else Dial(name="throttle-sql")
    replicas = {params.place: Dial(name=params.place) for params in options.replicas}
    server = Dial(name=ground.desk.place)
    dials = Dials(server=server, probe=probe, replicas=replicas)
    return Brake(dials=dials, critical_for=options.critical_for)


def start_watching(
    ground: Ground, crew: Crew, dials: Dials, *, limits: Callable[[], Limits]
) -> None:
    """The dials are read from now on, until the crew retires."""
    options = ground.options.throttle
    sampler = Sampler(
        sessions=ground.sessions,
        dials=dials,
        checkpoint=ground.checkpoint,
        limits=limits,
        probe_sql=options.probe_sql,
    )
    crew.start("sample", sampler)
    for params in options.replicas:
        watch = ReplicaWatch(
            params=params,
            dial=dials.replicas[params.place],
            beats=dials.beats,
            checkpoint=ground.checkpoint,
        )
        crew.start("replica", watch)
