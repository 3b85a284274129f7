"""The one session of a run that may issue DDL; see the package for why its steps are in order."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta

from tern.ddl.flavor import Flavor
from tern.engine.fence.claimant import Claimant, lock_name
from tern.engine.fence.record import RecordedSession, add_session, check_newest, keep_only
from tern.engine.sessions import Sessions
from tern.errors import LeaseLost, SchemaBotError, ServerUnavailable, TargetBusy
from tern.mysql.connection import Connection
from tern.mysql.kill import kill_until_gone
from tern.mysql.named_lock import held, is_held
from tern.mysql.server import Server, read_server
from tern.mysql.session import Session

# A DROP of a large table may take minutes; beyond this the session is taken for lost.
READ_TIMEOUT = timedelta(minutes=10)
EVICT_WITHIN = timedelta(seconds=10)
# An evicted session's lock is free when the session is gone; this covers a stranger's short hold.
LOCK_WAIT = timedelta(seconds=1)

log = logging.getLogger(__name__)


class FencedSession:
    """A session that holds the named locks of its schemas and is on record as the newest."""

    def __init__(
        self, connection: Connection, *, claimant: Claimant, locks: tuple[str, ...]
    ) -> None:
        self.connection = connection
        self._claimant = claimant
        self._locks = locks

    def check(self) -> None:
        """Ask before each DDL whether it may still be sent.

        Raises:
            LeaseLost: a lock is not this session's.
            StaleEpoch: a newer run is on record.
        """
        for name in self._locks:
            if not is_held(self.connection, name):
                place = self.connection.place
                raise LeaseLost(subject=self._claimant.apply_id, reason=f"{place} lost {name}")
        check_newest(self.connection, self._claimant)


@contextmanager
def fenced_session(
    sessions: Sessions,
    claimant: Claimant,
    *,
    schemas: Iterable[str],
    session: Callable[[Flavor], Session],
) -> Iterator[FencedSession]:
    """The target is ours for the length of the block: predecessors are gone, the locks are held.

    Locks: `sb:<sha1>` of every schema, in name order, freed at the end of the block.

    Raises:
        StaleEpoch, LeaseLost: a newer run is on record, or none is.
        TargetBusy: a stranger holds a lock, or a predecessor's session does not end.
    """
    with sessions.open(session, read_timeout=READ_TIMEOUT) as connection:
        _evict(connection, claimant)
        locks = tuple(lock_name(schema) for schema in sorted(set(schemas)))
        with ExitStack() as stack:
            for name in locks:
                stack.enter_context(held(connection, name, wait=LOCK_WAIT))
            yield FencedSession(connection, claimant=claimant, locks=locks)


def _evict(connection: Connection, claimant: Claimant) -> None:
    server = read_server(connection)
    own = RecordedSession(
        id=connection.id,
        server=server.uuid,
        started_at=server.started_at,
        epoch=claimant.epoch,
        instance=claimant.instance,
    )
    others = add_session(connection, claimant, own)
    for other in others:
        if _may_live(other, server):
            _end(connection, other)
    if others:
        keep_only(connection, claimant, own)


def _may_live(other: RecordedSession, server: Server) -> bool:
    return other.server == server.uuid and server.is_same_start(other.started_at)


def _end(connection: Connection, other: RecordedSession) -> None:
    try:
        is_gone = kill_until_gone(connection, other.id, within=EVICT_WITHIN)
    except ServerUnavailable:
        raise
    except SchemaBotError as error:
        # Another account's session, say after the target's credentials were rotated. Unless it
        # holds the lock it can do nothing: its next look at the record turns it away.
        log.warning("session %s of an earlier run can't be ended: %s", other.id, error)
        return
    if not is_gone:
        holder = f"session {other.id} of an earlier run, which does not end"
        raise TargetBusy(place=connection.place, holder=holder)
