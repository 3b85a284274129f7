"""Row events to change keys: generated code, the feed's hot path.

A row image is a null bitmap over the columns that the event carries, then their values, each of a
fixed width or behind its length. To reach the next row every value must be stepped over; only key
columns are looked at. A function is generated for each layout (columns of the table, columns in
the event, one image or two) which does just that with constant offsets:

    def rows(data, at, end, file):
        while at < end:
            n = data[at] & 15
            if n & 1: return -1                     # NULL in a NOT NULL column
            if not n:                               # no column is NULL: widths add up
                b = u0(data, at + 1)                # the key, an 8-byte integer
                at += 10 + data[at + 9]             # a VARCHAR's length
                at += 5
            else:
                ...                                 # the same with a question per nullable column
            file(b)
        return at

The caller compares the returned place with the event's end: a row that does not end there was
misread, whatever the reason. The plain decoder in the tests gives the same keys for any layout.
"""

from collections.abc import Callable, Sequence
from struct import Struct
from typing import cast

from tern.binlog.column_types import Column
from tern.binlog.key_values import value_reader
from tern.binlog.table_map import TableMap
from tern.binlog.watched_table import Key, KeyColumn, KeyKind

RowsFunction = Callable[[bytes, int, int, Callable[[Key], object]], int]
"""Files the keys of the rows in `data[at:end]`; returns where it stopped, `end` if all is well."""

_STRUCTS = {
    (1, KeyKind.SIGNED): Struct("<b"),
    (1, KeyKind.UNSIGNED): Struct("<B"),
    (2, KeyKind.SIGNED): Struct("<h"),
    (2, KeyKind.UNSIGNED): Struct("<H"),
    (4, KeyKind.SIGNED): Struct("<i"),
    (4, KeyKind.UNSIGNED): Struct("<I"),
    (8, KeyKind.SIGNED): Struct("<q"),
    (8, KeyKind.UNSIGNED): Struct("<Q"),
}
_INLINE_BYTES = 2


class KeyColumnAbsent(Exception):
    """The event carries no image of a key column. `ordinal` names it."""

    def __init__(self, ordinal: int) -> None:
        super().__init__(f"key column {ordinal} is not in the row image")
        self.ordinal = ordinal


def generate_rows_function(
    layout: TableMap, key: Sequence[KeyColumn], images: Sequence[bytes]
) -> RowsFunction:
    """Return the function for rows of this layout.

    Args:
        layout: The table's columns.
        key: Key columns; each is one of the table and of a kind that its column can hold.
        images: Bitmaps of the columns present: one for inserts and deletes, for updates two.

    Raises:
        KeyColumnAbsent: the key is not in the image, or for updates not in the one before.
    """
    source = _Source(layout, key)
    return source.compile([_present(bitmap, len(layout.columns)) for bitmap in images])


def _present(bitmap: bytes, count: int) -> list[int]:
    bits = int.from_bytes(bitmap, "little")
    return [ordinal for ordinal in range(count) if bits >> ordinal & 1]


class _Source:
    """The text of one function, and the names it uses."""

    def __init__(self, layout: TableMap, key: Sequence[KeyColumn]) -> None:
        self._layout = layout
        self._key = key
        self._slots = {column.ordinal: slot for slot, column in enumerate(key)}
        self._lines: list[str] = []
        self._names: dict[str, object] = {"int_from": int.from_bytes}
        self._offset = 0
        self._is_lone = len(key) == 1 and self._struct(0) is not None

    def compile(self, images: Sequence[list[int]]) -> RowsFunction:
        for column in self._key:
            if column.ordinal not in images[0]:
                raise KeyColumnAbsent(column.ordinal)
        self._add(0, "def rows(data, at, end, file):")
        self._add(1, "while at < end:")
        for image, present in zip("ba", images, strict=False):
            self._add_image(image, present)
            self._add(2, f"{image} = {self._key_tuple(image, present)}")
        self._add(2, "file(b)")
        if len(images) > 1:
            self._add(2, "if a != b: file(a)")
        self._add(1, "return at")
        text = "\n".join(self._lines)
        exec(compile(text, f"<rows of {self._layout.table}>", "exec"), self._names)  # noqa: S102 numbers and our own names only
        return cast("RowsFunction", self._names["rows"])

    def _add(self, depth: int, line: str) -> None:
        self._lines.append("    " * depth + line)

    def _struct(self, slot: int) -> Struct | None:
        column = self._layout.columns[self._key[slot].ordinal]
        return _STRUCTS.get((column.width, self._key[slot].kind))

    def _key_tuple(self, image: str, present: Sequence[int]) -> str:
        """The key of this image; a column that is absent after is the one before."""
        origins = [image if column.ordinal in present else "b" for column in self._key]
        if self._is_lone:
            return f"{origins[0]}0"
        return "(" + "".join(f"{origin}{slot}," for slot, origin in enumerate(origins)) + ")"

    def _add_image(self, image: str, present: Sequence[int]) -> None:
        nullable = [o not in self._slots and self._layout.nullable >> o & 1 for o in present]
        if not present:
            return
        self._add(2, f"n = {_null_bits(len(present))}")
        forbidden = sum(1 << i for i, may_be_null in enumerate(nullable) if not may_be_null)
        if forbidden:
            self._add(2, f"if n & {forbidden}: return -1")
        start = (len(present) + 7) // 8
        if any(nullable):
            self._add(2, "if n:")
            self._add_values(image, present, start=start, nullable=nullable)
            self._add(2, "else:")
        else:
            self._add(2, "if True:")
        self._add_values(image, present, start=start, nullable=[False] * len(present))

    def _add_values(
        self, image: str, present: Sequence[int], *, start: int, nullable: Sequence[bool | int]
    ) -> None:
        self._offset = start
        for i, ordinal in enumerate(present):
            depth = 3
            if nullable[i]:
                self._flush(depth)
                self._add(depth, f"if not n & {1 << i}:")
                depth += 1
            if ordinal in self._slots:
                self._add_key_value(depth, image, self._slots[ordinal])
            else:
                self._add_step(depth, self._layout.columns[ordinal])
            if nullable[i]:
                self._flush(depth, is_needed=True)
        self._flush(3, is_needed=True)

    def _flush(self, depth: int, *, is_needed: bool = False) -> None:
        """Move `at` over what was passed; a block must hold a line even if that is nothing."""
        if self._offset:
            self._add(depth, f"at += {self._offset}")
        elif is_needed:
            self._add(depth, "pass")
        self._offset = 0

    def _add_step(self, depth: int, column: Column) -> None:
        if not column.prefix:
            self._offset += column.width
            return
        self._add(depth, f"at += {self._offset + column.prefix} + {self._length(column.prefix)}")
        self._offset = 0

    def _add_key_value(self, depth: int, image: str, slot: int) -> None:
        column = self._layout.columns[self._key[slot].ordinal]
        struct = self._struct(slot)
        if struct is not None:
            self._names[f"u{slot}"] = struct.unpack_from
            target = f"{image}{slot}" if self._is_lone else f"{image}{slot},"
            self._add(depth, f"{target} = u{slot}(data, at + {self._offset})")
            self._offset += column.width
            return
        if not column.prefix:
            stop = self._offset + column.width
            value = f"data[at + {self._offset}:at + {stop}]"
            self._offset = stop
        else:
            self._add(depth, f"s = at + {self._offset + column.prefix}")
            self._add(depth, f"at = s + {self._length(column.prefix)}")
            value = "data[s:at]"
            self._offset = 0
        if self._key[slot].kind not in {KeyKind.BYTES, KeyKind.TEXT}:
            self._names[f"r{slot}"] = value_reader(self._key[slot].kind, column)
            value = f"r{slot}({value})"
        self._add(depth, f"{image}{slot} = {value}")

    def _length(self, prefix: int) -> str:
        first = f"data[at + {self._offset}]"
        if prefix == 1:
            return first
        if prefix <= _INLINE_BYTES:
            return f"({first} | data[at + {self._offset + 1}] << 8)"
        return f"int_from(data[at + {self._offset}:at + {self._offset + prefix}], 'little')"


def _null_bits(columns: int) -> str:
    """The null bitmap as a number, without the bits beyond the last column, which may be set."""
    width = (columns + 7) // 8
    if width > _INLINE_BYTES:
        bits = f"int_from(data[at:at + {width}], 'little')"
    else:
        bits = "data[at]" if width == 1 else "(data[at] | data[at + 1] << 8)"
    return bits if columns % 8 == 0 else f"{bits} & {(1 << columns) - 1}"
