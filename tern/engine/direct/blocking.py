"""Sessions in the way of a statement, looked up before it asks for a lock (E-46)."""

import logging

from tern.engine.direct.job import Job
from tern.engine.direct.statements import is_about_existing_table
from tern.errors import MissingPrivilege
from tern.mysql.connection import Connection
from tern.mysql.metadata_lock import blockers

log = logging.getLogger(__name__)


def find_blockers(connection: Connection, job: Job, *, attempt: int) -> tuple[str, ...]:
    """Those that have held the table for a while, longest first, as people read them.

    Where the server does not tell who holds a table, any long transaction on it is suspected. After
    the eager attempts suspects no longer count: one that reads elsewhere for hours would keep every
    table from being changed, and the lock wait alone bounds what asking costs. An account that may
    not look finds nobody.
    """
    statement = job.statement
    if not is_about_existing_table(statement):
        return ()
    try:
        found = blockers(connection, schema=statement.schema, table=statement.table)
    except MissingPrivilege as error:
        log.warning("who holds %s can't be seen: %s", job.table, error)
        return ()
    are_suspects_heeded = attempt <= job.pacing.eager_attempts
    return tuple(
        str(each)
        for each in found
        if each.age >= job.pacing.blocker_age and (each.is_certain or are_suspects_heeded)
    )
