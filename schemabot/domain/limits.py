"""How many applies may be driven at once, per environment or database (Q-20)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemabot.domain.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`queue.limits`: name -> the most live leases there; what isn't named has no limit."""

    environments: Mapping[str, int] = field(default_factory=dict)
    databases: Mapping[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything is limited."""
        return bool(self.environments or self.databases)

    def on(self, *, environment: str, database: str) -> Mapping[Scope, int]:
        """The limits that a target is under."""
        found = {}
        if environment in self.environments:
            found[Scope(environment=environment)] = self.environments[environment]
        if database in self.databases:
            found[Scope(database=database)] = self.databases[database]
        return found

    @property
    def all(self) -> Mapping[Scope, int]:
        """Every limit by what it is on."""
        return {
            **{Scope(environment=name): limit for name, limit in self.environments.items()},
            **{Scope(database=name): limit for name, limit in self.databases.items()},
        }
