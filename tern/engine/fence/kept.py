"""Pieces of work that are on a target's record, found by how their ids begin."""

from dataclasses import dataclass

from tern.ddl.identifiers import qualified
from tern.engine.fence import statements
from tern.mysql.connection import Connection

_AT_MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One row of the record.

    Attributes:
        work: The whole piece of work as JSON.
        has_ended: Whether no run of it is to be expected.
    """

    apply_id: str
    work: str
    has_ended: bool


def kept_works(connection: Connection, home: str, *, prefix: str) -> tuple[Kept, ...]:
    """The works whose ids begin so, newest first; none where there is no record at all."""
    if connection.value(statements.TABLE_EXISTS, (home, statements.TABLE)) is None:
        return ()
    rows = connection.query(
        "SELECT apply_identifier, work, ended_at IS NOT NULL "  # noqa: S608  # our own name
        f"FROM {qualified(home, statements.TABLE)} "
        "WHERE LEFT(apply_identifier, %s) = %s AND work IS NOT NULL "
        f"ORDER BY created_at DESC LIMIT {_AT_MOST:d}",
        (len(prefix), prefix),
    )
    return tuple(
        Kept(apply_id=str(row[0]), work=str(row[1]), has_ended=bool(row[2])) for row in rows
    )
