"""Sessions in the way of a cutover: looked up before it asks, shown, and waited for (E-46).

A waiting lock request already stops newcomers, so nothing is asked while somebody old holds a
table. Ending a blocker is by order alone (E-47).
"""

import logging
from datetime import timedelta

from tern.engine.online.ground import Ground
from tern.errors import MissingPrivilege, SchemaBotError
from tern.mysql.metadata_lock import Blocker, blockers

OLD = timedelta(seconds=1)
_MOST_ENDED = 10
_HEAVIEST = 1_000_000
_TABLE_LOCKS = frozenset({"SHARED_NO_READ_WRITE", "SHARED_READ_ONLY", "MDL_SHARED_NO_READ_WRITE"})
_NEVER_ENDED = ("system user@", "event_scheduler@")

log = logging.getLogger(__name__)


def find_blockers(ground: Ground) -> tuple[Blocker, ...]:
    """Sessions of others that have held a source for a while, longest first.

    An account that may not look finds nobody; then the lock wait alone protects the traffic.
    """
    found: list[Blocker] = []
    for subject in ground.subjects:
        try:
            found += blockers(ground.desk, schema=subject.source.schema, table=subject.source.name)
        except MissingPrivilege as error:
            log.warning("who holds %s can't be seen: %s", subject.table, error)
            return ()
    others = {
        each.session_id: each for each in found if not ground.sessions.is_own(each.session_id)
    }
    return tuple(each for each in others.values() if each.age >= OLD)


def end_blockers(ground: Ground, found: tuple[Blocker, ...]) -> None:
    """End those that may be ended, each logged; never replication, table locks, large rollbacks."""
    for blocker in [each for each in found if _may_end(each)][:_MOST_ENDED]:
        log.warning("ending %s, which blocks %s", blocker, ground.subjects[0].table)
        try:
            ground.desk.execute(f"KILL {blocker.session_id:d}")
        except SchemaBotError as error:
            log.warning("session %d can't be ended: %s", blocker.session_id, error)


def _may_end(blocker: Blocker) -> bool:
    return (
        blocker.is_certain
        and blocker.weight <= _HEAVIEST
        and blocker.lock not in _TABLE_LOCKS
        and not blocker.account.startswith(_NEVER_ENDED)
    )
