"""A database's lock: an agreement among people, over all environments, independent of applies."""

from dataclasses import dataclass
from datetime import datetime

from tern.values.target import DatabaseType


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLock:
    """Asks for a database to be reserved.

    Attributes:
        owner: `github:<owner>/<repo>#<n>` or `cli:<who>`.
    """

    database: str
    database_type: DatabaseType
    owner: str
    repository: str | None = None
    pull_request: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseLock:
    """A held lock; while it is held, only its owner's applies are admitted (A-38, A-39)."""

    database: str
    database_type: DatabaseType
    owner: str
    created_at: datetime
    repository: str | None = None
    pull_request: int | None = None
    reason: str | None = None

    def shown(self) -> dict[str, object]:
        """As error details have it."""
        return {
            "database": self.database,
            "database_type": str(self.database_type),
            "owner": self.owner,
            "repository": self.repository,
            "pull_request": self.pull_request,
            "reason": self.reason,
            "created_at": self.created_at.isoformat(),
        }
