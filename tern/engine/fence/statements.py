"""Every SQL text about the work record; the schema's name is the only thing put into one."""

from tern.ddl.identifiers import qualified

TABLE = "_schemabot_work"

TABLE_EXISTS = "SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s"


def create_table(home: str) -> str:
    """The record's table; every time in it is UTC by the target's own clock."""
    return f"""
CREATE TABLE IF NOT EXISTS {qualified(home, TABLE)} (
  apply_identifier VARCHAR(64) NOT NULL,
  external_id VARCHAR(255) NULL,
  idempotency_key VARCHAR(255) NULL,
  control_plane VARCHAR(255) NOT NULL DEFAULT '',
  epoch BIGINT UNSIGNED NOT NULL DEFAULT 0,
  instance_epoch BIGINT UNSIGNED NOT NULL DEFAULT 0,
  plan_hash VARCHAR(255) NOT NULL DEFAULT '',
  state VARCHAR(32) NOT NULL DEFAULT 'new',
  work LONGTEXT NULL,
  task_states LONGTEXT NULL,
  connections LONGTEXT NULL,
  error_code VARCHAR(64) NULL,
  error_message TEXT NULL,
  created_at DATETIME(6) NOT NULL,
  updated_at DATETIME(6) NOT NULL,
  ended_at DATETIME(6) NULL,
  PRIMARY KEY (apply_identifier),
  UNIQUE KEY idempotency_key (idempotency_key),
  KEY ended_at (ended_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin"""


def insert_if_missing(home: str) -> str:
    """Parameters: apply id. Locks the row, whether it was there or is new."""
    return (
        f"INSERT INTO {qualified(home, TABLE)} (apply_identifier, created_at, updated_at) "
        "VALUES (%s, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)) "
        "ON DUPLICATE KEY UPDATE apply_identifier = apply_identifier"
    )


def select_locked(home: str) -> str:
    """Parameters: apply id. Columns: epoch, instance, task states, connections."""
    return (
        "SELECT epoch, instance_epoch, task_states, connections "
        f"FROM {qualified(home, TABLE)} WHERE apply_identifier = %s FOR UPDATE"
    )


def open_row(home: str) -> str:
    """Parameters: external id, key, control plane, epoch, instance, plan hash, work; apply id."""
    return (
        f"UPDATE {qualified(home, TABLE)} SET external_id = %s, idempotency_key = %s, "
        "control_plane = %s, epoch = %s, instance_epoch = %s, plan_hash = %s, work = %s, "
        "state = 'running', error_code = NULL, error_message = NULL, ended_at = NULL, "
        "updated_at = UTC_TIMESTAMP(6) WHERE apply_identifier = %s"
    )


def set_connections(home: str) -> str:
    """Parameters: connections; apply id, epoch, instance."""
    return (
        f"UPDATE {qualified(home, TABLE)} SET connections = %s, updated_at = UTC_TIMESTAMP(6) "
        "WHERE apply_identifier = %s AND epoch = %s AND instance_epoch = %s"
    )


def set_states(home: str) -> str:
    """Parameters: state, task states, error code, message, whether ended; id, epoch, instance."""
    return (
        f"UPDATE {qualified(home, TABLE)} SET state = %s, task_states = %s, error_code = %s, "
        "error_message = %s, ended_at = IF(%s, UTC_TIMESTAMP(6), NULL), "
        "updated_at = UTC_TIMESTAMP(6) "
        "WHERE apply_identifier = %s AND epoch = %s AND instance_epoch = %s"
    )


def select_holder(home: str) -> str:
    """Parameters: apply id. Columns: epoch, instance."""
    return f"SELECT epoch, instance_epoch FROM {qualified(home, TABLE)} WHERE apply_identifier = %s"


def prune(home: str) -> str:
    """Parameters: days, at most so many rows."""
    return (
        f"DELETE FROM {qualified(home, TABLE)} "
        "WHERE ended_at < UTC_TIMESTAMP(6) - INTERVAL %s DAY ORDER BY ended_at LIMIT %s"
    )
