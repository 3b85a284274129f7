"""The live schema as files: canonical text of every table that a plan would manage (P-52)."""

from collections.abc import Mapping, Sequence
from threading import Event

from tern.errors import MissingPrivilege
from tern.local.planning.crew import Crew, crew
from tern.local.planning.ignored import reason_to_ignore
from tern.local.planning.settings import STATEMENT_TIMEOUT, PlanSettings
from tern.local.planning.workplace import check_flavor
from tern.mysql.catalogue import LiveObject, ObjectKind, schema_defaults, tables
from tern.mysql.connect import ConnectParams, connect
from tern.mysql.connection import Connection
from tern.mysql.grants import Need, read_grants
from tern.mysql.introspect import SEQUENCE, TABLE, show_create, without_counter
from tern.mysql.server import read_server
from tern.mysql.session import planning_session
from tern.values.plan import PulledSchema, PullRequest
from tern.values.target import Target

_MANAGED = frozenset({ObjectKind.TABLE, ObjectKind.SEQUENCE})


def pull(
    params: ConnectParams,
    request: PullRequest,
    *,
    settings: PlanSettings | None = None,
    stopping: Event | None = None,
) -> PulledSchema:
    """Namespace -> table -> the server's text, without AUTO_INCREMENT; nothing is written anywhere.

    Without namespaces in the request: those that the target's configuration names, else the one
    that is called like the database. Tables of SchemaBot and of other tools are left out.

    Raises:
        ServerUnavailable, AccessDenied, MissingPrivilege, FlavorMismatch, SchemaMissing: the
            target can't be read.
        LockWaitTimeout: somebody holds a table.
        UnsupportedTable: a table's text is not valid UTF-8 outside its literals.
    """

    def reconnect() -> Connection:
        return connect(params, session=planning_session, read_timeout=STATEMENT_TIMEOUT)

    schemas = _schemas(request.target, request.namespaces)
    size = (settings or PlanSettings()).connections
    with (
        reconnect() as main,
        crew(reconnect, size=size, lent=main, stopping=stopping or Event()) as working,
    ):
        check_flavor(request.target, read_server(main))
        _check_rights(main, list(schemas.values()))
        return PulledSchema(tables=_read(main, working, schemas))


def _schemas(target: Target, namespaces: Sequence[str]) -> dict[str, str]:
    wanted = namespaces or tuple(target.schemas) or (target.database,)
    return {name: target.schemas.get(name, name) for name in wanted}


def _check_rights(connection: Connection, schemas: Sequence[str]) -> None:
    needs = [Need(privileges=("SELECT",), schema=schema) for schema in schemas]
    missing = read_grants(connection).missing(needs)
    if missing:
        raise MissingPrivilege(place=connection.place, account=connection.account, grants=missing)


def _read(main: Connection, working: Crew, schemas: Mapping[str, str]) -> dict[str, dict[str, str]]:
    wanted: list[tuple[str, LiveObject]] = []
    for name, schema in schemas.items():
        schema_defaults(main, schema)
        wanted += [(name, found) for found in tables(main, schema) if _is_pulled(found)]

    def read(connection: Connection, one: tuple[str, LiveObject]) -> str:
        name, found = one
        kind = SEQUENCE if found.kind is ObjectKind.SEQUENCE else TABLE
        text = show_create(connection, schema=schemas[name], table=found.name, kind=kind)
        return without_counter(text)

    pulled: dict[str, dict[str, str]] = {name: {} for name in schemas}
    for (name, found), text in zip(wanted, working.each(read, wanted), strict=True):
        pulled[name][found.name] = text
    return pulled


def _is_pulled(found: LiveObject) -> bool:
    return found.kind in _MANAGED and reason_to_ignore(found.name, ()) is None
