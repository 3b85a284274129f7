"""Rows that somebody holds are had all the same, without ever waiting for one while holding one.

Keys are asked for as one set. A set that is refused is asked for anew, passing over what is held:
the free rows of it are locked, and written. Of those that are left the first is waited for while
nothing of the source is held; then whatever is free beside it is had with it. So each turn has at
least one row, and a writer that never rests is met in the moment between two of its transactions.

Passing over a row loses nothing here: its key is known, and asked for again.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from tern.binlog.watched_table import Key
from tern.engine.online.grip import AT_ONCE, Grip, RowHeldError
from tern.engine.online.held import seen_keys
from tern.engine.online.link import Link
from tern.engine.online.refusals import Refusals
from tern.errors import Deadlock, LockWaitTimeout
from tern.mysql.connection import Connection

Attempt = Callable[[Sequence[Key], Grip], Sequence[Key] | None]
"""One transaction for these keys, gripped so; those that were had, and need not be asked for again.

None if the keys may do better in smaller sets. A refusal of the server's is raised.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Set:
    """Keys to be had in one transaction.

    Attributes:
        is_unseen: Nobody can see rows of these keys.
    """

    keys: Sequence[Key]
    grip: Grip = AT_ONCE
    is_unseen: bool = False

    def halves(self) -> "list[_Set]":
        """Two sets, the second first; none of a lone key."""
        half = len(self.keys) // 2
        parts = (self.keys[half:], self.keys[:half]) if half else ()
        return [replace(self, keys=part, grip=replace(self.grip, first=None)) for part in parts]


class Patience:
    """Has rows of one link's source over one session."""

    def __init__(self, connection: Connection, link: Link, refusals: Refusals) -> None:
        self._connection = connection
        self._link = link
        self._refusals = refusals

    def work_through(self, keys: Sequence[Key], attempt: Attempt) -> None:
        """Attempt the keys, set by set; what can't be had within a second is left out."""
        sets = [_Set(keys=keys)]
        while sets:
            one = sets.pop()
            try:
                had = attempt(one.keys, one.grip)
            except RowHeldError:
                self._note_held(one)
            except (LockWaitTimeout, Deadlock):
                sets += self._after_refusal(one)
            else:
                sets += one.halves() if had is None else self._rest(one, had)

    def _after_refusal(self, one: _Set) -> list[_Set]:
        if one.grip == AT_ONCE and not one.is_unseen:
            return [replace(one, grip=Grip(passes_over=True))]
        if len(one.keys) == 1 and one.grip == AT_ONCE:
            return [replace(one, grip=Grip(first=one.keys[0]))]
        # A row that nobody can see, or our own threads are in each other's way in the shadow.
        return one.halves()

    def _rest(self, one: _Set, had: Sequence[Key]) -> list[_Set]:
        """What was passed over: rows that are held, and keys whose rows nobody can see."""
        left = set(one.keys) - set(had)
        if not left:
            return []
        held = self._seen(left)
        unseen = left.difference(held)
        sets = []
        if held:
            first = self._refusals.first_other(held)
            sets.append(_Set(keys=held, grip=Grip(passes_over=True, first=first)))
        if unseen:
            sets.append(_Set(keys=list(unseen), is_unseen=True))
        return sets

    def _note_held(self, one: _Set) -> None:
        """These are not waited for first the next time, while there are others."""
        if one.grip.first is not None:
            self._refusals.note(one.grip.first)

    def _seen(self, keys: Collection[Key]) -> list[Key]:
        found = seen_keys(self._connection, self._link, list(keys))
        return [key for key in found if key in keys]
