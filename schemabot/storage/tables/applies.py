"""`applies`: the queue itself; its claim index is what a claim reads."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from schemabot.storage.columns import TABLE_OPTIONS, BigId, Key, LongText, UtcMicros, Word
from schemabot.storage.tables.row import Row


class ApplyRow(Row, table=True):
    __tablename__ = "applies"
    __table_args__ = (
        Index("ix_applies_claim", "lane", "claim_rank", "claimable_at", "id"),
        Index("ix_applies_target", "database_name", "database_type", "environment", "created_at"),
        Index("ix_applies_state", "state", "updated_at"),
        Index("ix_applies_pull_request", "repository", "pull_request"),
        TABLE_OPTIONS,
    )

    id: int | None = Field(default=None, sa_type=BigId, primary_key=True)
    apply_id: str = Field(sa_type=Word, unique=True)
    plan_id: str = Field(sa_type=Word, foreign_key="plans.plan_id")
    plan_hash: str = Field(sa_type=Word)
    database_name: str = Field(sa_type=Word)
    database_type: str = Field(sa_type=Word)
    environment: str = Field(sa_type=Word)
    deployment: str = Field(sa_type=Word)
    schemas: str = Field(sa_type=LongText)
    active_target: str | None = Field(sa_type=Key, unique=True)
    lane: str = Field(sa_type=Word)
    engine: str = Field(sa_type=Word)
    task_count: int
    min_version: int

    state: str = Field(sa_type=Word)
    state_since: datetime = Field(sa_type=UtcMicros)
    detail: str | None = Field(sa_type=LongText)
    error_code: str | None = Field(sa_type=Word)
    error_message: str | None = Field(sa_type=LongText)
    summary: str = Field(sa_type=LongText)
    metadata_json: str = Field(sa_type=LongText)
    options: str = Field(sa_type=LongText)
    priority: str = Field(sa_type=Word)
    volume: int | None

    caller: str = Field(sa_type=Key)
    repository: str | None = Field(sa_type=Word)
    pull_request: int | None
    installation_id: int | None = Field(sa_type=BigId)
    traceparent: str | None = Field(sa_type=Word)
    external_id: str | None = Field(sa_type=Key)
    resume_metadata: str = Field(sa_type=LongText)

    attempt: int
    attempt_started_at: datetime | None = Field(sa_type=UtcMicros)
    retry_after: datetime | None = Field(sa_type=UtcMicros)
    not_before: datetime | None = Field(sa_type=UtcMicros)
    start_before: datetime | None = Field(sa_type=UtcMicros)

    due_at: datetime = Field(sa_type=UtcMicros)
    claimable_at: datetime | None = Field(sa_type=UtcMicros)
    claim_rank: int
    claim_request_id: str | None = Field(sa_type=Word, index=True)
    open_requests: int
    refusals: int
    refused_epoch: int = Field(sa_type=BigId)
    outage_since: datetime | None = Field(sa_type=UtcMicros)

    lease_owner: str | None = Field(sa_type=Key)
    lease_token: str | None = Field(sa_type=Word)
    last_lease_token: str | None = Field(sa_type=Word)
    lease_epoch: int = Field(sa_type=BigId)
    lease_acquired_at: datetime | None = Field(sa_type=UtcMicros)
    lease_expires_at: datetime | None = Field(sa_type=UtcMicros)
    progress_sequence: int = Field(sa_type=BigId)
    progress_at: datetime | None = Field(sa_type=UtcMicros)

    version: int = Field(sa_type=BigId)
    started_at: datetime | None = Field(sa_type=UtcMicros)
    completed_at: datetime | None = Field(sa_type=UtcMicros)
    created_at: datetime = Field(sa_type=UtcMicros)
    updated_at: datetime = Field(sa_type=UtcMicros)
