"""One table on its way through a run: what is handed out, what is done, what is left."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock

from tern.binlog.watched_table import Key
from tern.engine.online.chunk import KeyRange
from tern.engine.online.chunk_sizing import ChunkSizing
from tern.engine.online.delta import Delta
from tern.engine.online.integer_chunker import IntegerChunker
from tern.engine.online.key_chunker import KeyChunker
from tern.engine.online.link import Link, is_integer
from tern.engine.online.names import OwnNames
from tern.engine.online.refusals import Refusals
from tern.engine.online.resolver import Resolver
from tern.engine.online.verified import NOTHING, Verified
from tern.engine.online.watermark import Watermark
from tern.mysql.connection import Connection
from tern.values.run import WorkStatement

# Of samples; whatever is beyond it is found by the whole comparison.
_MOST_DOUBTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A range handed out to one copier.

    Attributes:
        rows: How many rows it was meant to have.
    """

    key_range: KeyRange
    rows: int


@dataclass(slots=True, kw_only=True)
class Counts:
    """What progress shows of one table."""

    rows_total: int = 0
    bytes_total: int = 0
    rows_copied: int = 0
    rows_verified: int = 0
    rows_sampled: int = 0
    contended: int = 0
    resolved: int = 0
    repairs: int = 0
    doubts: int = 0


@dataclass(slots=True, kw_only=True)
class Lane:
    """One table of a run.

    Attributes:
        overwrites: The shadow may hold rows beyond what is handed out: left by an earlier run or
            put there by a resolver. From then on a range is deleted before it is written.
        blocked_by: Who holds a key that was refused for too long; empty if nobody.
        verified: What was compared by now; replaced as a whole.
        latch: Lets one insert into the shadow at a time where the server demands it (E-19).
    """

    statement: WorkStatement
    names: OwnNames
    link: Link
    watermark: Watermark
    delta: Delta
    sizing: ChunkSizing
    latch: AbstractContextManager[object]
    resolver: Resolver
    counts: Counts = field(default_factory=Counts)
    overwrites: bool = False
    verified: Verified = NOTHING
    refusals: Refusals = field(default_factory=Refusals)
    blocked_by: str = ""
    chunker: IntegerChunker | KeyChunker = field(init=False)
    _lock: Lock = field(default_factory=Lock)
    _returned: list[Ticket] = field(default_factory=list)
    _finished: int = 0
    _doubts: list[Key] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chunker = chunker_for(self.link)

    @property
    def table(self) -> str:
        """The table as people write it."""
        return f"{self.link.source.schema}.{self.link.source.name}"

    @property
    def share_copied(self) -> float:
        """From 0 to 1, by the server's estimate of its rows."""
        if self.watermark.is_copied:
            return 1.0
        return min(self.counts.rows_copied / max(self.counts.rows_total, 1), 0.999)

    @property
    def row_bytes(self) -> int:
        """Of an average row, by the server's estimate; 0 where it has none."""
        return self.counts.bytes_total // self.counts.rows_total if self.counts.rows_total else 0

    @property
    def has_ranges(self) -> bool:
        """Whether a copier would be given a range."""
        return bool(self._returned) or not self.watermark.is_dispatched

    @property
    def is_latched(self) -> bool:
        """Whether one insert at a time is all that the server allows."""
        return not isinstance(self.latch, nullcontext)

    def dispatch(self, connection: Connection) -> Ticket | None:
        """The next range, `dispatched` raised already; None when all are handed out."""
        with self._lock:
            if self._returned:
                return self._returned.pop()
            if self.watermark.is_dispatched:
                return None
            rows = self.sizing.rows
            lower = self.watermark.dispatched.key
            upper = self.chunker.next_upper(connection, lower, rows)
            return Ticket(key_range=self.watermark.dispatch(upper), rows=rows)

    def give_back(self, ticket: Ticket) -> None:
        """The range may be copied or not: the next copier writes it over."""
        with self._lock:
            self.overwrites = True
            self._returned.append(ticket)

    def finish(
        self, ticket: Ticket, *, rows: int, took: timedelta | None, target: timedelta
    ) -> None:
        """The range is committed; `took` is None where the time says nothing about its size."""
        with self._lock:
            self.counts.rows_copied += rows
            if took is not None:
                self.sizing.note(took, rows=ticket.rows, target=target)
            self.chunker.note(ticket.key_range.lower, ticket.key_range.upper, rows=rows)
        if self.watermark.finish(ticket.key_range):
            self.delta.note_low()

    def is_sample(self, every: int) -> bool:
        """Whether the range that was just finished is one of those to compare at once (E-23)."""
        with self._lock:
            self._finished += 1
            return self._finished % every == 0

    def doubt(self, keys: Sequence[Key], *, rows: int) -> None:
        """These rows of a sample differed when they were looked at, of so many."""
        with self._lock:
            self.counts.rows_sampled += rows
            self._doubts += keys[: _MOST_DOUBTS - len(self._doubts)]

    @property
    def has_doubts(self) -> bool:
        """Whether `take_doubts` would give any."""
        return bool(self._doubts)

    def take_doubts(self) -> list[Key]:
        """The rows of samples that differed and were not taken yet."""
        with self._lock:
            taken, self._doubts = self._doubts, []
        return taken


def chunker_for(link: Link) -> IntegerChunker | KeyChunker:
    """Arithmetic for a key of one integer, the index for all others."""
    return IntegerChunker(link) if is_integer(link.key) else KeyChunker(link)
