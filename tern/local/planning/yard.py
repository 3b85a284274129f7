"""Where a plan builds: on the target itself, or in the workspace of its configuration (P-19)."""

from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from threading import Event

from tern.ddl.flavor import Flavor
from tern.ddl.identifiers import Names
from tern.errors import InvalidRequest, MissingPrivilege, StatementRejected
from tern.local.planning.fixed_scratch import FixedScratch, turn_in
from tern.local.planning.namespaces import Namespace
from tern.local.planning.rights import Sight, check_rights, need_in, scratch_need
from tern.local.planning.scratch import (
    SWEPT_BEFORE_A_PLAN,
    Scratch,
    ScratchNames,
    new_names,
    sweep,
)
from tern.local.planning.settings import STATEMENT_TIMEOUT, Workspace
from tern.mysql import named_lock
from tern.mysql.connect import ConnectParams, connect
from tern.mysql.connection import Connection, session_variables
from tern.mysql.server import Server, read_server
from tern.mysql.session import RECORDED_MARIADB, RECORDED_MYSQL, Session, planning_session

# What decides how a definition is stored and printed, beside vendor and version.
_MUST_AGREE = (
    "lower_case_table_names",
    "innodb_page_size",
    "innodb_default_row_format",
    "explicit_defaults_for_timestamp",
)


class WorkspaceUnfit(InvalidRequest):
    """The configured workspace can't stand for its target."""

    code = "workspace_unfit"

    def __init__(self, *, place: str, reason: str) -> None:
        super().__init__(
            f"the workspace on {place} can't stand for its target: {reason}",
            next_action="change `workspace` or `workspace_schema` in the server's configuration",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Yard:
    """A session to build in, and how to get more of them.

    Attributes:
        connection: The target's own one where there is no other server.
        sight: What the account may see there.
    """

    connection: Connection
    server: Server
    sight: Sight
    scratch: Scratch | FixedScratch
    reopen: Callable[[], Connection]

    @property
    def name(self) -> str:
        """Its server, as a plan names it where that isn't the target's."""
        return (
            f"the workspace {self.server.place} ({self.server.flavor.vendor} {self.server.version})"
        )


@contextmanager
def open_yard(
    main: Connection,
    params: ConnectParams,
    *,
    namespaces: Sequence[Namespace],
    workspace: Workspace,
    stopping: Event,
    warnings: list[str],
) -> Generator[Yard]:
    """A yard for the length of the block; everything that was built there is dropped at its end.

    Raises:
        MissingPrivilege: every missing GRANT of the account at once; nothing was done.
        WorkspaceUnfit: the workspace differs from the target in what decides about definitions.
        WorkspaceInUse: the fixed schema is another plan's, or holds what no plan left there.
    """
    with ExitStack() as stack:
        session = planning_session if workspace.params is None else _session_of(main)

        def open_plainly() -> Connection:
            there = workspace.params or params
            return connect(there, session=session, read_timeout=STATEMENT_TIMEOUT)

        connection = main if workspace.params is None else stack.enter_context(open_plainly())
        server = read_server(connection)
        check_workspace(read_server(main), server)
        names = new_names(connection)
        sight = _check(connection, main, namespaces, names=names, workspace=workspace)
        if sight.may_skip_log:
            skip_log(connection)

        def reopen() -> Connection:
            opened = open_plainly()
            if sight.may_skip_log:
                skip_log(opened)
            return opened

        scratch: Scratch | FixedScratch
        if workspace.schema is None:
            scratch = Scratch(connection, names)
            stack.enter_context(named_lock.held(connection, names.lock))
            warnings.extend(_swept(connection))
        else:
            scratch = FixedScratch(connection, names, schema=workspace.schema)
            stack.enter_context(turn_in(connection, workspace.schema, stopping=stopping))
        stack.callback(lambda: warnings.extend(scratch.drop_all(reopen)))
        yield Yard(
            connection=connection, server=server, sight=sight, scratch=scratch, reopen=reopen
        )


def check_workspace(target: Server, workspace: Server) -> None:
    """Make sure that a definition means the same on both servers, as far as settings tell.

    Raises:
        WorkspaceUnfit: names everything that differs.
    """
    pairs = [
        ("vendor", str(target.flavor.vendor), str(workspace.flavor.vendor)),
        ("version", _series(target.flavor), _series(workspace.flavor)),
        *(
            (name, target.variables.get(name, "unknown"), workspace.variables.get(name, "unknown"))
            for name in _MUST_AGREE
        ),
    ]
    differing = [f"{name} is {there}, not {here}" for name, here, there in pairs if here != there]
    if differing:
        raise WorkspaceUnfit(place=workspace.place, reason="; ".join(differing))


def skip_log(connection: Connection) -> None:
    """Keep what this session does in scratch schemas from the binary log and so from replicas."""
    with suppress(MissingPrivilege, StatementRejected):
        connection.execute("SET SESSION sql_log_bin = 0")


def _check(
    connection: Connection,
    main: Connection,
    namespaces: Sequence[Namespace],
    *,
    names: ScratchNames,
    workspace: Workspace,
) -> Sight:
    """What the building account sees, once it may build and would build over nothing live."""
    schema = workspace.schema
    if schema is not None:
        if len(namespaces) > 1:
            reason = (
                f"`{schema}` can hold one namespace at a time, and the files have "
                f"{', '.join(space.name for space in namespaces)}"
            )
            raise WorkspaceUnfit(place=connection.place, reason=reason)
        key = Names(connection.flavor).table_key
        if key(schema) in {key(space.schema) for space in namespaces}:
            reason = f"`{schema}` is the schema that is planned for"
            raise WorkspaceUnfit(place=connection.place, reason=reason)
    building = scratch_need(names) if schema is None else need_in(schema)
    live = [space.schema for space in namespaces] if connection is main else []
    return check_rights(connection, schemas=live, scratch=building)


def _session_of(target: Connection) -> Callable[[Flavor], Session]:
    """Sessions elsewhere that take the target's own switches for theirs."""
    own = RECORDED_MARIADB if target.flavor.is_mariadb() else RECORDED_MYSQL
    recorded = session_variables(target, own)

    def session(flavor: Flavor) -> Session:
        plain = planning_session(flavor)
        if flavor.vendor is not target.flavor.vendor:
            return plain
        checked = {name: v for name, v in recorded.items() if name not in _MUST_AGREE}
        return replace(plain, if_different=checked)

    return session


def _series(flavor: Flavor) -> str:
    major, minor, _ = flavor.version
    return f"{major}.{minor}"


def _swept(connection: Connection) -> list[str]:
    report = sweep(connection, at_most=SWEPT_BEFORE_A_PLAN)
    return [f"an old scratch schema was left alone: {line}" for line in report.left]
