"""`control_requests`: one row per apply and operation."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from schemabot.storage.columns import TABLE_OPTIONS, BigId, Key, LongText, UtcMicros, Word
from schemabot.storage.tables.row import Row


class ControlRow(Row, table=True):
    __tablename__ = "control_requests"
    __table_args__ = (
        UniqueConstraint("apply_row", "operation"),
        Index("ix_control_requests_status", "status", "created_at"),
        TABLE_OPTIONS,
    )

    id: int | None = Field(default=None, sa_type=BigId, primary_key=True)
    apply_row: int = Field(sa_type=BigId, foreign_key="applies.id")
    operation: str = Field(sa_type=Word)
    status: str = Field(sa_type=Word)
    generation: int
    requested_by: str = Field(sa_type=Key)
    value: int | None
    outcome: str | None = Field(sa_type=Word)
    message: str | None = Field(sa_type=LongText)
    created_at: datetime = Field(sa_type=UtcMicros)
    resolved_at: datetime | None = Field(sa_type=UtcMicros)
