"""Whether the account may do all that a run will ask of it (E-70)."""

from collections.abc import Iterator

from tern.engine.online.preflight.check import Failure, Sight
from tern.mysql.grants import Need

SCHEMA_PRIVILEGES = (
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "CREATE",
    "DROP",
    "ALTER",
    "INDEX",
    "LOCK TABLES",
    "TRIGGER",
)


def check(sight: Sight) -> Iterator[Failure]:
    """Each privilege that lacks, with the GRANT that mends it."""
    is_mariadb = sight.server.flavor.is_mariadb()
    client = "BINLOG MONITOR" if is_mariadb else "REPLICATION CLIENT"
    needs = [Need(privileges=("REPLICATION SLAVE", client, "PROCESS"))]
    schemas = dict.fromkeys(table.schema for table in sight.tables)
    needs += [Need(privileges=SCHEMA_PRIVILEGES, schema=schema) for schema in schemas]
    for grant in sight.grants.missing(needs):
        yield Failure(
            code="privilege",
            subject=sight.grants.account,
            what="it lacks a privilege",
            fix=f"run: {grant}",
        )
