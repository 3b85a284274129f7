"""Tables and row events drawn by Hypothesis: any columns, any NULLs, any columns left out."""

from dataclasses import dataclass
from struct import pack

from hypothesis import strategies as st

from tern.binlog.watched_table import KeyKind
from tests.tern.binlog.plain_rows import PlainColumn

Image = st.SearchStrategy[bytes]
"""Draws the bytes of a value, with its length before it where it has one."""


@dataclass(frozen=True)
class Shape:
    """A column: how the log tells it, what a key of it is, and what its values look like."""

    column: PlainColumn
    kind: KeyKind | None
    values: Image


@dataclass(frozen=True)
class Event:
    """A table with one event of rows, ready to be read."""

    shapes: list[Shape]
    nullable: list[bool]
    key: list[int]
    images: list[list[bool]]
    body: bytes

    @property
    def columns(self) -> list[PlainColumn]:
        return [shape.column for shape in self.shapes]


def _fixed(width: int) -> Image:
    return st.binary(min_size=width, max_size=width)


def _prefixed(prefix: int, longest: int) -> Image:
    return st.binary(max_size=min(longest, 600)).map(
        lambda text: len(text).to_bytes(prefix, "little") + text
    )


def _integers() -> list[Shape]:
    shapes = []
    for code, width in ((1, 1), (2, 2), (9, 3), (3, 4), (8, 8)):
        for is_unsigned, kind in ((False, KeyKind.SIGNED), (True, KeyKind.UNSIGNED)):
            column = PlainColumn(code, b"", is_unsigned=is_unsigned)
            shapes.append(Shape(column, kind, _fixed(width)))
    return shapes


def _decimal(precision: int, scale: int) -> Shape:
    sizes = (0, 1, 1, 2, 2, 3, 3, 4, 4)

    def encode(number: int) -> bytes:
        digits = str(abs(number)).zfill(precision)
        whole, fraction = digits[: precision - scale], digits[precision - scale :]
        odd = len(whole) % 9
        parts = [whole[:odd], *(whole[i : i + 9] for i in range(odd, len(whole), 9))]
        parts += [fraction[i : i + 9] for i in range(0, len(fraction), 9)]
        raw = b"".join(
            int(part or "0").to_bytes(sizes[len(part)] if len(part) < 9 else 4) for part in parts
        )
        signed = bytes([raw[0] ^ 0x80]) + raw[1:]
        return bytes(b ^ 0xFF for b in signed) if number < 0 else signed

    most = 10**precision - 1
    values = st.integers(-most, most).map(encode)
    return Shape(PlainColumn(246, bytes([precision, scale])), KeyKind.DECIMAL, values)


def _temporal(code: int, scale: int) -> Shape:
    fraction = (scale + 1) // 2
    step = 10 if scale % 2 else 1
    parts = st.integers(0, (100**fraction - 1) // step).map(lambda n: n * step)
    kind = {17: KeyKind.TIMESTAMP, 18: KeyKind.DATETIME, 19: KeyKind.TIME}[code]
    values: Image
    if code == 17:
        values = st.tuples(st.integers(0, 2**32 - 1), parts).map(
            lambda v: v[0].to_bytes(4) + v[1].to_bytes(fraction)
        )
    elif code == 18:
        values = st.tuples(st.integers(0, 10000 * 13 * 2**22 - 1), parts).map(
            lambda v: (v[0] + 2**39).to_bytes(5) + v[1].to_bytes(fraction)
        )
    else:
        unit, most = 256**fraction, 838 * 4096 + 59 * 64 + 59
        values = st.tuples(st.integers(0, most), parts, st.sampled_from((1, -1))).map(
            lambda v: (v[2] * (v[0] * unit + v[1]) + 2**23 * unit).to_bytes(3 + fraction)
        )
    return Shape(PlainColumn(code, bytes([scale])), kind, values)


def _char(longest: int, kind: KeyKind) -> Shape:
    metadata = bytes([0xFE ^ ((longest & 0x300) >> 4), longest & 0xFF])
    prefix = 1 if longest < 256 else 2
    is_binary = kind is KeyKind.BINARY
    return Shape(
        PlainColumn(254, metadata, is_binary=is_binary), kind, _prefixed(prefix, min(longest, 600))
    )


def _varchar(longest: int, kind: KeyKind) -> Shape:
    column = PlainColumn(15, pack("<H", longest))
    return Shape(column, kind, _prefixed(1 if longest < 256 else 2, longest))


SHAPES: tuple[Shape, ...] = (
    *_integers(),
    Shape(PlainColumn(13, b""), KeyKind.YEAR, _fixed(1)),
    Shape(PlainColumn(16, bytes([1, 0])), KeyKind.BIT, _fixed(1)),
    Shape(PlainColumn(16, bytes([3, 2])), KeyKind.BIT, _fixed(3)),
    Shape(PlainColumn(254, bytes([247, 1])), KeyKind.ENUM, _fixed(1)),
    Shape(PlainColumn(254, bytes([247, 2])), KeyKind.ENUM, _fixed(2)),
    *(_decimal(*size) for size in ((1, 0), (5, 2), (9, 9), (10, 0), (20, 11), (65, 30))),
    Shape(PlainColumn(10, b""), KeyKind.DATE, _fixed(3)),
    *(_temporal(code, scale) for code in (17, 18, 19) for scale in range(7)),
    *(
        _char(longest, kind)
        for longest in (5, 255, 1020)
        for kind in (KeyKind.TEXT, KeyKind.BINARY)
    ),
    *(_varchar(n, kind) for n in (9, 255, 256) for kind in (KeyKind.TEXT, KeyKind.BYTES)),
    Shape(PlainColumn(4, b"\x04"), None, _fixed(4)),
    Shape(PlainColumn(5, b"\x08"), None, _fixed(8)),
    Shape(PlainColumn(254, bytes([248, 8])), None, _fixed(8)),
    *(Shape(PlainColumn(252, bytes([n])), None, _prefixed(n, 255)) for n in (1, 2, 3, 4)),
    *(Shape(PlainColumn(code, b"\x04"), None, _prefixed(4, 600)) for code in (242, 245, 255)),
)
KEY_SHAPES = tuple(shape for shape in SHAPES if shape.kind is not None)


@st.composite
def events(draw: st.DrawFn, *, images: int) -> Event:
    """A table of up to 20 columns, and an event of up to 6 rows of it."""
    others = draw(st.lists(st.sampled_from(SHAPES), max_size=17))
    keys = draw(st.lists(st.sampled_from(KEY_SHAPES), min_size=1, max_size=3))
    tagged = draw(st.permutations([*((s, False) for s in others), *((s, True) for s in keys)]))
    shapes = [shape for shape, _ in tagged]
    ordinals = [i for i, (_, is_key) in enumerate(tagged) if is_key]
    key = draw(st.permutations(ordinals))
    nullable = [i not in ordinals and draw(st.booleans()) for i in range(len(shapes))]
    first = [i in ordinals or draw(st.booleans()) for i in range(len(shapes))]
    present = [first] + [[draw(st.booleans()) for _ in shapes] for _ in range(images - 1)]
    columns = list(zip(shapes, nullable, strict=True))
    rows = draw(st.integers(0, 6))
    body = b"".join(_image(draw, columns, image) for _ in range(rows) for image in present)
    return Event(shapes=shapes, nullable=nullable, key=list(key), images=present, body=body)


def _image(draw: st.DrawFn, columns: list[tuple[Shape, bool]], present: list[bool]) -> bytes:
    """One row image; the null bits beyond the last column are set, as servers leave them."""
    there = [column for column, is_there in zip(columns, present, strict=True) if is_there]
    width = (len(there) + 7) // 8
    nulls, values = (1 << 8 * width) - 1, b""
    for place, (shape, may_be_null) in enumerate(there):
        if may_be_null and draw(st.booleans()):
            continue
        nulls &= ~(1 << place)
        values += draw(shape.values)
    return nulls.to_bytes(width, "little") + values
