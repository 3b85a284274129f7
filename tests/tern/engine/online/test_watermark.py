"""The key space is covered once, and `low` never passes a range that is not committed (E-79)."""

from hypothesis import given
from hypothesis import strategies as st

from tern.engine.online.chunk import KeyRange
from tern.engine.online.watermark import END, START, Watermark


@given(bounds=st.sets(st.integers(), max_size=12), order=st.randoms(use_true_random=False))
def test_ranges_cover_everything_once(bounds: set[int], order: object) -> None:
    mark = Watermark()
    ranges = [mark.dispatch((bound,)) for bound in sorted(bounds)] + [mark.dispatch(None)]
    assert ranges[0].lower is None
    assert ranges[-1].upper is None
    assert [r.upper for r in ranges[:-1]] == [r.lower for r in ranges[1:]]
    assert mark.is_dispatched
    shuffled = list(ranges)
    order.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis's own random
    done: set[KeyRange] = set()
    for each in shuffled:
        mark.finish(each)
        done.add(each)
        unbroken = next((r.lower for r in ranges if r not in done), "all")
        assert mark.low.key == (None if unbroken == "all" else unbroken)
    assert mark.low == END


def test_nothing_is_copied_at_the_start() -> None:
    assert Watermark().low == START
    assert not Watermark().is_copied
