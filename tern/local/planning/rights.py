"""What the target's account must be allowed before a plan begins, and what it may lack (P-18)."""

from collections.abc import Sequence
from dataclasses import dataclass

from tern.ddl.flavor import Flavor
from tern.errors import MissingPrivilege
from tern.local.planning.scratch import SCRATCH_PATTERN, Phase, ScratchNames
from tern.mysql.connection import Connection
from tern.mysql.grants import Grants, Need, read_grants

SCRATCH_PRIVILEGES = (
    "CREATE",
    "DROP",
    "ALTER",
    "INDEX",
    "REFERENCES",
    "INSERT",
    "SELECT",
    "CREATE TEMPORARY TABLES",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What the account can see beyond what it must; what it can't is unknown, never none."""

    innodb: bool
    triggers: bool
    events: bool
    routines: bool
    may_skip_log: bool

    def blind_spots(self) -> tuple[str, ...]:
        """A line for each thing that this plan can't know."""
        lines = (
            (self.triggers, "TRIGGER", "triggers"),
            (self.events, "EVENT", "events"),
            (self.routines, "SHOW_ROUTINE", "procedures and functions"),
            (self.innodb, "PROCESS", "instant row versions and InnoDB ids"),
        )
        return tuple(
            f"{what} are unknown: the account lacks {privilege}"
            for sees, privilege, what in lines
            if not sees
        )


def scratch_need(names: ScratchNames) -> Need:
    """What a plan must be allowed in the schemas that it makes."""
    scratch = names.schema(Phase.DESIRED, 0)
    return Need(privileges=SCRATCH_PRIVILEGES, schema=scratch, pattern=SCRATCH_PATTERN)


def need_in(schema: str) -> Need:
    """What a plan must be allowed in a schema that is there for it."""
    return Need(privileges=SCRATCH_PRIVILEGES, schema=schema)


def check_rights(
    connection: Connection, *, schemas: Sequence[str], scratch: Need | None = None
) -> Sight:
    """What the account can see, once it is sure that it may do all that a plan needs.

    Args:
        connection: The account's.
        schemas: Those that are planned for.
        scratch: What it needs to build, if it is the account that builds.

    Raises:
        MissingPrivilege: names every missing GRANT at once; nothing was done.
    """
    grants = read_grants(connection)
    needs = [Need(privileges=("SELECT",), schema=schema) for schema in schemas]
    needs += [] if scratch is None else [scratch]
    missing = grants.missing(needs)
    if missing:
        raise MissingPrivilege(place=connection.place, account=connection.account, grants=missing)
    return _sight(grants, schemas, connection.flavor)


def _sight(grants: Grants, schemas: Sequence[str], flavor: Flavor) -> Sight:
    def on_all(privilege: str) -> bool:
        return all(grants.has(privilege, schema=schema) for schema in schemas)

    sees_routines = (
        grants.has("SELECT", schema="mysql") or on_all("EXECUTE")
        if flavor.is_mariadb()
        else grants.has("SHOW_ROUTINE") or grants.has("SELECT")
    )
    log_rights = (
        ("BINLOG ADMIN", "SUPER")
        if flavor.is_mariadb()
        else ("SESSION_VARIABLES_ADMIN", "SYSTEM_VARIABLES_ADMIN", "SUPER")
    )
    return Sight(
        innodb=grants.has("PROCESS"),
        triggers=on_all("TRIGGER"),
        events=on_all("EVENT"),
        routines=sees_routines,
        may_skip_log=any(grants.has(right) for right in log_rights),
    )
