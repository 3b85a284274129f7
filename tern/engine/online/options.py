"""What can be set about a run, with the defaults of the engine's contract."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from tern.engine.online.chunk_sizing import SizeLimits
from tern.engine.online.throttle.options import ThrottleOptions


class Deferral(StrEnum):
    """Whether plain indexes are built after the copy (E-15a)."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlineOptions:
    """Options of a target for its copies; a run's own volume and deferral come with the run."""

    volume: int = 3
    chunk: SizeLimits = field(default_factory=SizeLimits)
    replay_batch: int = 500
    replay_linger: timedelta = field(default=timedelta(milliseconds=100))
    delta_keys: int = 500_000
    checkpoint_every: timedelta = field(default=timedelta(seconds=10))
    checkpoint_max_age: timedelta = field(default=timedelta(days=7))
    reconnect_for: timedelta = field(default=timedelta(seconds=300))
    cutover_attempts: int = 60
    cutover_lock_wait: timedelta = field(default=timedelta(seconds=3))
    cutover_hold: timedelta = field(default=timedelta(seconds=2))
    force_after: int | None = None
    keep_old: bool = False
    verify: bool = True
    sample_every: int = 64
    verify_repairs: int = 100
    probe_time: timedelta = field(default=timedelta(seconds=600))
    probe_bytes: int = 2**30
    hold_verify_pause: timedelta = field(default=timedelta(hours=1))
    name_blocker_after: timedelta = field(default=timedelta(seconds=60))
    settle_for: timedelta = field(default=timedelta(seconds=3))
    defer_indexes: Deferral = Deferral.AUTO
    free_space_sql: str | None = None
    throttle: ThrottleOptions = field(default_factory=ThrottleOptions)
