"""`workers`: the registry of processes that claim."""

from datetime import datetime

from sqlmodel import Field

from schemabot.storage.columns import TABLE_OPTIONS, BigId, Key, LongText, UtcMicros, Word
from schemabot.storage.tables.row import Row


class WorkerRow(Row, table=True):
    __tablename__ = "workers"
    __table_args__ = (TABLE_OPTIONS,)

    id: int | None = Field(default=None, sa_type=BigId, primary_key=True)
    worker_id: str = Field(sa_type=Key, unique=True)
    kind: str = Field(sa_type=Word)
    report: str = Field(sa_type=LongText)
    draining: bool
    started_at: datetime = Field(sa_type=UtcMicros)
    heartbeat_at: datetime = Field(sa_type=UtcMicros)
