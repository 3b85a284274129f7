"""What a volume from 1 to 11 means; here alone (E-63)."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How hard a run works.

    Attributes:
        rest: After a statement, so many times its duration.
    """

    copiers: int
    replayers: int
    chunk_target: timedelta
    rest: float


_COPIERS = (1, 2, 4, 5, 6, 8, 10, 12, 16, 24, 32)
_REPLAYERS = (1, 2, 4, 4, 4, 6, 6, 8, 8, 12, 16)
_TARGET_MS = (50, 100, 200, 200, 200, 200, 250, 300, 300, 400, 500)
_REST = (4.0, 1.0)


def pace_of(volume: int) -> Pace:
    """The pace of a volume from 1 to 11."""
    place = volume - 1
    return Pace(
        copiers=_COPIERS[place],
        replayers=_REPLAYERS[place],
        chunk_target=timedelta(milliseconds=_TARGET_MS[place]),
        rest=_REST[place] if place < len(_REST) else 0.0,
    )
