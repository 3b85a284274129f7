"""E-25, E-79: the generated decoder gives what the plain one gives, for any table and any rows."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tern.binlog.column_types import read_columns
from tern.binlog.row_keys import KeyColumnAbsent, generate_rows_function
from tern.binlog.table_map import TableMap
from tern.binlog.watched_table import Key, KeyColumn, KeyKind, TableName
from tests.tern.binlog.plain_rows import Value, plain_keys
from tests.tern.binlog.row_shapes import KEY_SHAPES, SHAPES, Event, Shape, events


def bitmap(present: list[bool]) -> bytes:
    bits = sum(1 << i for i, is_there in enumerate(present) if is_there)
    return bits.to_bytes((len(present) + 7) // 8, "little")


def layout_of(shapes: list[Shape], nullable: list[bool]) -> TableMap:
    codes = bytes(shape.column.code for shape in shapes)
    metadata = b"".join(shape.column.metadata for shape in shapes)
    bits = sum(1 << i for i, may_be_null in enumerate(nullable) if may_be_null)
    return TableMap(table=TableName("s", "t"), columns=read_columns(codes, metadata), nullable=bits)


def generated_keys(event: Event, around: bytes = b"") -> list[Key]:
    """The keys by generated code, the event standing between other bytes."""
    kinds = [event.shapes[ordinal].kind for ordinal in event.key]
    columns = zip(event.key, kinds, strict=True)
    key = [KeyColumn(ordinal=o, kind=kind) for o, kind in columns if kind is not None]
    layout = layout_of(event.shapes, event.nullable)
    rows = generate_rows_function(layout, key, [bitmap(image) for image in event.images])
    filed: list[Key] = []
    data = around + event.body + around
    end = len(around) + len(event.body)
    assert rows(data, len(around), end, filed.append) == end
    return filed


def expected_keys(event: Event, body: bytes) -> list[tuple[Value, ...]]:
    return plain_keys(event.columns, key=event.key, images=event.images, body=body)


@given(event=events(images=1), around=st.binary(max_size=9))
def test_generated_code_reads_inserts_and_deletes_as_the_plain_decoder(
    event: Event, around: bytes
) -> None:
    expected = expected_keys(event, event.body)
    assert generated_keys(event, around) == expected


@given(event=events(images=2), around=st.binary(max_size=9))
def test_generated_code_reads_updates_as_the_plain_decoder(event: Event, around: bytes) -> None:
    expected = expected_keys(event, event.body)
    assert generated_keys(event, around) == expected


@settings(max_examples=20)
@given(data=st.data())
@pytest.mark.parametrize("shape", KEY_SHAPES, ids=lambda shape: f"{shape.kind}-{shape.column}")
def test_each_key_type_is_read_alone_as_by_the_plain_decoder(
    data: st.DataObject, shape: Shape
) -> None:
    values = [data.draw(shape.values) for _ in range(3)]
    body = b"".join(b"\xfe" + value for value in values)
    event = Event(shapes=[shape], nullable=[False], key=[0], images=[[True]], body=body)
    assert generated_keys(event) == expected_keys(event, body)


@settings(max_examples=20)
@given(data=st.data())
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape.kind}-{shape.column}")
def test_each_type_is_stepped_over_before_the_key(data: st.DataObject, shape: Shape) -> None:
    key = KEY_SHAPES[0]
    rows = [(data.draw(shape.values), data.draw(key.values)) for _ in range(3)]
    body = b"".join(b"\xfc" + other + own for other, own in rows)
    event = Event(
        shapes=[shape, key], nullable=[True, False], key=[1], images=[[True, True]], body=body
    )
    assert generated_keys(event) == [(int.from_bytes(own, signed=True),) for _, own in rows]


def test_null_in_a_column_that_may_not_be_null_is_no_row() -> None:
    shapes = [KEY_SHAPES[0], SHAPES[0]]
    layout = layout_of(shapes, [False, False])
    rows = generate_rows_function(layout, [KeyColumn(ordinal=0, kind=KeyKind.SIGNED)], [b"\x03"])
    assert rows(b"\xfe\x01", 0, 2, lambda _: None) == -1


@given(event=events(images=1), cut=st.integers(1, 5))
def test_rows_cut_short_do_not_end_where_the_event_does(event: Event, cut: int) -> None:
    if len(event.body) <= cut:
        return
    layout = layout_of(event.shapes, event.nullable)
    kinds = [event.shapes[ordinal].kind for ordinal in event.key]
    columns = zip(event.key, kinds, strict=True)
    key = [KeyColumn(ordinal=o, kind=kind) for o, kind in columns if kind is not None]
    rows = generate_rows_function(layout, key, [bitmap(event.images[0])])
    end = len(event.body) - cut
    stopped = rows(event.body, 0, end, lambda _: None)
    try:
        count = len(expected_keys(event, event.body[:end]))
    except AssertionError:
        assert stopped != end
    else:
        assert (stopped == end) == (count > 0 or end == 0)


@pytest.mark.parametrize("images", [[b"\x02"], [b"\x02", b"\x03"]])
def test_key_column_missing_from_the_image_before_is_absent(images: list[bytes]) -> None:
    shapes = [KEY_SHAPES[0], SHAPES[0]]
    key = [KeyColumn(ordinal=0, kind=KeyKind.SIGNED)]
    with pytest.raises(KeyColumnAbsent) as absent:
        generate_rows_function(layout_of(shapes, [False, False]), key, images)
    assert absent.value.ordinal == 0
