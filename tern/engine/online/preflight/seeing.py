"""What the checks are asked about, read from the target, and the refusal if one of them fails."""

from collections.abc import Sequence
from threading import Event

from tern.ddl.create_table import parse_create_table
from tern.ddl.table import Table
from tern.engine.effective_charsets import with_effective_charsets
from tern.engine.obstacles import Surroundings
from tern.engine.online.column_map import pair_columns
from tern.engine.online.ground import Ground, Subject
from tern.engine.online.preflight.check import Failure, Moment, Sight, TableSight
from tern.engine.online.preflight.checks import failures
from tern.engine.online.preflight.notices import notices
from tern.errors import InvalidRequest, MissingPrivilege, StatementRejected
from tern.mysql.catalogue import foreign_keys_into, triggers
from tern.mysql.connection import Connection, Row, session_variables
from tern.mysql.grants import read_grants
from tern.mysql.introspect import read_table
from tern.mysql.metadata_lock import shows_held
from tern.mysql.server import read_server

_SETTINGS = (
    "binlog_storage_engine",
    "binlog_transaction_compression",
    "group_replication_single_primary_mode",
    "group_replication_group_name",
)
_PREPARED = (
    "SELECT trx_id, trx_started FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id = 0 "
    "AND trx_state = 'RUNNING'"
)
# The server's own transactions have no session either, and are over at once; an application's
# prepared ones soon. Before a swap one look too many costs nothing; before a run it would refuse a
# fit target, so there only what outlasts the looks is left over.
_LOOKS = {Moment.START: 20, Moment.CUTOVER: 1}
_LOOK_AGAIN_SECONDS = 0.25
# The receiving thread of a replica, in the words of MySQL and of MariaDB.
_REPLICATING = (
    "SELECT COUNT(*) FROM information_schema.PROCESSLIST "
    "WHERE USER = 'system user' AND COMMAND IN ('Connect', 'Slave_IO')"
)
_DEFAULT_COLLATIONS = (
    "SELECT CHARACTER_SET_NAME, DEFAULT_COLLATE_NAME FROM information_schema.CHARACTER_SETS"
)


class PreflightFailed(InvalidRequest):
    """The target, or the table, is not fit for an online copy; nothing was touched."""

    code = "preflight"

    def __init__(self, *, place: str, found: Sequence[Failure]) -> None:
        super().__init__(
            f"{place}: no online copy is possible: {' | '.join(map(str, found))}",
            next_action="mend what is named, then apply again",
            details={"codes": [failure.code for failure in found]},
        )


def check_all(ground: Ground, moment: Moment) -> tuple[str, ...]:
    """What is worth knowing, if nothing speaks against going on.

    Raises:
        PreflightFailed: with everything that does.
    """
    sight = see(ground, moment)
    found = failures(sight, moment)
    if found:
        raise PreflightFailed(place=ground.desk.place, found=found)
    return tuple(notices(sight))


def see(ground: Ground, moment: Moment) -> Sight:
    """The target as it is now."""
    desk = ground.desk
    return Sight(
        server=read_server(desk),
        settings=session_variables(desk, _SETTINGS),
        grants=read_grants(desk),
        tables=see_tables(ground),
        has_lock_table=shows_held(desk),
        prepared=_prepared(desk, looks=_LOOKS[moment]),
        is_replica=int(desk.value(_REPLICATING) or 0) > 0,
        has_own_session=desk.value("SELECT CONNECTION_ID()") == desk.id,
    )


def _prepared(desk: Connection, *, looks: int) -> tuple[str, ...]:
    """Prepared XA transactions that no look misses; by their own names where these may be read."""
    found = _detached(desk)
    for _ in range(looks - 1):
        if not found:
            break
        Event().wait(_LOOK_AGAIN_SECONDS)
        found &= _detached(desk)
    if not found:
        return ()
    unnamed = tuple(f"transaction {row[0]}" for row in sorted(found))
    try:
        rows = desk.query_bytes("XA RECOVER")
    except (MissingPrivilege, StatementRejected):
        return unnamed
    return tuple(_xid(row) for row in rows) or unnamed


def _detached(desk: Connection) -> frozenset[Row]:
    """The transactions that run without a session; those that only read may share a number."""
    return frozenset(desk.query(_PREPARED))


def _xid(row: tuple[bytes | None, ...]) -> str:
    """The transaction's name as XA COMMIT takes it."""
    length, text = int(row[1] or 0), row[3] or b""
    pieces = [piece for piece in (text[:length], text[length:]) if piece]
    return ",".join(f"'{piece.decode('ascii', 'backslashreplace')}'" for piece in pieces)


def see_tables(ground: Ground) -> tuple[TableSight, ...]:
    """The run's tables as they are now, in its order."""
    return tuple(_see_table(ground, subject) for subject in ground.subjects)


def _see_table(ground: Ground, subject: Subject) -> TableSight:
    schema, name = subject.source
    source = read_table(ground.desk, schema=schema, table=name)
    desired = _desired(ground, subject)
    own = [each.name for each in triggers(ground.desk, schema) if each.table == name]
    return TableSight(
        name=subject.table,
        schema=schema,
        source=source,
        desired=desired,
        columns=pair_columns(source, desired, subject.statement.ddl),
        around=Surroundings(
            triggers=tuple(own), children=foreign_keys_into(ground.desk, schema, [name])
        ),
    )


def _desired(ground: Ground, subject: Subject) -> Table:
    rows = ground.desk.query(_DEFAULT_COLLATIONS)
    defaults = {str(charset).lower(): str(collation).lower() for charset, collation in rows}
    return with_effective_charsets(parse_create_table(subject.statement.desired or ""), defaults)
