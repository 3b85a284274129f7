"""Rows of database locks as values."""

from schemabot.domain.lock import DatabaseLock
from schemabot.storage.rows import Columns
from tern.values.target import DatabaseType


def lock_of(row: Columns) -> DatabaseLock:
    """A held lock."""
    return DatabaseLock(
        database=row["database_name"],
        database_type=DatabaseType(row["database_type"]),
        owner=row["owner"],
        created_at=row["created_at"],
        repository=row["repository"],
        pull_request=row["pull_request"],
        reason=row["reason"],
    )
