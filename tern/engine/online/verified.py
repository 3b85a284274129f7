"""How far a table's comparison has come, so that a later run goes on from there (E-55)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from tern.binlog.watched_table import Key
from tern.engine.online.watermark import START, Bound

# The checkpoint is one row, written again and again: it keeps no more open doubts than this.
MOST_DOUBTS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What counts as compared: every row before the bound, but for the doubts.

    Attributes:
        bound: The end of the unbroken run of compared ranges.
        doubts: Keys of rows that differed and were not settled yet.
        rows: Rows of the source before the bound, when they were compared.
    """

    bound: Bound = START
    doubts: tuple[Key, ...] = ()
    rows: int = 0

    def up_to(self, bound: Bound, *, doubts: Sequence[Key], rows: int) -> Self | None:
        """The same after one more range; None where its doubts are too many to be kept."""
        kept = (*self.doubts, *doubts)
        if len(kept) > MOST_DOUBTS:
            return None
        return replace(self, bound=bound, doubts=kept, rows=self.rows + rows)

    def doubting(self, doubts: Sequence[Key]) -> "Verified":
        """The same after some rows were seen to differ; nothing where those are too many."""
        kept = self.up_to(self.bound, doubts=doubts, rows=0)
        return Verified() if kept is None else kept


NOTHING = Verified()
