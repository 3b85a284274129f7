"""Row events to the readers of watched tables; all others end at the look-up of their table id.

A TABLE_MAP gives a table an id for the statement that follows. Its bytes beyond the id are the key
to what is known of that layout, so that a table costs its parsing once, and a changed layout is
parsed anew.
"""

from collections.abc import Callable, Iterable

from tern.binlog.compression import inflate
from tern.binlog.events import HEADER_BYTES, EventType
from tern.binlog.framing import Checksum, EventHandler
from tern.binlog.table_map import read_table_map, read_table_name
from tern.binlog.table_reader import TableReader
from tern.binlog.watched_table import Key, TableName, WatchedTable

_TABLE_ID_BYTES = 6
_BODY_AT = HEADER_BYTES + _TABLE_ID_BYTES + 2
_NO_TABLE = b"\xff" * _TABLE_ID_BYTES
_LAYOUTS_KEPT = 10_000

_ROW_EVENTS: tuple[tuple[EventType, int, bool, bool], ...] = (
    # event, images of a row, body preceded by extra fields, rows compressed
    (EventType.WRITE_ROWS_V1, 1, False, False),
    (EventType.UPDATE_ROWS_V1, 2, False, False),
    (EventType.DELETE_ROWS_V1, 1, False, False),
    (EventType.WRITE_ROWS, 1, True, False),
    (EventType.UPDATE_ROWS, 2, True, False),
    (EventType.DELETE_ROWS, 1, True, False),
    (EventType.MARIADB_WRITE_ROWS_COMPRESSED_V1, 1, False, True),
    (EventType.MARIADB_UPDATE_ROWS_COMPRESSED_V1, 2, False, True),
    (EventType.MARIADB_DELETE_ROWS_COMPRESSED_V1, 1, False, True),
    (EventType.MARIADB_WRITE_ROWS_COMPRESSED, 1, True, True),
    (EventType.MARIADB_UPDATE_ROWS_COMPRESSED, 2, True, True),
    (EventType.MARIADB_DELETE_ROWS_COMPRESSED, 1, True, True),
)


class PartialRows(Exception):
    """A watched table's JSON column was logged as a difference."""

    def __init__(self, table: TableName) -> None:
        super().__init__(f"partial JSON of {table}")
        self.table = table


class TableRouter:
    """Knows which table id is whose, and files the keys of watched tables."""

    def __init__(self, watched: Iterable[WatchedTable], checksum: Checksum, *, place: str) -> None:
        self._watched = {table.table: table for table in watched}
        self._checksum = checksum
        self._place = place
        self._readers: list[TableReader] = []
        self._by_layout: dict[bytes, TableReader | None] = {}
        self._by_id: dict[bytes, TableReader | None] = {_NO_TABLE: None}

    def handlers(self) -> Iterable[tuple[EventType, EventHandler]]:
        """Return the handlers of TABLE_MAP and of all row events."""
        yield EventType.TABLE_MAP, self._take_table_map
        yield EventType.PARTIAL_UPDATE_ROWS, self._refuse_partial
        for event, images, has_extra, is_compressed in _ROW_EVENTS:
            body = inflate if is_compressed else None
            yield event, self._rows_handler(images=images, has_extra=has_extra, body=body)

    def take_keys(self) -> dict[TableName, list[Key]]:
        """Return the keys filed since the last call, of tables that have any."""
        taken: dict[TableName, list[Key]] = {}
        for reader in self._readers:
            if reader.keys:
                taken.setdefault(reader.watched.table, []).extend(reader.take_keys())
        return taken

    def begin_file(self) -> None:
        """Forget ids, which a file's events define anew, and layouts once they are too many."""
        self._by_id.clear()
        self._by_id[_NO_TABLE] = None
        if len(self._by_layout) > _LAYOUTS_KEPT:
            self._by_layout = {k: reader for k, reader in self._by_layout.items() if reader}

    def _take_table_map(self, data: bytes, start: int, end: int) -> None:
        layout = data[start + _BODY_AT : end]
        if layout in self._by_layout:
            reader = self._by_layout[layout]
        else:
            self._checksum.verify(data, start, end)
            reader = self._by_layout[layout] = self._reader(layout)
        self._by_id[data[start + HEADER_BYTES : start + HEADER_BYTES + _TABLE_ID_BYTES]] = reader

    def _reader(self, layout: bytes) -> TableReader | None:
        watched = self._watched.get(read_table_name(layout))
        if watched is None:
            return None
        self._readers.append(TableReader(watched, read_table_map(layout), place=self._place))
        return self._readers[-1]

    def _rows_handler(
        self, *, images: int, has_extra: bool, body: Callable[[bytes], bytes] | None
    ) -> EventHandler:
        by_id, verify = self._by_id, self._checksum.verify

        def take_rows(data: bytes, start: int, end: int) -> None:
            reader = by_id[data[start + 19 : start + 25]]
            if reader is None:
                return
            verify(data, start, end)
            at = start + _BODY_AT
            if has_extra:
                at += data[at] | data[at + 1] << 8
            if not reader.read(data, at, end, images=images, body=body):
                message = f"rows of {reader.watched.table} do not end where their event does"
                raise ValueError(message)

        return take_rows

    def _refuse_partial(self, data: bytes, start: int, _end: int) -> None:
        reader = self._by_id[data[start + HEADER_BYTES : start + HEADER_BYTES + _TABLE_ID_BYTES]]
        if reader is not None:
            raise PartialRows(reader.watched.table)
