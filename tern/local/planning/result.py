"""Everything that a plan says, brought together in one value."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tern.local.planning.desired import DesiredSchema
from tern.local.planning.estimate import total
from tern.local.planning.live import LiveSchema
from tern.local.planning.workplace import Workplace
from tern.mysql.connection import Connection, session_variables
from tern.mysql.introspect import without_counter
from tern.mysql.server import Server
from tern.mysql.session import RECORDED_MARIADB, RECORDED_MYSQL, proving_session
from tern.values.plan import (
    Finding,
    OriginalTable,
    PlannedStatement,
    PlanResult,
    Problem,
    SchemaObject,
    ServerIdentity,
)


def plan_result(
    place: Workplace,
    live: Mapping[str, LiveSchema],
    *,
    statements: tuple[PlannedStatement, ...],
    findings: tuple[Finding, ...],
    problems: tuple[Problem, ...],
    left: Sequence[SchemaObject],
) -> PlanResult:
    """The plan as its caller gets it, with what it left alone and what it could not see."""
    estimates = [one.estimate for one in statements if one.estimate is not None]
    return PlanResult(
        statements=statements,
        findings=findings,
        problems=problems,
        unmanaged=tuple(found for schema in live.values() for found in schema.unmanaged),
        ignored=(*(found for schema in live.values() for found in schema.ignored), *left),
        originals=tuple(_originals(live)),
        namespaces={name: schema.namespace.schema for name, schema in live.items()},
        session=_session(place.main),
        server=_identity(place.server),
        warnings=place.sight.blind_spots(),
        estimate=total(estimates),
    )


def unused_definitions(desired: Iterable[DesiredSchema]) -> list[SchemaObject]:
    """Definitions of tables that the plan ignores, so that nobody waits for them."""
    return [
        SchemaObject(
            namespace=schema.namespace.name,
            kind="definition",
            name=name,
            reason=f"its file is not used: {reason}",
        )
        for schema in desired
        for name, reason in schema.unused.items()
    ]


def _originals(live: Mapping[str, LiveSchema]) -> Iterator[OriginalTable]:
    for name, schema in live.items():
        for table in schema.tables.values():
            if table.unreadable is None:
                text = without_counter(table.text)
                yield OriginalTable(namespace=name, table=table.name, text=text)


def _session(connection: Connection) -> dict[str, str]:
    """What the DDL must run in: the settings of the proof, and the server's own switches."""
    own = RECORDED_MARIADB if connection.flavor.is_mariadb() else RECORDED_MYSQL
    set_here = proving_session(connection.flavor).variables
    return {
        **{name: str(value) for name, value in set_here.items()},
        **session_variables(connection, own),
    }


def _identity(server: Server) -> ServerIdentity:
    return ServerIdentity(
        flavor=str(server.flavor.vendor),
        version=server.version,
        uuid=server.uuid,
        place=server.place,
    )
