"""Rows that differed when they were looked at: late, or lost (E-41, E-42).

A differing row is usually on its way. To know, the row is locked in the source, so that nobody
changes it any more; everything logged up to then is received, so each change of it is written or in
the delta; what is in the delta is waited for. If the shadow differs even then, no change explains
it: one was lost, or somebody wrote to the shadow.

A row that the source has not can't be locked, and may come back in the middle of the look. So a row
counts as unexplained only when two looks in a row say so.
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from tern.binlog.watched_table import Key
from tern.engine.online import statements
from tern.engine.online.change import Change
from tern.engine.online.errors import Diverged
from tern.engine.online.lane import Lane
from tern.engine.online.link import describe_key
from tern.engine.online.verify import compare_within, differing_columns
from tern.errors import Deadlock, LockWaitTimeout, ServerUnavailable
from tern.mysql.connection import Connection
from tern.mysql.session import data_session

_AT_ONCE = 100
_HELD_FOR = timedelta(milliseconds=500)
_PAUSE_SECONDS = 0.05
_PATIENT_AFTER = 5
_LOOKS_NEEDED = 2

log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class _Doubt:
    """One open key.

    Attributes:
        looks: Looks in a row that found no explanation.
        refusals: How often its row was held by somebody else.
    """

    looks: int = 0
    refusals: int = 0
    is_repaired: bool = False


class Doubts:
    """The open doubts of one table; the coordinator's alone."""

    def __init__(self, change: Change, lane: Lane) -> None:
        self._change = change
        self._lane = lane
        self._link = lane.link
        self._open: dict[Key, _Doubt] = {}

    def settle(self, keys: Sequence[Key]) -> None:
        """Until every row is equal, repaired by replay where it must be.

        Raises:
            Diverged: a repaired row differs again, or too many need repair.
        """
        self._open = {key: _Doubt() for key in keys}
        with self._change.ground.sessions.open(data_session) as connection:
            while self._open:
                before = len(self._open)
                self._round(connection)
                self._change.watch(0.0 if len(self._open) < before else _PAUSE_SECONDS)

    def _round(self, connection: Connection) -> None:
        keys = list(self._open)[:_AT_ONCE]
        try:
            unexplained = self._look(connection, keys)
        except (LockWaitTimeout, Deadlock):
            self._look_one_by_one(connection, keys)
            return
        if unexplained is not None:
            self._judge(connection, keys, unexplained)

    def _look_one_by_one(self, connection: Connection, keys: Sequence[Key]) -> None:
        """Somebody holds one of the rows: it goes to the end, the others are looked at."""
        for key in keys:
            doubt = self._open.pop(key)
            self._open[key] = doubt
            try:
                unexplained = self._look_patiently(connection, key, doubt)
            except (LockWaitTimeout, Deadlock):
                doubt.refusals += 1
                continue
            if unexplained is not None:
                self._judge(connection, [key], unexplained)

    def _look_patiently(
        self, connection: Connection, key: Key, doubt: _Doubt
    ) -> dict[Key, bool] | None:
        """A row that was never free is waited for, while nothing else is held."""
        if doubt.refusals > _PATIENT_AFTER:
            connection.query(statements.lock_key(self._link, key), table=self._lane.table)
        return self._look(connection, [key])

    def _look(self, connection: Connection, keys: Sequence[Key]) -> dict[Key, bool] | None:
        """The keys that differ, each with whether nothing explains it; None: it took too long.

        Transaction: one that is rolled back; it holds the rows of the source for 500 ms at most.

        Raises:
            LockWaitTimeout, Deadlock: a row is held by somebody.
        """
        change, delta = self._change, self._lane.delta
        connection.execute("START TRANSACTION")
        try:
            connection.query(statements.lock_keys(self._link, keys), table=self._lane.table)
            until = monotonic() + _HELD_FOR.total_seconds()
            position = change.ground.server_log().position
            if not change.feed.wait_received(position, within=_HELD_FOR):
                return None
            delta.hasten()
            changed = change.log.changed
            with changed:
                changed.wait_for(
                    lambda: not any(map(delta.covers, keys)), max(until - monotonic(), 0)
                )
            # Before the look: what is written between them is equal in the look.
            explained = {key for key in keys if delta.covers(key)}
            found = compare_within(connection, self._link, keys).doubts
            asked = set(keys)
            # Under a folding collation a row may be found under another spelling: ask for that.
            return {key: key in asked and key not in explained for key in found}
        finally:
            with suppress(ServerUnavailable):
                connection.execute("ROLLBACK")

    def _judge(self, connection: Connection, keys: Sequence[Key], found: dict[Key, bool]) -> None:
        for key in keys:
            if key not in found:
                del self._open[key]
        for key, is_unexplained in found.items():
            doubt = self._open.setdefault(key, _Doubt())
            doubt.looks = doubt.looks + 1 if is_unexplained else 0
            if doubt.looks >= _LOOKS_NEEDED:
                self._repair(connection, key, doubt)

    def _repair(self, connection: Connection, key: Key, doubt: _Doubt) -> None:
        """Have the row written anew; once."""
        shown = describe_key(self._link, key)
        repairs = sum(lane.counts.repairs for lane in self._change.lanes)
        if doubt.is_repaired or repairs >= self._change.ground.options.verify_repairs:
            keys = [describe_key(self._link, each) for each in list(self._open)[:_AT_ONCE]]
            raise Diverged(table=self._lane.table, keys=[shown, *(k for k in keys if k != shown)])
        columns = differing_columns(connection, self._link, key)
        log.error(
            "%s: the shadow's row %s differs in %s and no change explains it; it is written anew",
            self._lane.table,
            shown,
            ", ".join(columns) or "its presence or a converted column",
        )
        doubt.is_repaired, doubt.looks = True, 0
        self._lane.counts.repairs += 1
        self._lane.delta.demand(key)
