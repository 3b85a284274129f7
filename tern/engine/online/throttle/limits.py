"""What each signal may say before the copy holds back: by volume, or as configured; pure."""

from dataclasses import dataclass
from datetime import timedelta

from tern.engine.online.pace import Pace
from tern.engine.online.throttle.options import ThrottleOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """None means that the signal holds nothing back."""

    threads: float | None
    commit: timedelta | None
    history: int | None
    lag: timedelta
    critical_threads: int | None


def limits_of(pace: Pace, options: ThrottleOptions) -> Limits:
    """The volume's limits, but for those that were configured."""
    of_volume = pace.limits
    load = options.max_load
    threads = of_volume.threads_per_core
    if threads is not None:
        threads *= options.server_cores
    return Limits(
        threads=threads if load.threads is None else load.threads,
        commit=of_volume.commit if load.commit is None else load.commit,
        history=of_volume.history if load.history is None else load.history,
        lag=of_volume.lag if options.max_lag is None else options.max_lag,
        critical_threads=options.critical_threads,
    )
