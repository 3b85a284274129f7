"""Rows that differed when they were looked at: late, or lost (E-41, E-42).

A differing row is usually on its way. To know, the row is locked in the source, so that nobody
changes it any more; everything logged up to then is received, so each change of it is written or in
the delta. What is in the delta is explained, and written and compared here and now, while its row
is held: a row that is changed all the time would never be found out of it. If the shadow differs
and the delta has nothing of it, or differs even then, no change explains it: one was lost, or
somebody wrote to the shadow.

A row that the source has not can't be locked, and may come back in the middle of the look. So a row
counts as unexplained only when two looks in a row say so.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from tern.binlog.watched_table import Key
from tern.engine.online import statements
from tern.engine.online.change import Change
from tern.engine.online.errors import Diverged
from tern.engine.online.grip import Grip
from tern.engine.online.lane import Lane
from tern.engine.online.link import describe_key
from tern.engine.online.patience import Patience
from tern.engine.online.row_writer import RowWriter
from tern.engine.online.verify import compare_within, differing_columns
from tern.errors import DuplicateKey
from tern.mysql.connection import Connection
from tern.mysql.session import data_session

_AT_ONCE = 100
_HELD_FOR = timedelta(milliseconds=300)
_PAUSE_SECONDS = 0.05
_LOOKS_NEEDED = 2

log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class _Doubt:
    """One open key.

    Attributes:
        looks: Looks in a row that found no explanation.
    """

    looks: int = 0
    is_repaired: bool = False


@dataclass(slots=True, kw_only=True)
class _Look:
    """What a look at some rows came to.

    Attributes:
        keys: Of the rows that were had.
        late: They differ, and the delta explains it.
        unwritten: Those of them that could not be written yet.
        unexplained: They differ, and nothing explains it.
        others: Differing rows under keys that were not asked for.
    """

    keys: Sequence[Key] = ()
    late: list[Key] = field(default_factory=list)
    unwritten: set[Key] = field(default_factory=set)
    unexplained: set[Key] = field(default_factory=set)
    others: list[Key] = field(default_factory=list)
    is_complete: bool = False


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
        change, lane = self._change, self._lane
        with change.ground.sessions.open(data_session) as connection:
            writer = RowWriter(connection, self._link, latch=lane.latch)
            patience = Patience(connection, self._link, lane.refusals)
            while self._open:
                before = len(self._open)
                # So that little is left to be received while rows are held.
                change.feed.wait_received(change.ground.server_log().position, within=_HELD_FOR)
                patience.work_through(
                    self._next(), lambda some, grip: self._settle(writer, some, grip)
                )
                change.watch(0.0 if len(self._open) < before else _PAUSE_SECONDS)

    def _next(self) -> list[Key]:
        """Some open keys, which go to the end."""
        keys = list(self._open)[:_AT_ONCE]
        for key in keys:
            self._open[key] = self._open.pop(key)
        return keys

    def _settle(self, writer: RowWriter, keys: Sequence[Key], grip: Grip) -> Sequence[Key]:
        """Have what is late written, and judge the others; the keys that were had.

        Raises as `RowWriter.rewrite`.
        """
        look = _Look()
        try:
            self._look_and_write(writer, keys, grip, look=look)
        except DuplicateKey:
            look.unwritten = self._resolve(writer, look.late)
        if look.is_complete:
            self._judge(writer.connection, look)
        return look.keys

    def _resolve(self, writer: RowWriter, late: Sequence[Key]) -> set[Key]:
        """Write what is late and something is in its way (E-34); those not written."""
        self._lane.overwrites = True
        grip = Grip(passes_over=True)
        written = self._lane.resolver.resolve(writer, late, grip=grip)
        # That a repair is on its way explains nothing: such a row must be seen to be equal.
        repaired = {key for key in late if self._open[key].is_repaired}
        return set(late).difference(written or ()) | repaired

    def _look_and_write(
        self, writer: RowWriter, keys: Sequence[Key], grip: Grip, *, look: "_Look"
    ) -> None:
        """Look at the rows, and write those that are late.

        Transaction: one of its own, which holds the rows of the source for about 500 ms at most.

        Raises as `RowWriter.rewrite`.
        """
        with writer.transaction():
            look.keys = grip.take(writer.connection, self._link, keys)
            if look.keys:
                self._look(writer.connection, look)
            if look.late:
                writer.rewrite_within(look.late)
                # What differs even now differs by itself, whoever changed the row.
                look.unexplained.update(self._differing(writer.connection, look.late))

    def _look(self, connection: Connection, look: "_Look") -> None:
        """Which rows differ, and which of them are explained; incomplete if it took too long.

        Their rows are locked when it returns. What a comparison writes is taken back.

        Raises:
            LockWaitTimeout, Deadlock: a row is held by somebody.
        """
        change, delta, keys = self._change, self._lane.delta, look.keys
        connection.query(statements.lock_keys(self._link, keys), table=self._lane.table)
        position = change.ground.server_log().position
        if not change.feed.wait_received(position, within=_HELD_FOR):
            return
        # Before the look: what is written between them is equal in the look.
        explained = {key for key in keys if delta.covers(key)}
        found = self._differing(connection, keys)
        asked = set(keys)
        look.late = [key for key in found if key in explained]
        look.unexplained = {key for key in found if key in asked and key not in explained}
        # Under a folding collation a row may be found under another spelling: ask for that.
        look.others = [key for key in found if key not in asked]
        look.is_complete = True

    def _differing(self, connection: Connection, keys: Sequence[Key]) -> Sequence[Key]:
        """Keys of the rows that differ now; the transaction stays open."""
        connection.execute("SAVEPOINT look")
        found = compare_within(connection, self._link, keys).doubts
        connection.execute("ROLLBACK TO SAVEPOINT look")
        return found

    def _judge(self, connection: Connection, look: "_Look") -> None:
        for key in look.keys:
            self._lane.refusals.clear(key)
            if key not in look.unexplained and key not in look.unwritten:
                del self._open[key]
        for key in look.unwritten:
            self._open[key].looks = 0
        for key in look.others:
            self._open.setdefault(key, _Doubt())
        for key in look.unexplained:
            doubt = self._open.setdefault(key, _Doubt())
            doubt.looks += 1
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
