"""Where one plan works: its connections, its lock and its scratch schemas, gone when it ends."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from threading import Event

from tern.ddl.flavor import Vendor
from tern.errors import FlavorMismatch, MissingPrivilege, StatementRejected, UnsupportedChange
from tern.local.planning.crew import Crew, crew
from tern.local.planning.live import LiveSchema
from tern.local.planning.namespaces import Namespace
from tern.local.planning.rights import Sight, check_rights
from tern.local.planning.schema_mapping import SchemaMapping
from tern.local.planning.scratch import (
    SWEPT_BEFORE_A_PLAN,
    Phase,
    Scratch,
    new_names,
    sweep,
)
from tern.local.planning.settings import STATEMENT_TIMEOUT, PlanSettings
from tern.mysql import named_lock
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
    """What a plan works with; `main` is also one of the crew."""

    main: Connection
    crew: Crew
    scratch: Scratch
    server: Server
    sight: Sight

    def room(self, phase: Phase, live: Iterable[LiveSchema], needed: Iterable[str]) -> Room:
        """The phase's scratch schemas; made where a namespace needs one."""
        wanted = set(needed)
        schemas: dict[str, str] = {}
        real: dict[str, str] = {}
        for schema in live:
            space = schema.namespace
            name = self.scratch.names.schema(phase, space.number)
            schemas[space.name], real[space.schema] = name, name
            if space.name in wanted:
                self.scratch.create(phase, space.number, schema.defaults)
        mapping = SchemaMapping(real, names=self.scratch.names, flavor=self.main.flavor)
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
    """A place to plan in; on leaving it every scratch schema is dropped, whatever happened.

    What could not be cleaned up is told in `warnings`.

    Raises:
        ServerUnavailable, AccessDenied: no connection.
        FlavorMismatch: the server isn't what the target is configured as.
        MissingPrivilege: every missing GRANT at once; nothing was done.
    """

    def open_plainly() -> Connection:
        return connect(params, session=planning_session, read_timeout=STATEMENT_TIMEOUT)

    def reconnect() -> Connection:
        connection = open_plainly()
        if sight.may_skip_log:
            skip_log(connection)
        return connection

    with ExitStack() as stack:
        main = stack.enter_context(open_plainly())
        server = read_server(main)
        check_flavor(target, server)
        names = new_names(main)
        sight = check_rights(main, schemas=[space.schema for space in namespaces], names=names)
        scratch = Scratch(main, names)
        stack.enter_context(named_lock.held(main, names.lock))
        warnings.extend(_swept(main))
        if sight.may_skip_log:
            skip_log(main)
        stack.callback(lambda: warnings.extend(scratch.drop_all(reconnect)))
        working = stack.enter_context(
            crew(reconnect, size=settings.connections, lent=main, stopping=stopping)
        )
        yield Workplace(main=main, crew=working, scratch=scratch, server=server, sight=sight)


def skip_log(connection: Connection) -> None:
    """Keep what this session does in scratch schemas from the binary log and so from replicas."""
    with suppress(MissingPrivilege, StatementRejected):
        connection.execute("SET SESSION sql_log_bin = 0")


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


def _swept(connection: Connection) -> list[str]:
    report = sweep(connection, at_most=SWEPT_BEFORE_A_PLAN)
    return [f"an old scratch schema was left alone: {line}" for line in report.left]
