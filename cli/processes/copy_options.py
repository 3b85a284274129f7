"""Settings of copies -> the engine's options; pure."""

from schemabot.config.engine_settings import EngineSettings
from tern.engine.online.chunk_sizing import SizeLimits
from tern.engine.online.options import Deferral, OnlineOptions
from tern.engine.online.throttle.options import MaxLoad, ThrottleOptions
from tern.mysql.dsn import parse_dsn


def copy_options(keys: EngineSettings) -> OnlineOptions:
    """The options that an environment's configuration says.

    Raises:
        InvalidDsn: a replica's address can't be read.
    """
    rows = keys.chunk_rows
    return OnlineOptions(
        volume=keys.volume,
        chunk=SizeLimits(start=rows.start, least=rows.min, most=rows.max, bytes=keys.chunk_bytes),
        replay_batch=keys.replay_batch,
        replay_linger=keys.replay_linger,
        delta_keys=keys.delta_keys,
        checkpoint_every=keys.checkpoint_every,
        checkpoint_max_age=keys.checkpoint_max_age,
        reconnect_for=keys.reconnect_for,
        cutover_attempts=keys.cutover_attempts,
        cutover_lock_wait=keys.cutover_lock_wait,
        cutover_hold=keys.cutover_hold,
        force_after=keys.force_after,
        keep_old=keys.keep_old,
        verify_repairs=keys.verify_repairs,
        probe_time=keys.probe_time,
        probe_bytes=keys.probe_bytes,
        hold_verify_pause=keys.hold_verify_pause,
        free_space_sql=keys.free_space_sql,
        defer_indexes=Deferral(keys.defer_indexes),
        throttle=_throttle(keys),
    )


def _throttle(keys: EngineSettings) -> ThrottleOptions:
    load = keys.max_load
    return ThrottleOptions(
        replicas=tuple(parse_dsn(dsn.reveal()) for dsn in keys.replicas),
        max_lag=keys.max_lag,
        max_load=MaxLoad(threads=load.threads, commit=load.commit, history=load.history),
        probe_sql=keys.throttle_sql,
        server_cores=keys.server_cores,
        critical_threads=keys.critical_threads,
    )
