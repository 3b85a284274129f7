"""Which target an environment is, and which Tern reaches it: configuration decides, nobody else."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from schemabot.config.databases import DatabaseSettings
from schemabot.config.settings import Role, Settings
from schemabot.domain.apply import Lane
from schemabot.domain.errors import DatabaseUnknown, EnvironmentUnknown
from schemabot.service.caller import Caller
from schemabot.service.engines import EngineTraits, traits_of
from tern.client import Tern
from tern.values.target import Target

LOCAL = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One environment of one database, as configured now.

    Attributes:
        name: What a plan keeps, to be refused when it has changed since: `local`.
    """

    target: Target
    name: str
    lane: Lane
    engine: EngineTraits
    tern: Tern


class Routes:
    """Every target that the configuration names."""

    def __init__(self, settings: Settings, *, tern_for: Callable[[Target], Tern]) -> None:
        self._settings = settings
        self._tern_for = tern_for
        self._names = {name.lower(): name for name in settings.databases}
        self._environments = {
            name.lower(): name
            for database in settings.databases.values()
            for name in database.environments
        }

    def databases(self, caller: Caller) -> Sequence[str]:
        """Configured names that the caller may see, in order."""
        return sorted(name for name in self._names.values() if caller.sees(name))

    def database(self, name: str, caller: Caller) -> tuple[str, DatabaseSettings]:
        """The configured spelling and the settings.

        Raises:
            DatabaseUnknown: the configuration names no such database; RoleMissing: out of scope.
        """
        known = self._names.get(name.lower())
        if known is None:
            raise DatabaseUnknown(database=name, known=self.databases(caller))
        caller.require_on(Role.READ, known)
        return known, self._settings.databases[known]

    def spelled(self, database: str) -> str:
        """The configured spelling of a name; one that isn't configured stays as it is."""
        return self._names.get(database.lower(), database)

    def spelled_pair(
        self, database: str | None, environment: str | None
    ) -> tuple[str | None, str | None]:
        """A filter's database and environment as configured; None stays None."""
        if environment is not None:
            environment = self._environments.get(environment.lower(), environment)
        return None if database is None else self.spelled(database), environment

    def environments(self, database: str, caller: Caller) -> tuple[str, ...]:
        """The environments that the caller may see, in order of promotion. Raises as `database`."""
        name, _ = self.database(database, caller)
        return tuple(env for env in self._settings.order_of(name) if caller.sees(name, env))

    def target(self, database: str, environment: str) -> Target:
        """The target of a configured pair, both as configured."""
        return self._settings.databases[database].target(database, environment)

    def earlier(self, target: Target) -> tuple[Target, ...]:
        """The targets that come before this one in the order of promotion."""
        order = self._settings.order_of(target.database)
        before = order[: order.index(target.environment)]
        return tuple(self.target(target.database, name) for name in before)

    def find(self, database: str, environment: str, *, caller: Caller, role: Role) -> Route:
        """The route of one environment, for a caller who has the role there.

        Raises:
            DatabaseUnknown, EnvironmentUnknown: the configuration names no such target.
            RoleMissing: the caller's grants don't cover it.
        """
        caller.require(role)
        name, settings = self.database(database, caller)
        order = self._settings.order_of(name)
        spelled = next((known for known in order if known.lower() == environment.lower()), None)
        if spelled is None:
            known = self.environments(name, caller)
            raise EnvironmentUnknown(database=name, environment=environment, known=known)
        caller.require_on(role, name, spelled)
        return self._route(settings.target(name, spelled))

    def current(self, target: Target) -> Route | None:
        """Where the configuration routes a stored target now; None when it names it no more."""
        settings = self._settings.databases.get(target.database)
        if settings is None or target.environment not in settings.environments:
            return None
        return self._route(settings.target(target.database, target.environment))

    def _route(self, target: Target) -> Route:
        return Route(
            target=target,
            name=LOCAL,
            lane=Lane.LOCAL,
            engine=traits_of(target.type),
            tern=self._tern_for(target),
        )
