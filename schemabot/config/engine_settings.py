"""How copies of an environment's tables are made: pace, limits, checkpoints, cutover (section 17).

Absent keys leave the engine's own defaults.
"""

import re
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, model_validator

from schemabot.config.dsn import Dsn
from schemabot.config.strict import Items, Lax, Strict
from schemabot.config.units import ByteSize, Duration

_SECOND = timedelta(seconds=1)
_SELECT = re.compile(r"\s*(SELECT|WITH|\()", re.IGNORECASE)


def _checked_query(sql: str) -> str:
    if _SELECT.match(sql) is None or ";" in sql:
        raise ValueError("write one SELECT, without a semicolon")
    return sql


def _positive(duration: timedelta) -> timedelta:
    if duration <= timedelta(0):
        raise ValueError("must be more than 0")
    return duration


def _whole_seconds(duration: timedelta) -> timedelta:
    if duration < _SECOND or duration % _SECOND:
        raise ValueError("write whole seconds, 1s or more: servers count lock waits in them")
    return duration


Query = Annotated[str, AfterValidator(_checked_query)]
Positive = Annotated[Duration, AfterValidator(_positive)]
WholeSeconds = Annotated[Duration, AfterValidator(_whole_seconds)]
Count = Annotated[int, Field(ge=1)]


class Indexes(StrEnum):
    """Whether plain indexes are built after the copy (E-15a)."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


class ChunkRows(Strict):
    """How many rows one statement copies."""

    start: Annotated[int, Field(ge=1, le=1_000_000)] = 1_000
    min: Annotated[int, Field(ge=1, le=1_000_000)] = 10
    max: Annotated[int, Field(ge=1, le=1_000_000)] = 100_000

    @model_validator(mode="after")
    def _are_in_order(self) -> "ChunkRows":
        if not self.min <= self.start <= self.max:
            raise ValueError("min must not be above start, nor start above max")
        return self


class MaxLoadSettings(Strict):
    """Limits that stand instead of the volume's (E-62)."""

    threads: Count | None = None
    commit: Positive | None = None
    history: Count | None = None


class EngineSettings(Strict):
    """What may be set about copies on one target."""

    not_yet: ClassVar[frozenset[str]] = frozenset({
        "row_lock_wait",
        "lock_wait",
        "native_small_rows",
        "native_small_bytes",
        "revert_window",
    })

    volume: Annotated[int, Field(ge=1, le=11)] = 3
    chunk_rows: ChunkRows = ChunkRows()
    chunk_bytes: Annotated[ByteSize, Field(ge=1024)] = 32 * 2**20
    replay_batch: Annotated[int, Field(ge=1, le=10_000)] = 500
    replay_linger: Duration = timedelta(milliseconds=100)
    delta_keys: Annotated[int, Field(ge=1_000)] = 500_000
    checkpoint_every: Positive = timedelta(seconds=10)
    checkpoint_max_age: Positive = timedelta(days=7)
    reconnect_for: Duration = timedelta(seconds=300)
    cutover_attempts: Count = 60
    cutover_lock_wait: WholeSeconds = timedelta(seconds=3)
    cutover_hold: Positive = timedelta(seconds=2)
    force_after: Annotated[int, Field(ge=0)] | None = None
    keep_old: bool = False
    verify_repairs: Annotated[int, Field(ge=0)] = 100
    probe_time: Positive = timedelta(seconds=600)
    probe_bytes: ByteSize = 2**30
    hold_verify_pause: Positive = timedelta(hours=1)
    free_space_sql: Query | None = None
    defer_indexes: Annotated[Indexes, Lax] = Indexes.AUTO
    replicas: Items[Dsn] = ()
    max_lag: Positive | None = None
    max_load: MaxLoadSettings = MaxLoadSettings()
    throttle_sql: Query | None = None
    server_cores: Annotated[int, Field(ge=1, le=4096)] = 4
    critical_threads: Count | None = None
