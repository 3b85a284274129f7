"""What operators look at on the wire: workers and the audit trail (A-43, A-51)."""

from collections.abc import Mapping
from datetime import datetime

from schemabot.api.schemas.status import PageQuery
from schemabot.api.schemas.wire import Answer, Instant
from schemabot.domain.audit import AuditEntry
from schemabot.domain.page import Page
from schemabot.service.views import WorkerView


class AuditQuery(PageQuery):
    """`GET /api/audit`."""

    subject: str | None = None
    action: str | None = None
    since: Instant | None = None


class WorkerAnswer(Answer):
    """One process that claims."""

    worker_id: str
    host: str
    pid: int
    version: str
    kind: str
    engines: tuple[str, ...]
    scopes: tuple[str, ...]
    slots: int
    busy: int
    applies: tuple[str, ...]
    started_at: datetime
    last_seen_at: datetime
    state: str


class WorkersAnswer(Answer):
    """Every registered process."""

    workers: tuple[WorkerAnswer, ...]


class AuditEntryAnswer(Answer):
    """One audit row."""

    id: int
    at: datetime
    subject: str
    method: str
    address: str | None
    action: str
    outcome: str
    objects: Mapping[str, str]
    request_id: str | None


class AuditAnswer(Answer):
    """A page of the audit trail, newest first."""

    entries: tuple[AuditEntryAnswer, ...]
    has_more: bool
    next_cursor: str | None


def workers_answer(workers: tuple[WorkerView, ...]) -> WorkersAnswer:
    """The registry as it is answered."""
    return WorkersAnswer(workers=tuple(map(_worker, workers)))


def audit_answer(page: Page[AuditEntry]) -> AuditAnswer:
    """A page as it is answered."""
    return AuditAnswer(
        entries=tuple(map(_entry, page.items)),
        has_more=page.next_cursor is not None,
        next_cursor=page.next_cursor,
    )


def _worker(view: WorkerView) -> WorkerAnswer:
    worker, report = view.worker, view.worker.report
    state = "stale" if not worker.is_live else "draining" if report.draining else "live"
    return WorkerAnswer(
        worker_id=report.worker_id,
        host=report.host,
        pid=report.pid,
        version=report.version,
        kind=report.kind,
        engines=report.engines,
        scopes=tuple(f"{scope.environment}/{scope.database}" for scope in report.scopes),
        slots=report.slots,
        busy=report.busy,
        applies=view.applies,
        started_at=worker.started_at,
        last_seen_at=worker.last_seen_at,
        state=state,
    )


def _entry(stored: AuditEntry) -> AuditEntryAnswer:
    entry = stored.entry
    return AuditEntryAnswer(
        id=stored.id,
        at=stored.at,
        subject=entry.subject,
        method=entry.method,
        address=entry.address,
        action=entry.action,
        outcome=entry.outcome,
        objects=entry.objects,
        request_id=entry.request_id,
    )
