"""One watched table's rows, in one of the layouts it was logged in."""

from collections.abc import Callable

from tern.binlog.key_values import can_hold
from tern.binlog.row_keys import KeyColumnAbsent, RowsFunction, generate_rows_function
from tern.binlog.table_map import TableMap
from tern.binlog.watched_table import Key, KeyColumn, KeyKind, WatchedTable
from tern.errors import RowImageIncomplete, TableLayoutChanged

_ONE_BYTE_COUNT = 0xFB
_TEMPORAL = frozenset({KeyKind.TIME, KeyKind.DATETIME, KeyKind.TIMESTAMP})


class TableReader:
    """Reads keys from row events; keeps the functions generated for the images it has seen.

    Raises:
        TableLayoutChanged: on construction, if the layout can't be that of the watched table.
    """

    def __init__(self, watched: WatchedTable, layout: TableMap, *, place: str) -> None:
        self.watched = watched
        self.keys: list[Key] = []
        self._layout = layout
        self._place = place
        self._functions: dict[bytes, RowsFunction] = {}
        columns = len(layout.columns)
        self._count_bytes = 1 if columns < _ONE_BYTE_COUNT else 3
        self._bitmap_bytes = (columns + 7) // 8
        self._check_key()

    def read(
        self,
        data: bytes,
        at: int,
        end: int,
        *,
        images: int,
        body: Callable[[bytes], bytes] | None = None,
    ) -> bool:
        """File the keys of an event's rows; tell whether the rows ended where the event does.

        Args:
            data: Bytes that hold the event.
            at: Where the event's column count is.
            end: Where the event ends, before its checksum.
            images: 1 for inserts and deletes, 2 for updates.
            body: What uncompresses the rows, if they are compressed.

        Raises:
            RowImageIncomplete: the event has no image of a key column.
        """
        rows_at = at + self._count_bytes + images * self._bitmap_bytes
        head = data[at:rows_at]
        rows = self._functions.get(head)
        if rows is None:
            rows = self._functions[head] = self._generate(head, images)
        if body is not None:
            data = body(data[rows_at:end])
            rows_at, end = 0, len(data)
        return rows(data, rows_at, end, self.keys.append) == end

    def take_keys(self) -> list[Key]:
        """Return the keys filed since the last call."""
        keys, self.keys = self.keys, []
        return keys

    def _generate(self, head: bytes, images: int) -> RowsFunction:
        width = self._bitmap_bytes
        bitmaps = [head[self._count_bytes + i * width :][:width] for i in range(images)]
        try:
            return generate_rows_function(self._layout, self.watched.key, bitmaps)
        except KeyColumnAbsent as absent:
            table = str(self.watched.table)
            raise RowImageIncomplete(
                place=self._place, table=table, column=absent.ordinal + 1
            ) from absent

    def _check_key(self) -> None:
        for column in self.watched.key:
            if reason := self._mismatch(column):
                raise TableLayoutChanged(table=str(self.watched.table), reason=reason)

    def _mismatch(self, key: KeyColumn) -> str | None:
        columns, number = self._layout.columns, key.ordinal + 1
        if key.ordinal >= len(columns):
            return f"it has {len(columns)} columns and no column {number}"
        logged = columns[key.ordinal]
        if not can_hold(key.kind, logged):
            return f"key column {number} is {logged.kind.name}, not {key.kind.name}"
        if key.kind in _TEMPORAL and logged.scale != key.fraction_digits:
            return (
                f"key column {number} is logged with {logged.scale} fractional digits, "
                f"not {key.fraction_digits}"
            )
        if self._layout.nullable >> key.ordinal & 1:
            return f"key column {number} may be NULL"
        return None
