"""Endpoints for operators: workers, the audit trail."""

from starlette.requests import Request
from starlette.responses import Response

from schemabot.api.answering import ok
from schemabot.api.decoding import caller_of, no_query, read_query
from schemabot.api.schemas.operations import AuditQuery, audit_answer, workers_answer
from schemabot.domain.audit import AuditFilter
from schemabot.service.auditing import Auditing
from schemabot.service.reporting import Reporting


class OperationsEndpoints:
    """Who works, and who did what."""

    def __init__(self, reporting: Reporting, auditing: Auditing) -> None:
        self._reporting = reporting
        self._auditing = auditing

    async def workers(self, request: Request) -> Response:
        """`GET /api/workers`."""
        no_query(request)
        return ok(workers_answer(await self._reporting.workers(caller=caller_of(request))))

    async def audit(self, request: Request) -> Response:
        """`GET /api/audit`."""
        query = read_query(request, AuditQuery)
        wanted = AuditFilter(subject=query.subject, action=query.action, since=query.since)
        page = await self._auditing.find(
            wanted, caller=caller_of(request), limit=query.limit, cursor=query.cursor
        )
        return ok(audit_answer(page))
