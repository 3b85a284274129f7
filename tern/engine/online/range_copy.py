"""One range into the shadow, in as many pieces as other sessions' locks make necessary (E-18)."""

from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Event

from tern.binlog.watched_table import Key
from tern.engine.online import statements
from tern.engine.online.chunk import KeyRange
from tern.engine.online.errors import DoesNotFit
from tern.engine.online.grip import AT_ONCE, Grip, RowHeldError
from tern.engine.online.held import held_keys
from tern.engine.online.key_values import read_key
from tern.engine.online.lane import Lane
from tern.engine.online.link import describe_key
from tern.engine.online.resolver import is_change_key
from tern.engine.online.row_writer import RowWriter
from tern.errors import Deadlock, DuplicateKey, LockWaitTimeout, StatementRejected
from tern.mysql.connection import Connection
from tern.mysql.error_codes import is_transaction_too_big, is_value_refused, text_of

_PATIENT_AFTER = 5
_FEW_ROWS = 100
_MOST_RESOLVED = 500
_FIRST_PAUSE = timedelta(milliseconds=10)
_LONGEST_PAUSE = timedelta(milliseconds=200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a range.

    Attributes:
        rows: About so many rows.
        tries: How often it was refused although nothing was left to split.
        overwrite: What the shadow has of it is deleted first.
        first: What is waited for before anything of it is had.
    """

    key_range: KeyRange
    rows: int
    tries: int = 0
    overwrite: bool = False
    first: KeyRange | Key | None = None


class RangeCopy:
    """Copies ranges of one lane over one session.

    Attributes:
        was_split: The last range did not go in one statement, so its time says nothing.
    """

    def __init__(self, connection: Connection, lane: Lane) -> None:
        self._connection = connection
        self._lane = lane
        self._link = lane.link
        self._writer = RowWriter(connection, lane.link, latch=lane.latch)
        self._resolver = lane.resolver
        self.was_split = False

    def copy(self, key_range: KeyRange, *, rows: int, leaving: Event) -> int | None:
        """How many rows; None if it was asked to leave before all pieces were committed."""
        self.was_split = False
        pieces = [Piece(key_range=key_range, rows=rows, overwrite=self._lane.overwrites)]
        copied = 0
        while pieces:
            piece = pieces.pop()
            if piece.tries and leaving.wait(_pause_seconds(piece.tries)):
                self._lane.refusals.clear(piece.key_range)
                return None
            done, left = self._try(piece)
            if piece.tries and not any(each.tries for each in left):
                self._lane.refusals.clear(piece.key_range)
            copied += done
            # The first piece is the last of the list, so that it comes next.
            pieces += reversed(left)
            self.was_split = self.was_split or bool(left)
        return copied

    def _try(self, piece: Piece) -> tuple[int, list[Piece]]:
        """Rows copied, and what is left of the piece."""
        try:
            return self._copy(piece)
        except (LockWaitTimeout, Deadlock, RowHeldError):
            return 0, self._patient(piece) or self._smaller(piece) or self._once_more(piece)

    def _copy(self, piece: Piece) -> tuple[int, list[Piece]]:
        """As `_try`; refusals are raised."""
        overwrite = piece.overwrite or self._lane.overwrites
        try:
            rows = self._writer.copy_range(piece.key_range, overwrite=overwrite, first=piece.first)
        except DuplicateKey as error:
            return self._resolve(piece, error)
        except StatementRejected as error:
            return 0, self._narrowed(piece, error)
        return rows, []

    def _patient(self, piece: Piece) -> list[Piece]:
        """The same, its first held row waited for; none if that was tried, or it is large."""
        if piece.first is not None or piece.rows > _FEW_ROWS:
            return []
        held = held_keys(self._connection, self._link, piece.key_range)
        return [replace(piece, first=held[0])] if held else []

    def _once_more(self, piece: Piece) -> list[Piece]:
        """Nothing is left to split: at most one row of it can be seen."""
        self._lane.refusals.note(piece.key_range)
        if piece.tries == _PATIENT_AFTER:
            self._lane.counts.contended += 1
        tries = piece.tries + 1
        # What nobody can see may be a row of theirs, and first of all.
        first = piece.key_range if tries > _PATIENT_AFTER else None
        return [replace(piece, rows=1, tries=tries, first=first)]

    def _smaller(self, piece: Piece) -> list[Piece]:
        """Two pieces; none if not even two rows of it can be seen."""
        half = max(piece.rows // 2, 1)
        while half:
            row = self._connection.first(statements.bound_after(self._link, piece.key_range, half))
            if row is not None:
                first, second = piece.key_range.cut(read_key(self._link.key, row))
                rest = max(piece.rows - half, 1)
                return [
                    Piece(key_range=first, rows=half, overwrite=piece.overwrite),
                    Piece(key_range=second, rows=rest, overwrite=piece.overwrite),
                ]
            half //= 2
        return []

    def _resolve(self, piece: Piece, error: DuplicateKey) -> tuple[int, list[Piece]]:
        """A unique key of the shadow forbids a row of the piece (E-34)."""
        if is_change_key(self._link, error) and not piece.overwrite:
            return 0, [Piece(key_range=piece.key_range, rows=piece.rows, overwrite=True)]
        found = self._connection.query(
            statements.keys_in(self._link, piece.key_range, _MOST_RESOLVED + 1)
        )
        keys = [read_key(self._link.key, row) for row in found]
        if not 0 < len(keys) <= _MOST_RESOLVED:
            return 0, self._smaller(piece) or self._once_more(piece)
        self._lane.overwrites = True
        grip = AT_ONCE if isinstance(piece.first, KeyRange) else Grip(first=piece.first)
        if not self._resolver.resolve(self._writer, keys, grip=grip, within=piece.key_range):
            return 0, self._smaller(piece) or self._once_more(piece)
        self._lane.counts.resolved += 1
        return len(keys), []

    def _narrowed(self, piece: Piece, error: StatementRejected) -> list[Piece]:
        """Halve down to the row that does not fit, or to what the server takes at once (E-36)."""
        if not is_value_refused(error) and not is_transaction_too_big(error):
            raise error
        smaller = self._smaller(piece)
        if smaller:
            return smaller
        if is_transaction_too_big(error):
            raise error
        rows = self._connection.query(statements.keys_in(self._link, piece.key_range, 2))
        keys = [describe_key(self._link, read_key(self._link.key, row)) for row in rows]
        raise DoesNotFit(table=self._lane.table, keys=keys, reason=text_of(error)) from error


def _pause_seconds(tries: int) -> float:
    pause: timedelta = _FIRST_PAUSE * 2.0 ** min(tries - 1, 10)
    return min(pause, _LONGEST_PAUSE).total_seconds()
