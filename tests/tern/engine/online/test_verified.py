"""What counts as compared, and what it leaves in doubt (E-55)."""

from tern.engine.online.verified import MOST_DOUBTS, NOTHING, Verified
from tern.engine.online.watermark import Bound

MANY = [(n,) for n in range(MOST_DOUBTS)]


def test_a_range_counts_with_its_doubts() -> None:
    found = NOTHING.up_to(Bound(key=(10,)), doubts=[(3,)], rows=9)
    assert found == Verified(bound=Bound(key=(10,)), doubts=((3,),), rows=9)


def test_a_range_with_more_doubts_than_can_be_kept_does_not_count() -> None:
    full = NOTHING.up_to(Bound(key=(10,)), doubts=MANY, rows=9)
    assert full is not None
    assert full.up_to(Bound(key=(20,)), doubts=[(11,)], rows=9) is None
    assert full.up_to(Bound(key=(20,)), doubts=[], rows=9) is not None


def test_nothing_counts_when_too_much_of_it_came_into_doubt() -> None:
    assert Verified(bound=Bound(key=(10,))).doubting([*MANY, (1,)]) == NOTHING
