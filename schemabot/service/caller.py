"""Who asks, and what they may do; every surface names its caller, none takes it from a body."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from schemabot.config.settings import Role
from schemabot.service.errors import RoleMissing

_RANKS = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """An authenticated identity with its grant.

    Attributes:
        subject: As it is recorded and shown.
        method: How it was proven: `loopback` or `token`.
        databases: Globs, compared without case; environments likewise.
        address: Where the request came from, for the audit.
    """

    subject: str
    method: str
    role: Role
    databases: tuple[str, ...] = ("*",)
    environments: tuple[str, ...] = ("*",)
    address: str | None = None
    request_id: str | None = None

    def has(self, role: Role) -> bool:
        """Whether the role includes the given one."""
        return _RANKS[self.role] >= _RANKS[role]

    @property
    def sees_all(self) -> bool:
        """Whether the grant covers every database and environment."""
        return "*" in self.databases and "*" in self.environments

    def sees(self, database: str, environment: str | None = None) -> bool:
        """Whether the grant covers a database, and its environment where one is given."""
        return _matches(self.databases, database) and (
            environment is None or _matches(self.environments, environment)
        )

    def require(self, role: Role) -> None:
        """Raises RoleMissing unless the role is covered, wherever."""
        if not self.has(role):
            raise RoleMissing(subject=self.subject, needs=role, place=None)

    def require_on(self, role: Role, database: str, environment: str | None = None) -> None:
        """Raises RoleMissing unless the role is covered there."""
        if not self.has(role) or not self.sees(database, environment):
            place = database if environment is None else f"{database}/{environment}"
            raise RoleMissing(subject=self.subject, needs=role, place=place)


def _matches(globs: tuple[str, ...], name: str) -> bool:
    return any(fnmatchcase(name.lower(), glob.lower()) for glob in globs)
