"""Every use case over one storage, wired once for all surfaces."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict

from schemabot.config.settings import Settings
from schemabot.offload import Offload
from schemabot.service.admission import Admission
from schemabot.service.after_commit import AfterCommit
from schemabot.service.applying import Applying
from schemabot.service.auditing import Auditing
from schemabot.service.checking import Checking
from schemabot.service.comparing import Comparing
from schemabot.service.controlling import Controlling
from schemabot.service.dispatching import Dispatcher
from schemabot.service.linting import Linting
from schemabot.service.locking import Locking
from schemabot.service.planning import Planning
from schemabot.service.reporting import Reporting
from schemabot.service.routing import Routes
from schemabot.service.terns import TernCalls
from schemabot.service.undoing import OVERWRITES, Undoing
from schemabot.storage.storage import Storage
from tern.client import Tern
from tern.values.schema_files import Severity
from tern.values.target import Target

_CHECKS_AT_ONCE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The use cases, and the hooks of those that commit: run `after_commit` beside them."""

    planning: Planning
    undoing: Undoing
    comparing: Comparing
    linting: Linting
    applying: Applying
    controlling: Controlling
    locking: Locking
    reporting: Reporting
    checking: Checking
    auditing: Auditing
    after_commit: AfterCommit


class _Rows(TypedDict):
    """What every use case reads and writes rows with."""

    storage: Storage
    threads: Offload


class _Accepting(TypedDict):
    """What a use case needs that accepts something to be done."""

    dispatcher: Dispatcher
    after_commit: AfterCommit


def build_services(
    settings: Settings,
    storage: Storage,
    *,
    tern_for: Callable[[Target], Tern],
    dispatcher: Dispatcher,
    is_ticking: Callable[[], bool] | None = None,
) -> Services:
    """The use cases over this storage, these targets and this process's scheduler.

    Args:
        settings: The configuration in force.
        storage: Upgraded, or of this version's revision.
        tern_for: The Tern that reaches a configured target; called per request, so it caches.
        dispatcher: Of this process's scheduler, or `NoDispatcher`.
        is_ticking: Whether the scheduler ticked within three poll intervals; None without one.
    """
    threads = Offload("service", limit=settings.storage.pool_size)
    routes = Routes(settings, tern_for=tern_for)
    terns = TernCalls(timeout=settings.server.plan_timeout, storage=storage, threads=threads)
    admission = Admission(storage=storage, routes=routes, promotion=settings.promotion.enforce)
    rows = _Rows(storage=storage, threads=threads)
    after_commit = AfterCommit(limit=settings.queue.hook_timeout)
    accepting = _Accepting(dispatcher=dispatcher, after_commit=after_commit)
    return Services(
        planning=Planning(**rows, routes=routes, terns=terns, plan_ttl=settings.plan_ttl),
        undoing=Undoing(
            **rows,
            routes=routes,
            terns=terns,
            plan_ttl=settings.plan_ttl,
            overwriting=_severity_of(OVERWRITES, settings),
        ),
        comparing=Comparing(**rows, routes=routes, terns=terns),
        linting=Linting(routes=routes, terns=terns),
        applying=Applying(**rows, **accepting, admission=admission),
        controlling=Controlling(**rows, **accepting),
        locking=Locking(**rows, routes=routes),
        reporting=Reporting(**rows, routes=routes, max_attempts=settings.queue.retry.attempts),
        checking=Checking(
            storage=storage,
            threads=Offload("checks", limit=_CHECKS_AT_ONCE),
            is_ticking=is_ticking,
        ),
        auditing=Auditing(**rows),
        after_commit=after_commit,
    )


def _severity_of(rule: str, settings: Settings) -> Severity:
    keys = settings.lint.rules.get(rule)
    return Severity.ERROR if keys is None or keys.severity is None else keys.severity
