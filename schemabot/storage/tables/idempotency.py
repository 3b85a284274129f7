"""`idempotency_keys`: which writes were done already, and what they answered."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from schemabot.storage.columns import TABLE_OPTIONS, BigId, Key, LongText, UtcMicros, Word
from schemabot.storage.tables.row import Row


class IdempotencyRow(Row, table=True):
    __tablename__ = "idempotency_keys"
    __table_args__ = (
        UniqueConstraint("caller", "route", "key_text"),
        Index("ix_idempotency_keys_created_at", "created_at"),
        TABLE_OPTIONS,
    )

    id: int | None = Field(default=None, sa_type=BigId, primary_key=True)
    caller: str = Field(sa_type=Key)
    route: str = Field(sa_type=Word)
    key_text: str = Field(sa_type=Key)
    body_hash: str = Field(sa_type=Word)
    answer: str = Field(sa_type=LongText)
    created_at: datetime = Field(sa_type=UtcMicros)
