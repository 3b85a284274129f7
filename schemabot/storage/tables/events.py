"""`apply_logs`: every transition, claim and request, and what engines say."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from schemabot.storage.columns import TABLE_OPTIONS, BigId, LongText, UtcMicros, Word
from schemabot.storage.tables.row import Row


class EventRow(Row, table=True):
    """No foreign key: writing a line must never wait for the apply's row."""

    __tablename__ = "apply_logs"
    __table_args__ = (Index("ix_apply_logs_apply", "apply_id", "id"), TABLE_OPTIONS)

    id: int | None = Field(default=None, sa_type=BigId, primary_key=True)
    apply_id: str = Field(sa_type=Word)
    at: datetime = Field(sa_type=UtcMicros)
    level: str = Field(sa_type=Word)
    event: str = Field(sa_type=Word)
    source: str = Field(sa_type=Word)
    task_id: str | None = Field(sa_type=Word)
    message: str = Field(sa_type=LongText)
    old_state: str | None = Field(sa_type=Word)
    new_state: str | None = Field(sa_type=Word)
    fields_json: str = Field(sa_type=LongText)
