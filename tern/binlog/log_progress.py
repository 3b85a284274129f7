"""How far the log has been read, always told as a boundary between two transactions."""

from uuid import UUID

from tern.binlog.gtid import MariadbGtidSet, MysqlGtidSet
from tern.binlog.position import Position

_OFFSET_LIMIT = 1 << 31


class LogProgress:
    """Follows file, offset and GTIDs through the events of one stream.

    An event's own offset has 32 bits, but one huge transaction can make a file longer. Its end then
    can't be told: the offset stays where it was until the next file, which follows at once.

    A stream that starts by GTID may be sent from an earlier place, with what is known left out; the
    place known from the start is not given up for that, and moves on once the stream has passed it.
    """

    def __init__(self, start: Position) -> None:
        self._server = start.server
        self._file = start.file
        self._offset = start.offset
        self._gtids = start.gtids
        self._current: tuple[bytes | str, int] | None = None
        self._current_point: tuple[int, tuple[int, int]] | None = None
        self._numbers: dict[bytes | str, list[int]] = {}
        self._newest: dict[int, tuple[int, int]] = {}
        self._can_advance = False
        self.transactions = 0
        self.is_open = False
        self.is_explicit = False

    def begin_mysql(self, source: bytes | str, number: int) -> None:
        """Note that a MySQL transaction with this GTID begins; text where it has a tag."""
        self._current = (source, number)
        self.begin()

    def begin_mariadb(self, domain: int, server: int, sequence: int) -> None:
        """Note that a MariaDB event group with this GTID begins."""
        self._current_point = (domain, (server, sequence))
        self.begin()

    def begin(self) -> None:
        """Note that a transaction begins; it ends by itself unless it becomes explicit."""
        self.is_open = True
        self.is_explicit = False

    def end(self, log_pos: int, open_bytes: int) -> None:
        """Note that the open transaction has ended before this offset and is this long."""
        self.is_open = self.is_explicit = False
        self.transactions += 1
        if open_bytes >= _OFFSET_LIMIT:
            self._can_advance = False
        if self._can_advance and log_pos > self._offset:
            self._offset = log_pos
        if self._current is not None:
            source, number = self._current
            self._numbers.setdefault(source, []).append(number)
            self._current = None
        if self._current_point is not None:
            domain, self._newest[domain] = self._current_point
            self._current_point = None

    def pass_event(self, log_pos: int) -> None:
        """Note an event that belongs to no transaction, or to the open one."""
        if self._can_advance and not self.is_open and log_pos > self._offset:
            self._offset = log_pos

    def rotate(self, file: str, offset: int) -> None:
        """Note that the log goes on in this file."""
        known = self._place(self._file, self._offset) if self._file else (-1, 0)
        found = self._place(file, offset)
        self._can_advance = found[0] >= known[0]
        if found > known:
            self._file, self._offset = file, offset

    def heard(self, file: str, log_pos: int) -> None:
        """Note that the server has read up to here and had nothing more to send."""
        if file == self._file:
            self.pass_event(log_pos)

    def position(self) -> Position:
        """Return the last boundary, GTIDs included if the start had them."""
        match self._gtids:
            case MysqlGtidSet():
                named = {_source_text(source): n for source, n in self._numbers.items()}
                self._gtids = self._gtids.with_numbers(named) if named else self._gtids
            case MariadbGtidSet():
                self._gtids = self._gtids.with_newest(self._newest) if self._newest else self._gtids
            case None:
                pass
        self._numbers, self._newest = {}, {}
        return Position(
            server=self._server, file=self._file, offset=self._offset, gtids=self._gtids
        )

    def _place(self, file: str, offset: int) -> tuple[int, int]:
        return Position(server=self._server, file=file, offset=offset, gtids=None).file_order()


def _source_text(source: bytes | str) -> str:
    return str(UUID(bytes=source)) if isinstance(source, bytes) else source
