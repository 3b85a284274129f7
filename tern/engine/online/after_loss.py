"""Did the names change hands? Told by what stands under them, never by what was sent (E-52)."""

from collections.abc import Sequence
from enum import StrEnum

from tern.binlog.watched_table import TableName
from tern.engine.online.checkpoint import Saved
from tern.engine.online.cleanup import is_sentry
from tern.engine.online.ground import Subject
from tern.engine.online.shadow_table import Fingerprint, read_fingerprint
from tern.errors import TableMissing
from tern.mysql.connection import Connection


class Swap(StrEnum):
    """What a look at the tables says."""

    DONE = "done"
    NOT_DONE = "not_done"
    UNKNOWN = "unknown"


def look(
    connection: Connection, subjects: Sequence[Subject], saved: Saved, *, is_same_server: bool
) -> Swap:
    """Whether the new tables stand under the old names; all of them or none.

    InnoDB's ids tell on the server where they were noted: they survive a RENAME and nothing else.
    On another server they may be any other table's.
    """
    if is_same_server:
        found = {_look(connection, subject, saved) for subject in subjects}
    else:
        found = {_by_names(connection, subject) for subject in subjects}
    return found.pop() if len(found) == 1 else Swap.UNKNOWN


def _look(connection: Connection, subject: Subject, saved: Saved) -> Swap:
    known = saved.tables.get(subject.source.name)
    live = _fingerprint(connection, subject.source)
    if known is None or known.shadow is None or live is None:
        return Swap.UNKNOWN
    if live.ids and live.ids == known.shadow.ids:
        return Swap.DONE
    if live.ids and live.ids == known.source.ids:
        return Swap.NOT_DONE
    return _by_names(connection, subject)


def _by_names(connection: Connection, subject: Subject) -> Swap:
    """On another server ids mean nothing: a real table under O and none under T, or the reverse."""
    retired = _fingerprint(connection, subject.names.retired)
    if is_sentry(connection, subject.names.retired):
        retired = None
    shadow = _fingerprint(connection, subject.names.shadow)
    if shadow is None and retired is not None:
        return Swap.DONE
    return Swap.NOT_DONE if shadow is not None and retired is None else Swap.UNKNOWN


def _fingerprint(connection: Connection, table: TableName) -> Fingerprint | None:
    try:
        return read_fingerprint(connection, table)
    except TableMissing:
        return None
