"""The audit trail; inside `IdempotencyStore.once` or `Database.write` it joins that transaction."""

from sqlalchemy import ColumnElement, select

from schemabot.domain.audit import AuditEntry, AuditFilter, NewAudit
from schemabot.domain.page import Page
from schemabot.storage.cursors import page_of, read_page
from schemabot.storage.database import Database
from schemabot.storage.json_values import TEXTS
from schemabot.storage.prepared import insert_row_later
from schemabot.storage.rows import Columns
from schemabot.storage.tables.schema import audit


class AuditStore:
    """Append and read; only retention removes rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, new: NewAudit) -> None:
        """One row, timed by the database's clock."""
        values = {
            "at": self._database.clock.now(),
            "subject": new.subject,
            "method": new.method,
            "address": new.address,
            "action": new.action,
            "outcome": new.outcome,
            "request_id": new.request_id,
            "objects": TEXTS.dump(new.objects),
        }
        self._database.write(lambda tx: insert_row_later(tx, audit, values))

    def find(
        self, wanted: AuditFilter, *, limit: int, cursor: str | None = None
    ) -> Page[AuditEntry]:
        """Rows, newest first. Raises InvalidField for a foreign cursor."""
        query = select(audit).where(*_conditions(wanted))
        rows, following = self._database.read(
            lambda tx: read_page(tx, query, key=audit.c.id, limit=limit, cursor=cursor)
        )
        return page_of(rows, following, _entry_of)


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.subject is not None:
        conditions.append(audit.c.subject == wanted.subject)
    if wanted.action is not None:
        conditions.append(audit.c.action == wanted.action)
    if wanted.since is not None:
        conditions.append(audit.c.at >= wanted.since)
    return conditions


def _entry_of(row: Columns) -> AuditEntry:
    return AuditEntry(
        id=row["id"],
        at=row["at"],
        entry=NewAudit(
            subject=row["subject"],
            method=row["method"],
            action=row["action"],
            outcome=row["outcome"],
            address=row["address"],
            request_id=row["request_id"],
            objects=TEXTS.load(row["objects"]),
        ),
    )
