"""The composition root: settings -> the parts of a server process, wired."""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from starlette.applications import Starlette

from cli.processes.copy_options import copy_options
from cli.versions import product_version
from schemabot.api.app import create_app
from schemabot.api.parts import Parts
from schemabot.config.databases import EnvironmentSettings
from schemabot.config.lint_keys import rule_configs
from schemabot.config.queue_settings import WakeSettings as WakeKeys
from schemabot.config.settings import Settings
from schemabot.config.units import ListenAddress
from schemabot.domain.apply import Lane
from schemabot.domain.scope import Scope
from schemabot.domain.worker import WorkerReport
from schemabot.offload import Offload
from schemabot.scheduler.bell import Bells
from schemabot.scheduler.dispatcher import LocalDispatcher
from schemabot.scheduler.drive import DriveLimits
from schemabot.scheduler.instruments import Instruments
from schemabot.scheduler.observers import Observers
from schemabot.scheduler.poller import PollPace
from schemabot.scheduler.pool import Pool, PoolSettings
from schemabot.scheduler.stored_queue import StoredQueue
from schemabot.scheduler.wake import Waker, WakeSettings, process_name
from schemabot.scheduler.wake_address import WakeAddress
from schemabot.service.housekeeping import Housekeeping, Waits
from schemabot.service.services import build_services
from schemabot.service.sweep_instruments import SweepInstruments
from schemabot.storage.database import Database
from schemabot.storage.storage import Storage
from schemabot.storage.upgrade import check_revision, upgrade
from schemabot.telemetry.logs import log_span
from schemabot.telemetry.span import Spans
from tern.client import Tern
from tern.lint.linting import LintFloors
from tern.local.access import TargetAccess
from tern.local.engines import Engines, make_online
from tern.local.planning.settings import PlanSettings, Workspace
from tern.local.tern import LocalTern
from tern.mysql.dsn import parse_dsn
from tern.values.target import DatabaseType, Target

_TICKS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerProcess:
    """What a process of ours runs; `parts` and `app` are for those that serve HTTP."""

    storage: Storage
    pool: Pool
    waker: Waker
    housekeeping: Housekeeping
    spans: Spans
    parts: Parts
    app: Starlette


def open_storage(settings: Settings) -> Storage:
    """Storage of this version's revision; upgraded where the configuration allows it.

    Raises:
        StorageUnavailable, StorageTooNew, StorageRevisionUnfit: it can't be used.
    """
    database = Database(
        settings.storage.url.reveal(),
        pool_size=settings.storage.pool_size,
        connect_timeout=settings.storage.connect_timeout,
    )
    try:
        (upgrade if settings.storage.upgrade else check_revision)(database)
    except BaseException:
        database.close()
        raise
    queue = settings.queue
    return Storage(database, retry=queue.retries, limits=queue.limits.limits)


def reach_targets(settings: Settings) -> LocalTern:
    """A Tern over every configured environment; no network is touched.

    Raises:
        InvalidDsn: a target's address can't be read.
    """
    floors = LintFloors(
        rules=rule_configs(settings.lint.rules), pinned=frozenset(settings.lint.pinned)
    )
    accesses = {
        (name, environment): _access(database.type, keys, floors)
        for name, database in settings.databases.items()
        for environment, keys in database.environments.items()
    }
    return LocalTern(accesses, engines=Engines(online=make_online))


def compose(settings: Settings, storage: Storage, tern: Tern) -> ServerProcess:
    """All parts of a server process, none of them running yet; call it on the event loop."""
    queue, instruments = settings.queue, Instruments()
    spans, bells = Spans(log_span, instruments.observe), Bells()
    name = process_name()
    waker = _waker(
        settings, storage, bells=bells, spans=spans, report=lambda: _report(name, pool, settings)
    )
    pool = Pool(
        queue=_stored_queue(settings, storage),
        tern_for=partial(_same, tern),
        owner=name,
        settings=_pool_settings(settings),
        bells=bells,
        wake=waker.wake,
        spans=spans,
        instruments=instruments,
        observers=Observers(),
    )
    services = build_services(
        settings,
        storage,
        tern_for=partial(_same, tern),
        dispatcher=LocalDispatcher(pool=pool, wake=waker.wake),
        is_ticking=partial(_is_ticking, pool, queue.poll_interval) if queue.workers else None,
    )
    sweeps = SweepInstruments()
    parts = Parts(
        settings=settings,
        services=services,
        version=product_version(),
        metrics=(*instruments.all, *sweeps.all, *services.after_commit.all),
    )
    return ServerProcess(
        storage=storage,
        pool=pool,
        waker=waker,
        housekeeping=Housekeeping(
            storage=storage,
            waits=_waits(settings),
            wake=waker.wake,
            spans=spans,
            instruments=sweeps,
        ),
        spans=spans,
        parts=parts,
        app=create_app(parts),
    )


def _stored_queue(settings: Settings, storage: Storage) -> StoredQueue:
    threads = Offload("queue", limit=settings.storage.pool_size)
    return StoredQueue(
        storage, threads=threads, term=settings.queue.lease.term, scopes=_scopes(settings)
    )


def _scopes(settings: Settings) -> tuple[Scope, ...]:
    """What this process can drive: what it is configured for. Work on other targets is not its."""
    return tuple(
        Scope(environment=environment, database=name)
        for name, database in sorted(settings.databases.items())
        for environment in sorted(database.environments)
    )


def _waits(settings: Settings) -> Waits:
    queue = settings.queue
    return Waits(human=queue.human_wait, request=queue.control.max_wait)


def _waker(
    settings: Settings,
    storage: Storage,
    *,
    bells: Bells,
    spans: Spans,
    report: Callable[[], WorkerReport],
) -> Waker:
    return Waker(
        workers=storage.workers,
        threads=Offload("registry", limit=1),
        bells=bells,
        report=report,
        spans=spans,
        settings=_wakes(settings.queue.wake, storage.database),
    )


def _wakes(keys: WakeKeys, database: Database) -> WakeSettings:
    return WakeSettings(
        listen=_wake_address(keys.listen),
        advertise=_wake_address(keys.advertise),
        storage=database.server,
        fanout=keys.fanout,
    )


def _wake_address(address: ListenAddress | None) -> WakeAddress | None:
    return None if address is None else WakeAddress(host=address.host, port=address.port)


def _access(kind: DatabaseType, keys: EnvironmentSettings, floors: LintFloors) -> TargetAccess:
    planning = PlanSettings(
        connections=keys.plan_connections,
        allow_clauses=frozenset(map(str, keys.allow_clauses)),
        disk_limit_bytes=keys.disk_limit,
        lint=floors,
        workspace=Workspace(
            params=None if keys.workspace is None else parse_dsn(keys.workspace.reveal()),
            schema=keys.workspace_schema,
        ),
    )
    return TargetAccess(
        type=kind,
        params=parse_dsn(keys.dsn.reveal()),
        planning=planning,
        copying=copy_options(keys.engine),
    )


def _pool_settings(settings: Settings) -> PoolSettings:
    queue = settings.queue
    return PoolSettings(
        slots=queue.workers,
        terms=queue.lease.terms,
        scopes=_scopes(settings),
        pace=PollPace(interval=queue.poll_interval, wake_gap=queue.wake.min_gap),
        limits=DriveLimits(
            stall_report=queue.stall.report,
            stall_limit=queue.stall.limit,
            start_grace=queue.control.start_grace,
        ),
        is_optimistic=queue.optimistic.enabled,
        permits=queue.optimistic.permits,
    )


def _report(name: str, pool: Pool, settings: Settings) -> WorkerReport:
    return WorkerReport(
        worker_id=name,
        host=socket.gethostname(),
        pid=os.getpid(),
        version=product_version(),
        kind=Lane.LOCAL,
        slots=settings.queue.workers,
        busy=pool.busy,
        scopes=_scopes(settings),
        draining=pool.is_draining,
    )


def _is_ticking(pool: Pool, interval: timedelta) -> bool:
    seconds = pool.seconds_since_tick
    return seconds is not None and seconds <= _TICKS * interval.total_seconds() + 1


def _same(tern: Tern, _target: Target) -> Tern:
    return tern
