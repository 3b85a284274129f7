"""Where one plan works: its connections, its lock and its scratch schemas, gone when it ends."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from threading import Event

from tern.ddl.flavor import Vendor
from tern.errors import FlavorMismatch, UnsupportedChange
from tern.local.planning.crew import Crew, crew
from tern.local.planning.live import LiveSchema
from tern.local.planning.namespaces import Namespace
from tern.local.planning.rights import Sight, check_rights
from tern.local.planning.schema_mapping import SchemaMapping
from tern.local.planning.scratch import Phase
from tern.local.planning.settings import STATEMENT_TIMEOUT, PlanSettings
from tern.local.planning.yard import Yard, open_yard
from tern.mysql.connect import ConnectParams, connect
from tern.mysql.connection import Connection
from tern.mysql.server import Server, read_server
from tern.mysql.session import planning_session
from tern.values.target import DatabaseType, Target

_VENDORS = {DatabaseType.MYSQL: Vendor.MYSQL, DatabaseType.MARIADB: Vendor.MARIADB}


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The scratch schemas of one phase.

    Shape:
        schemas: namespace -> its scratch schema; those that are named here need not exist.
    """

    schemas: Mapping[str, str]
    mapping: SchemaMapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """What a plan works with.

    Attributes:
        main: A session on the target, also one of the crew, which reads there.
        yard: Where definitions are built and statements tried; `builders` is its crew.
        sight: What the account may see of the target.
    """

    main: Connection
    crew: Crew
    yard: Yard
    builders: Crew
    server: Server
    sight: Sight

    def room(self, phase: Phase, live: Iterable[LiveSchema], needed: Iterable[str]) -> Room:
        """The phase's scratch schemas; made where a namespace needs one."""
        scratch, wanted = self.yard.scratch, set(needed)
        schemas: dict[str, str] = {}
        real: dict[str, str] = {}
        for schema in live:
            space = schema.namespace
            name = scratch.schema_of(phase, space.number)
            schemas[space.name], real[space.schema] = name, name
            if space.name in wanted:
                scratch.create(phase, space.number, schema.defaults)
        mapping = SchemaMapping(real, names=scratch.names, flavor=self.main.flavor)
        return Room(schemas=schemas, mapping=mapping)


@contextmanager
def workplace(
    params: ConnectParams,
    *,
    target: Target,
    namespaces: Sequence[Namespace],
    settings: PlanSettings,
    stopping: Event,
    warnings: list[str],
) -> Generator[Workplace]:
    """A place to plan in; on leaving it all that was built is dropped, whatever happened.

    What could not be cleaned up is told in `warnings`.

    Raises:
        ServerUnavailable, AccessDenied: no connection.
        FlavorMismatch: the server isn't what the target is configured as.
        MissingPrivilege: every missing GRANT at once; nothing was done.
        WorkspaceUnfit, WorkspaceInUse: the configured workspace can't be used.
    """
    open_plainly = partial(
        connect, params, session=planning_session, read_timeout=STATEMENT_TIMEOUT
    )
    with ExitStack() as stack:
        main = stack.enter_context(open_plainly())
        server = read_server(main)
        check_flavor(target, server)
        sight = _sight_of_target(main, namespaces, settings)
        yard = stack.enter_context(
            open_yard(
                main,
                params,
                namespaces=namespaces,
                workspace=settings.workspace,
                stopping=stopping,
                warnings=warnings,
            )
        )
        opened = partial(crew, size=settings.connections, stopping=stopping)
        builders = stack.enter_context(opened(yard.reopen, lent=yard.connection))
        readers = builders
        if yard.connection is not main:
            readers = stack.enter_context(opened(open_plainly, lent=main))
            warnings.append(f"built and tried on {yard.name}")
        seen = yard.sight if sight is None else sight
        yield Workplace(
            main=main, crew=readers, yard=yard, builders=builders, server=server, sight=seen
        )


def _sight_of_target(
    main: Connection, namespaces: Sequence[Namespace], settings: PlanSettings
) -> Sight | None:
    """What the account sees on its target; None where the yard is there too, and asks."""
    if settings.workspace.params is None:
        return None
    return check_rights(main, schemas=[space.schema for space in namespaces])


def check_flavor(target: Target, server: Server) -> None:
    """Make sure that the server is what the target is configured as.

    Raises:
        FlavorMismatch: it is the other vendor's.
        UnsupportedChange: this data plane plans for neither.
    """
    vendor = _VENDORS.get(target.type)
    if vendor is None:
        reason = f"databases of type {target.type} can't be planned for by this data plane"
        raise UnsupportedChange(table=target.place, reason=reason)
    if vendor is not server.flavor.vendor:
        raise FlavorMismatch(place=server.place, configured=target.type, found=str(server.flavor))
