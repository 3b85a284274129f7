"""`tasks`: one statement of an apply each."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from schemabot.storage.columns import TABLE_OPTIONS, BigId, LongText, UtcMicros, Word
from schemabot.storage.tables.row import Row


class TaskRow(Row, table=True):
    __tablename__ = "tasks"
    __table_args__ = (UniqueConstraint("apply_row", "position"), TABLE_OPTIONS)

    id: int | None = Field(default=None, sa_type=BigId, primary_key=True)
    task_id: str = Field(sa_type=Word, unique=True)
    apply_row: int = Field(sa_type=BigId, foreign_key="applies.id")
    position: int
    namespace: str = Field(sa_type=Word)
    schema_name: str = Field(sa_type=Word)
    table_name: str = Field(sa_type=Word)
    change_type: str = Field(sa_type=Word)
    ddl: str = Field(sa_type=LongText)
    verdict: str = Field(sa_type=Word)
    state: str = Field(sa_type=Word)
    ready: bool
    progress: str | None = Field(sa_type=LongText)
    error_code: str | None = Field(sa_type=Word)
    error_message: str | None = Field(sa_type=LongText)
    started_at: datetime | None = Field(sa_type=UtcMicros)
    completed_at: datetime | None = Field(sa_type=UtcMicros)
