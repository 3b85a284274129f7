"""`plans`: immutable; `schema_texts`: what tables looked like, once per content."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from schemabot.storage.columns import TABLE_OPTIONS, BigId, Key, LongText, UtcMicros, Word
from schemabot.storage.tables.row import Row


class PlanRow(Row, table=True):
    __tablename__ = "plans"
    __table_args__ = (
        Index("ix_plans_target", "database_name", "database_type", "environment", "created_at"),
        Index("ix_plans_pull_request", "repository", "pull_request"),
        Index("ix_plans_desired_hash", "desired_hash"),
        TABLE_OPTIONS,
    )

    id: int | None = Field(default=None, sa_type=BigId, primary_key=True)
    plan_id: str = Field(sa_type=Word, unique=True)
    plan_hash: str = Field(sa_type=Word)
    desired_hash: str = Field(sa_type=Word)
    database_name: str = Field(sa_type=Word)
    database_type: str = Field(sa_type=Word)
    environment: str = Field(sa_type=Word)
    target: str = Field(sa_type=LongText)
    route: str = Field(sa_type=Word)
    engine: str = Field(sa_type=Word)
    has_changes: bool
    result: str = Field(sa_type=LongText)
    desired: str = Field(sa_type=LongText)
    caller: str = Field(sa_type=Key)
    repository: str | None = Field(sa_type=Word)
    pull_request: int | None
    head_sha: str | None = Field(sa_type=Word)
    schema_path: str | None = Field(sa_type=LongText)
    rollback_of: str | None = Field(sa_type=Word)
    created_at: datetime = Field(sa_type=UtcMicros)
    expires_at: datetime = Field(sa_type=UtcMicros)


class SchemaTextRow(Row, table=True):
    __tablename__ = "schema_texts"
    __table_args__ = (TABLE_OPTIONS,)

    content_hash: str = Field(sa_type=Word, primary_key=True)
    content: str = Field(sa_type=LongText)


class PlanOriginalRow(Row, table=True):
    __tablename__ = "plan_originals"
    __table_args__ = (TABLE_OPTIONS,)

    plan_row: int = Field(sa_type=BigId, foreign_key="plans.id", primary_key=True)
    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    namespace: str = Field(sa_type=Word)
    table_name: str = Field(sa_type=Word)
    content_hash: str = Field(sa_type=Word, foreign_key="schema_texts.content_hash")
