"""The engines that a run may use, made anew for each step."""

from collections.abc import Callable
from dataclasses import dataclass

from tern.engine.direct.engine import DirectEngine
from tern.engine.online.engine import OnlineEngine
from tern.engine.port import Capabilities, Engine
from tern.local.access import TargetAccess
from tern.local.steps import Route

EngineMaker = Callable[[TargetAccess], Engine]
"""Makes an engine without touching the target."""


def make_direct(access: TargetAccess) -> Engine:
    """An engine for DDL that runs directly."""
    return DirectEngine(access.params)


def make_online(access: TargetAccess) -> Engine:
    """An engine for changes that copy their table."""
    return OnlineEngine(access.params, options=access.copying)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """What is at hand in this process; without an online engine no statement may copy rows.

    `make_online` is asked for by name: whoever composes a process says that it may copy.

    Attributes:
        together: Copies of one run cut over as one, whether or not their cutover is deferred.
    """

    direct: EngineMaker = make_direct
    online: EngineMaker | None = None
    together: bool = False


class TargetEngines:
    """The engines for one target.

    Attributes:
        together: See `Engines`.
    """

    def __init__(self, engines: Engines, access: TargetAccess) -> None:
        self._makers = {Route.DIRECT: engines.direct, Route.ONLINE: engines.online}
        self._access = access
        self.together = engines.together

    def has(self, route: Route) -> bool:
        """Whether there is an engine for this route."""
        return self._makers[route] is not None

    def make(self, route: Route) -> Engine:
        """A new engine for one step.

        Raises:
            LookupError: there is none for this route; ask `has` first.
        """
        maker = self._makers[route]
        if maker is None:
            raise LookupError(route)
        return maker(self._access)

    def capabilities(self, route: Route) -> Capabilities:
        """What the engine for this route can do."""
        return self.make(route).capabilities
