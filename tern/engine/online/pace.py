"""What a volume from 1 to 11 means; here alone (E-63)."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeLimits:
    """What the server may show before a run of this volume holds back; None is never.

    Attributes:
        history: Length of the history list.
    """

    threads_per_core: float | None
    commit: timedelta | None
    history: int | None
    lag: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How hard a run works.

    Attributes:
        rest: After a statement, so many times its duration.
        speed: Of a copy, against that at the default volume; by what its threads and rests allow,
            without a throttle. Above the default a server of few cores gains nothing.
    """

    copiers: int
    replayers: int
    chunk_target: timedelta
    rest: float
    speed: float
    limits: VolumeLimits


DEFAULT_VOLUME = 3
_COPIERS = (1, 2, 4, 5, 6, 8, 10, 12, 16, 24, 32)
_REPLAYERS = (1, 2, 4, 4, 4, 6, 6, 8, 8, 12, 16)
_TARGET_MS = (50, 100, 200, 200, 200, 200, 250, 300, 300, 400, 500)
_REST = (4.0, 1.0)
_SPEED = (0.12, 0.4, 1, 1, 1, 1, 1, 1, 1, 1, 1)
_THREADS_PER_CORE = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 12.0, None)
_COMMIT_MS = (20, 50, 100, 120, 150, 200, 250, 300, 400, 500, None)
_HISTORY_MILLIONS = (0.2, 0.5, 1, 1, 2, 2, 3, 5, 5, 10, None)
_LAG_SECONDS = (2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 300)


def pace_of(volume: int) -> Pace:
    """The pace of a volume from 1 to 11."""
    place = volume - 1
    return Pace(
        copiers=_COPIERS[place],
        replayers=_REPLAYERS[place],
        chunk_target=timedelta(milliseconds=_TARGET_MS[place]),
        rest=_REST[place] if place < len(_REST) else 0.0,
        speed=_SPEED[place],
        limits=_limits(place),
    )


def _limits(place: int) -> VolumeLimits:
    commit, history = _COMMIT_MS[place], _HISTORY_MILLIONS[place]
    return VolumeLimits(
        threads_per_core=_THREADS_PER_CORE[place],
        commit=None if commit is None else timedelta(milliseconds=commit),
        history=None if history is None else int(history * 1_000_000),
        lag=timedelta(seconds=_LAG_SECONDS[place]),
    )
