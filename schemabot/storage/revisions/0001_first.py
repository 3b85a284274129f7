"""Everything that storage remembered in the first version."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from schemabot.storage.revision_steps import create_index, create_table

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WORD = sa.String(191)
_KEY = sa.String(255)
_TEXT = sa.Text().with_variant(mysql.LONGTEXT(), "mysql")
_INSTANT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
_OPTIONS: dict[str, Any] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}


def upgrade() -> None:
    """Create all tables, referred ones first."""
    _create_apply_logs()
    _create_audit()
    _create_database_locks()
    _create_idempotency_keys()
    _create_plans()
    _create_schema_texts()
    _create_settings()
    _create_workers()
    _create_applies()
    _create_plan_originals()
    _create_control_requests()
    _create_tasks()


def _create_apply_logs() -> None:
    create_table(
        "apply_logs",
        sa.Column("id", _ID, nullable=False),
        sa.Column("apply_id", _WORD, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("level", _WORD, nullable=False),
        sa.Column("event", _WORD, nullable=False),
        sa.Column("source", _WORD, nullable=False),
        sa.Column("task_id", _WORD, nullable=True),
        sa.Column("message", _TEXT, nullable=False),
        sa.Column("old_state", _WORD, nullable=True),
        sa.Column("new_state", _WORD, nullable=True),
        sa.Column("fields_json", _TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_apply_logs"),
        **_OPTIONS,
    )
    create_index("ix_apply_logs_apply", "apply_logs", ["apply_id", "id"])


def _create_audit() -> None:
    create_table(
        "audit",
        sa.Column("id", _ID, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("subject", _KEY, nullable=False),
        sa.Column("method", _WORD, nullable=False),
        sa.Column("address", _WORD, nullable=True),
        sa.Column("action", _WORD, nullable=False),
        sa.Column("outcome", _WORD, nullable=False),
        sa.Column("request_id", _WORD, nullable=True),
        sa.Column("objects", _TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        **_OPTIONS,
    )
    create_index("ix_audit_action", "audit", ["action", "id"])
    create_index("ix_audit_subject", "audit", ["subject", "id"])


def _create_database_locks() -> None:
    create_table(
        "database_locks",
        sa.Column("id", _ID, nullable=False),
        sa.Column("database_name", _WORD, nullable=False),
        sa.Column("database_type", _WORD, nullable=False),
        sa.Column("owner", _KEY, nullable=False),
        sa.Column("repository", _WORD, nullable=True),
        sa.Column("pull_request", sa.Integer(), nullable=True),
        sa.Column("reason", _TEXT, nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_database_locks"),
        sa.UniqueConstraint(
            "database_name", "database_type", name="uq_database_locks_database_name_database_type"
        ),
        **_OPTIONS,
    )


def _create_idempotency_keys() -> None:
    create_table(
        "idempotency_keys",
        sa.Column("id", _ID, nullable=False),
        sa.Column("caller", _KEY, nullable=False),
        sa.Column("route", _WORD, nullable=False),
        sa.Column("key_text", _KEY, nullable=False),
        sa.Column("body_hash", _WORD, nullable=False),
        sa.Column("answer", _TEXT, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_idempotency_keys"),
        sa.UniqueConstraint(
            "caller", "route", "key_text", name="uq_idempotency_keys_caller_route_key_text"
        ),
        **_OPTIONS,
    )
    create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"])


def _create_plans() -> None:
    create_table(
        "plans",
        sa.Column("id", _ID, nullable=False),
        sa.Column("plan_id", _WORD, nullable=False),
        sa.Column("plan_hash", _WORD, nullable=False),
        sa.Column("desired_hash", _WORD, nullable=False),
        sa.Column("database_name", _WORD, nullable=False),
        sa.Column("database_type", _WORD, nullable=False),
        sa.Column("environment", _WORD, nullable=False),
        sa.Column("target", _TEXT, nullable=False),
        sa.Column("route", _WORD, nullable=False),
        sa.Column("engine", _WORD, nullable=False),
        sa.Column("has_changes", sa.Boolean(), nullable=False),
        sa.Column("result", _TEXT, nullable=False),
        sa.Column("desired", _TEXT, nullable=False),
        sa.Column("caller", _KEY, nullable=False),
        sa.Column("repository", _WORD, nullable=True),
        sa.Column("pull_request", sa.Integer(), nullable=True),
        sa.Column("head_sha", _WORD, nullable=True),
        sa.Column("schema_path", _TEXT, nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plans"),
        sa.UniqueConstraint("plan_id", name="uq_plans_plan_id"),
        **_OPTIONS,
    )
    create_index("ix_plans_desired_hash", "plans", ["desired_hash"])
    create_index("ix_plans_pull_request", "plans", ["repository", "pull_request"])
    create_index(
        "ix_plans_target",
        "plans",
        ["database_name", "database_type", "environment", "created_at"],
    )


def _create_schema_texts() -> None:
    create_table(
        "schema_texts",
        sa.Column("content_hash", _WORD, nullable=False),
        sa.Column("content", _TEXT, nullable=False),
        sa.PrimaryKeyConstraint("content_hash", name="pk_schema_texts"),
        **_OPTIONS,
    )


def _create_settings() -> None:
    create_table(
        "settings",
        sa.Column("setting_key", _KEY, nullable=False),
        sa.Column("value", _TEXT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("setting_key", name="pk_settings"),
        **_OPTIONS,
    )


def _create_workers() -> None:
    create_table(
        "workers",
        sa.Column("id", _ID, nullable=False),
        sa.Column("worker_id", _KEY, nullable=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("report", _TEXT, nullable=False),
        sa.Column("draining", sa.Boolean(), nullable=False),
        sa.Column("started_at", _INSTANT, nullable=False),
        sa.Column("heartbeat_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workers"),
        sa.UniqueConstraint("worker_id", name="uq_workers_worker_id"),
        **_OPTIONS,
    )


def _create_applies() -> None:
    create_table(
        "applies", *_applies_columns(), *_applies_more_columns(), *_applies_keys(), **_OPTIONS
    )
    create_index("ix_applies_claim", "applies", ["lane", "claim_rank", "claimable_at", "id"])
    create_index("ix_applies_claim_request_id", "applies", ["claim_request_id"])
    create_index("ix_applies_pull_request", "applies", ["repository", "pull_request"])
    create_index("ix_applies_state", "applies", ["state", "updated_at"])
    create_index(
        "ix_applies_target",
        "applies",
        ["database_name", "database_type", "environment", "created_at"],
    )


def _applies_columns() -> list[Any]:
    return [
        sa.Column("id", _ID, nullable=False),
        sa.Column("apply_id", _WORD, nullable=False),
        sa.Column("plan_id", _WORD, nullable=False),
        sa.Column("plan_hash", _WORD, nullable=False),
        sa.Column("database_name", _WORD, nullable=False),
        sa.Column("database_type", _WORD, nullable=False),
        sa.Column("environment", _WORD, nullable=False),
        sa.Column("deployment", _WORD, nullable=False),
        sa.Column("schemas", _TEXT, nullable=False),
        sa.Column("active_target", _KEY, nullable=True),
        sa.Column("lane", _WORD, nullable=False),
        sa.Column("engine", _WORD, nullable=False),
        sa.Column("task_count", sa.Integer(), nullable=False),
        sa.Column("min_version", sa.Integer(), nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("state_since", _INSTANT, nullable=False),
        sa.Column("detail", _TEXT, nullable=True),
        sa.Column("error_code", _WORD, nullable=True),
        sa.Column("error_message", _TEXT, nullable=True),
        sa.Column("summary", _TEXT, nullable=False),
        sa.Column("metadata_json", _TEXT, nullable=False),
        sa.Column("options", _TEXT, nullable=False),
        sa.Column("priority", _WORD, nullable=False),
        sa.Column("volume", sa.Integer(), nullable=True),
        sa.Column("caller", _KEY, nullable=False),
        sa.Column("repository", _WORD, nullable=True),
        sa.Column("pull_request", sa.Integer(), nullable=True),
        sa.Column("installation_id", _ID, nullable=True),
        sa.Column("traceparent", _WORD, nullable=True),
        sa.Column("external_id", _KEY, nullable=True),
    ]


def _applies_more_columns() -> list[Any]:
    return [
        sa.Column("resume_metadata", _TEXT, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("attempt_started_at", _INSTANT, nullable=True),
        sa.Column("retry_after", _INSTANT, nullable=True),
        sa.Column("not_before", _INSTANT, nullable=True),
        sa.Column("start_before", _INSTANT, nullable=True),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("claimable_at", _INSTANT, nullable=True),
        sa.Column("claim_rank", sa.Integer(), nullable=False),
        sa.Column("claim_request_id", _WORD, nullable=True),
        sa.Column("open_requests", sa.Integer(), nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("refused_epoch", _ID, nullable=False),
        sa.Column("lease_owner", _KEY, nullable=True),
        sa.Column("lease_token", _WORD, nullable=True),
        sa.Column("last_lease_token", _WORD, nullable=True),
        sa.Column("lease_epoch", _ID, nullable=False),
        sa.Column("lease_acquired_at", _INSTANT, nullable=True),
        sa.Column("lease_expires_at", _INSTANT, nullable=True),
        sa.Column("progress_sequence", _ID, nullable=False),
        sa.Column("progress_at", _INSTANT, nullable=True),
        sa.Column("version", _ID, nullable=False),
        sa.Column("started_at", _INSTANT, nullable=True),
        sa.Column("completed_at", _INSTANT, nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
    ]


def _applies_keys() -> list[Any]:
    return [
        sa.ForeignKeyConstraint(["plan_id"], ["plans.plan_id"], name="fk_applies_plan_id"),
        sa.PrimaryKeyConstraint("id", name="pk_applies"),
        sa.UniqueConstraint("active_target", name="uq_applies_active_target"),
        sa.UniqueConstraint("apply_id", name="uq_applies_apply_id"),
    ]


def _create_plan_originals() -> None:
    create_table(
        "plan_originals",
        sa.Column("plan_row", _ID, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("namespace", _WORD, nullable=False),
        sa.Column("table_name", _WORD, nullable=False),
        sa.Column("content_hash", _WORD, nullable=False),
        sa.ForeignKeyConstraint(
            ["content_hash"], ["schema_texts.content_hash"], name="fk_plan_originals_content_hash"
        ),
        sa.ForeignKeyConstraint(["plan_row"], ["plans.id"], name="fk_plan_originals_plan_row"),
        sa.PrimaryKeyConstraint("plan_row", "position", name="pk_plan_originals"),
        **_OPTIONS,
    )


def _create_control_requests() -> None:
    create_table(
        "control_requests",
        sa.Column("id", _ID, nullable=False),
        sa.Column("apply_row", _ID, nullable=False),
        sa.Column("operation", _WORD, nullable=False),
        sa.Column("status", _WORD, nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("requested_by", _KEY, nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("outcome", _WORD, nullable=True),
        sa.Column("message", _TEXT, nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("resolved_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["apply_row"], ["applies.id"], name="fk_control_requests_apply_row"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_control_requests"),
        sa.UniqueConstraint(
            "apply_row", "operation", name="uq_control_requests_apply_row_operation"
        ),
        **_OPTIONS,
    )
    create_index("ix_control_requests_status", "control_requests", ["status", "created_at"])


def _create_tasks() -> None:
    create_table(
        "tasks",
        sa.Column("id", _ID, nullable=False),
        sa.Column("task_id", _WORD, nullable=False),
        sa.Column("apply_row", _ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("namespace", _WORD, nullable=False),
        sa.Column("schema_name", _WORD, nullable=False),
        sa.Column("table_name", _WORD, nullable=False),
        sa.Column("change_type", _WORD, nullable=False),
        sa.Column("ddl", _TEXT, nullable=False),
        sa.Column("verdict", _WORD, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("ready", sa.Boolean(), nullable=False),
        sa.Column("progress", _TEXT, nullable=True),
        sa.Column("error_code", _WORD, nullable=True),
        sa.Column("error_message", _TEXT, nullable=True),
        sa.Column("started_at", _INSTANT, nullable=True),
        sa.Column("completed_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["apply_row"], ["applies.id"], name="fk_tasks_apply_row"),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
        sa.UniqueConstraint("apply_row", "position", name="uq_tasks_apply_row_position"),
        sa.UniqueConstraint("task_id", name="uq_tasks_task_id"),
        **_OPTIONS,
    )
