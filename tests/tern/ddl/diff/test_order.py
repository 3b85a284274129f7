from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from tern.ddl.clauses import Place
from tern.ddl.diff.order import longest_run, places

KEYS = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8)


def carried_out(live: list[str], desired: list[str], found: dict[str, Place]) -> list[str]:
    """What a server does: moved columns leave the row, then clauses put columns in, in order."""
    row = [key for key in live if key not in found]
    for key in desired:
        if key in found:
            after = found[key].after
            row.insert(0 if after is None else row.index(after.lower()) + 1, key)
        elif key not in live:
            row.append(key)
    return row


@given(KEYS, KEYS)
def test_places_lead_to_the_desired_order(before: list[str], desired: list[str]) -> None:
    live = [key for key in before if key in desired]
    found = places(live, desired, spelled={key: key.upper() for key in desired})
    assert carried_out(live, desired, found) == desired


@given(KEYS, st.randoms(use_true_random=False))
def test_no_fewer_columns_could_move(live: list[str], random: object) -> None:
    desired = list(live)
    random.shuffle(desired)  # type: ignore[attr-defined]
    moved = places(live, desired, spelled={key: key for key in desired})
    fewest = min(
        len(live) - size
        for size in range(len(live) + 1)
        for kept in combinations(live, size)
        if [key for key in desired if key in kept] == list(kept)
    )
    assert len(moved) == fewest


def test_longest_run_of_disjoint_orders_is_empty() -> None:
    assert longest_run(["a"], ["b"]) == frozenset()


def test_new_column_at_the_end_needs_no_place() -> None:
    assert places(["a"], ["a", "b", "c"], spelled={}) == {}


def test_new_columns_elsewhere_follow_each_other() -> None:
    found = places(["b"], ["x", "y", "b"], spelled={"x": "X", "y": "y", "b": "b"})
    assert found == {"x": Place(after=None), "y": Place(after="X")}
