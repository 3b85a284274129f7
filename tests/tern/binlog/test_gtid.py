import pytest
from hypothesis import given
from hypothesis import strategies as st

from tern.binlog.gtid import MariadbGtidSet, MysqlGtidSet
from tern.errors import InvalidLogPosition

A, B = "3e11fa47-71ca-11e1-9e33-c80aa9429562", "00000000-0000-0000-0000-00000000000b"
SOURCES = (A, B, f"{A}:tag", f"{A}:_t2", f"{B}:x")

numbers = st.dictionaries(st.sampled_from(SOURCES), st.sets(st.integers(1, 40)), max_size=5)
points = st.dictionaries(
    st.integers(0, 3), st.tuples(st.integers(1, 9), st.integers(1, 50)), max_size=4
)


def mysql_set(found: dict[str, set[int]]) -> MysqlGtidSet:
    return MysqlGtidSet().with_numbers({s: n for s, n in found.items() if n})


def flat(found: dict[str, set[int]]) -> set[tuple[str, int]]:
    return {(source, n) for source, ns in found.items() for n in ns}


@given(found=numbers)
def test_mysql_text_is_read_back(found: dict[str, set[int]]) -> None:
    gtids = mysql_set(found)
    assert MysqlGtidSet.from_text(gtids.to_text()) == gtids


@given(a=numbers, b=numbers)
def test_mysql_sets_behave_as_sets(a: dict[str, set[int]], b: dict[str, set[int]]) -> None:
    left, right = mysql_set(a), mysql_set(b)
    assert left.contains(right) == (flat(a) >= flat(b))
    union = left.union(right)
    assert union == right.union(left)
    assert union.contains(left)
    assert union.contains(right)
    joined = {s: a.get(s, set()) | b.get(s, set()) for s in {*a, *b}}
    assert union == mysql_set(joined)


def test_mysql_notation_of_the_server_is_read() -> None:
    text = f"{A.upper()}:1-3:11:47-49:Tag:5:7-8,\n {B}:23"
    gtids = MysqlGtidSet.from_text(text)
    assert gtids.runs == {
        A: ((1, 3), (11, 11), (47, 49)),
        f"{A}:tag": ((5, 5), (7, 8)),
        B: ((23, 23),),
    }
    assert gtids.to_text() == f"{B}:23,{A}:1-3:11:47-49:tag:5:7-8"
    assert MysqlGtidSet.from_text("") == MysqlGtidSet()


def test_adjacent_runs_become_one() -> None:
    assert MysqlGtidSet.from_text(f"{A}:4-6:1-3").to_text() == f"{A}:1-6"


def test_mysql_set_is_encoded_as_its_protocol_has_it() -> None:
    untagged = MysqlGtidSet.from_text(f"{B}:1-3:5").encode()
    uuid = bytes(15) + b"\x0b"
    runs = bytes([2]) + bytes(7) + b"".join(n.to_bytes(8, "little") for n in (1, 4, 5, 6))
    assert untagged == bytes([1]) + bytes(7) + uuid + runs
    tagged = MysqlGtidSet.from_text(f"{B}:x:1-3:5").encode()
    assert tagged == bytes([1, 1, 0, 0, 0, 0, 0, 1]) + uuid + b"\x02x" + runs


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        A,
        f"{A}:",
        f"{A}:0-3",
        f"{A}:5-3",
        f"{A}:1:tag-with-dash:2",
        f"{A[:-1]}:1",
        "0-1-5",
    ],
)
def test_text_that_is_no_mysql_set_is_refused(text: str) -> None:
    with pytest.raises(InvalidLogPosition, match="not a GTID set"):
        MysqlGtidSet.from_text(text)


@given(found=points)
def test_mariadb_text_is_read_back(found: dict[int, tuple[int, int]]) -> None:
    gtids = MariadbGtidSet(newest=found)
    assert MariadbGtidSet.from_text(gtids.to_text()) == gtids


@given(a=points, b=points)
def test_mariadb_positions_contain_what_they_were_joined_from(
    a: dict[int, tuple[int, int]], b: dict[int, tuple[int, int]]
) -> None:
    left, right = MariadbGtidSet(newest=a), MariadbGtidSet(newest=b)
    union = left.union(right)
    assert union.contains(left)
    assert union.contains(right)
    assert left.contains(right) == all(d in a and a[d][1] >= n for d, (_, n) in b.items())


def test_later_mariadb_transaction_wins_even_with_a_smaller_number() -> None:
    gtids = MariadbGtidSet(newest={0: (1, 100), 1: (2, 7)}).with_newest({0: (3, 50)})
    assert gtids.to_text() == "0-3-50,1-2-7"


@pytest.mark.parametrize("text", ["0-1", "0-1-x", "0-1-2,0-1-3", f"{A}:1-3", "0-1-2-3"])
def test_text_that_is_no_mariadb_position_is_refused(text: str) -> None:
    with pytest.raises(InvalidLogPosition, match="not a GTID set"):
        MariadbGtidSet.from_text(text)
