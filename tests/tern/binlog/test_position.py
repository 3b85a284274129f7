import pytest
from hypothesis import given
from hypothesis import strategies as st

from tern.binlog.gtid import GtidSet, MariadbGtidSet, MysqlGtidSet
from tern.binlog.position import Position
from tern.errors import InvalidLogPosition

UUID = "3e11fa47-71ca-11e1-9e33-c80aa9429562"
gtids = st.sampled_from((
    None,
    MysqlGtidSet(),
    MysqlGtidSet.from_text(f"{UUID}:1-5:tag:7"),
    MariadbGtidSet(),
    MariadbGtidSet.from_text("0-1-5,2-3-4"),
))


def place(
    file: str = "log.000001", offset: int = 4, *, known: GtidSet | None = None, server: str = "a"
) -> Position:
    return Position(server=server, file=file, offset=offset, gtids=known)


@given(
    position=st.builds(
        Position, server=st.text(), file=st.text(), offset=st.integers(0, 2**40), gtids=gtids
    )
)
def test_printed_position_is_read_back(position: Position) -> None:
    assert Position.from_text(position.to_text()) == position


@pytest.mark.parametrize(
    "text", ["", "log.000001:4", "[]", "{}", '{"server": "a", "file": "f", "offset": "x"}', "null"]
)
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidLogPosition, match="no saved position"):
        Position.from_text(text)


def test_saved_gtids_that_are_damaged_are_refused() -> None:
    text = place(known=MysqlGtidSet.from_text(f"{UUID}:1")).to_text().replace(":1", ":x-y")
    with pytest.raises(InvalidLogPosition, match="not a GTID set"):
        Position.from_text(text)


@pytest.mark.parametrize(
    ("ours", "theirs", "is_reached"),
    [
        (place(offset=5), place(offset=5), True),
        (place(offset=4), place(offset=5), False),
        (place("log.000002", 4), place("log.000001", 900), True),
        (place("log.1000000", 4), place("log.999999", 900), True),
        (place("log.999999", 900), place("log.1000000", 4), False),
    ],
)
def test_positions_of_one_server_compare_by_file_number_and_offset(
    ours: Position, theirs: Position, *, is_reached: bool
) -> None:
    assert ours.reaches(theirs) is is_reached


def test_positions_of_two_servers_compare_by_gtids() -> None:
    more = place(known=MysqlGtidSet.from_text(f"{UUID}:1-9"), server="a")
    less = place(known=MysqlGtidSet.from_text(f"{UUID}:2-8"), server="b", file="x.000009")
    assert more.reaches(less)
    assert not less.reaches(more)
    later = place(known=MariadbGtidSet.from_text("0-1-9"), server="a")
    earlier = place(known=MariadbGtidSet.from_text("0-2-8"), server="b")
    assert later.reaches(earlier)
    assert not earlier.reaches(later)


@pytest.mark.parametrize("other", [None, MariadbGtidSet.from_text("0-1-9")])
def test_positions_that_have_nothing_in_common_are_not_compared(other: GtidSet | None) -> None:
    ours = place(known=MysqlGtidSet.from_text(f"{UUID}:1-9"), server="a")
    with pytest.raises(InvalidLogPosition, match="can't be compared"):
        ours.reaches(place(known=other, server="b"))


def test_file_without_a_number_has_no_order() -> None:
    with pytest.raises(InvalidLogPosition, match="no number"):
        place("log").reaches(place("log"))


def test_a_place_that_is_not_known_yet_compares_by_gtids() -> None:
    early, late = (MariadbGtidSet.from_text(f"0-1-{n}") for n in (5, 9))
    begun = place("", 0, known=early)
    assert place(known=late).reaches(begun)
    assert begun.reaches(place(known=early))
    assert not begun.reaches(place(known=late))
