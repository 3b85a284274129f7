"""`database_locks`: a courtesy among people."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from schemabot.storage.columns import TABLE_OPTIONS, BigId, Key, LongText, UtcMicros, Word
from schemabot.storage.tables.row import Row


class LockRow(Row, table=True):
    __tablename__ = "database_locks"
    __table_args__ = (UniqueConstraint("database_name", "database_type"), TABLE_OPTIONS)

    id: int | None = Field(default=None, sa_type=BigId, primary_key=True)
    database_name: str = Field(sa_type=Word)
    database_type: str = Field(sa_type=Word)
    owner: str = Field(sa_type=Key)
    repository: str | None = Field(sa_type=Word)
    pull_request: int | None
    reason: str | None = Field(sa_type=LongText)
    created_at: datetime = Field(sa_type=UtcMicros)
