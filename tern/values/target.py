"""What a plan or a piece of work is about: one database in one environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class DatabaseType(StrEnum):
    """What the configuration says that the database is."""

    MYSQL = "mysql"
    MARIADB = "mariadb"
    VITESS = "vitess"
    PLANETSCALE = "planetscale"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A database in an environment; at most one apply is active on it.

    Attributes:
        schemas: Namespace of the files -> name of its schema on the server. Only what the server's
            configuration says; a namespace without an entry has the name that the files give.
    """

    database: str
    type: DatabaseType
    environment: str
    deployment: str = "default"
    schemas: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """`<type>/<database>/<environment>`: what `active_target` holds."""
        return f"{self.type}/{self.database}/{self.environment}"

    @property
    def place(self) -> str:
        """The target as people write it."""
        return f"{self.database}/{self.environment}"
