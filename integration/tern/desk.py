"""A piece of work for a schema on a real server, and the caller that has it run."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import uuid4

from integration.databases import Database, fresh_database
from integration.servers.program import Flavor
from tern.local.access import TargetAccess
from tern.mysql.connect import ConnectParams
from tern.mysql.introspect import without_counter
from tern.values.plan import ChangeType, Verdict
from tern.values.run import RunOptions, Work, WorkStatement
from tern.values.target import DatabaseType, Target

ENVIRONMENT = "test"


def params(database: Database, **changes: object) -> ConnectParams:
    """How to reach the database's server."""
    server = database.server
    made = ConnectParams(user=server.user, host=server.host, port=server.port)
    return replace(made, **changes)  # type: ignore[arg-type]  # its own fields


def type_of(database: Database) -> DatabaseType:
    """What the configuration would say."""
    is_mariadb = database.server.flavor is Flavor.MARIADB
    return DatabaseType.MARIADB if is_mariadb else DatabaseType.MYSQL


def target(database: Database) -> Target:
    """The target that the schema is."""
    return Target(database=database.name, type=type_of(database), environment=ENVIRONMENT)


def access(database: Database, **changes: object) -> TargetAccess:
    """How a data plane reaches it."""
    return TargetAccess(type=type_of(database), params=params(database, **changes))


def show_create(database: Database, table: str) -> str | None:
    """The server's own text of a table; None without one."""
    found = database.query(
        "SELECT 1 FROM information_schema.tables WHERE table_schema = %s AND table_name = %s",
        database.name,
        table,
    )
    if not found:
        return None
    text: str = database.query(f"SHOW CREATE TABLE `{table}`")[0][1]
    return without_counter(text)


def statements(database: Database, *changes: tuple[str, str, Verdict]) -> list[WorkStatement]:
    """Statements for `(table, ddl, verdict)`, with texts from a twin schema where they were run."""
    made = []
    with fresh_database(database.server) as twin:
        _copy_tables(database, twin)
        for ordinal, (table, ddl, verdict) in enumerate(changes):
            base = show_create(twin, table)
            twin.query(ddl)
            made.append(
                WorkStatement(
                    task_id=f"task-{ordinal}",
                    ordinal=ordinal,
                    namespace=database.name,
                    schema=database.name,
                    table=table,
                    change_type=ChangeType(ddl.split()[0].lower()),
                    ddl=ddl,
                    verdict=verdict,
                    base=base,
                    desired=show_create(twin, table),
                )
            )
    return made


def work(database: Database, made: Iterable[WorkStatement], **options: object) -> Work:
    """A claimed apply of these statements."""
    return Work(
        apply_id=f"apply-{uuid4().hex[:16]}",
        target=target(database),
        statements=tuple(made),
        options=RunOptions(**options),  # type: ignore[arg-type]  # its own fields
        plan_hash="hash",
        caller="somebody",
    )


def _copy_tables(database: Database, twin: Database) -> None:
    for (name,) in database.query("SHOW TABLES"):
        text = show_create(database, name)
        if text is not None and not name.startswith("_schemabot"):
            twin.query(text)
