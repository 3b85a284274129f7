"""`audit`: who did what; only retention removes rows."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from schemabot.storage.columns import TABLE_OPTIONS, BigId, Key, LongText, UtcMicros, Word
from schemabot.storage.tables.row import Row


class AuditRow(Row, table=True):
    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_subject", "subject", "id"),
        Index("ix_audit_action", "action", "id"),
        TABLE_OPTIONS,
    )

    id: int | None = Field(default=None, sa_type=BigId, primary_key=True)
    at: datetime = Field(sa_type=UtcMicros)
    subject: str = Field(sa_type=Key)
    method: str = Field(sa_type=Word)
    address: str | None = Field(sa_type=Word)
    action: str = Field(sa_type=Word)
    outcome: str = Field(sa_type=Word)
    request_id: str | None = Field(sa_type=Word)
    objects: str = Field(sa_type=LongText)
