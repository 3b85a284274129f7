"""Sizes follow the time that statements take (E-23)."""

from datetime import timedelta

from tern.engine.online.chunk_sizing import ChunkSizing, SizeLimits

TARGET = timedelta(milliseconds=200)


def after(*milliseconds: float) -> int:
    sizing = ChunkSizing(limits=SizeLimits())
    for each in milliseconds:
        sizing.note(timedelta(milliseconds=each), rows=sizing.rows, target=TARGET)
    return sizing.rows


def test_a_size_holds_for_ten_statements() -> None:
    assert after(*[100] * 9) == 1000
    assert after(*[100] * 10) == 1500


def test_a_size_far_below_its_target_is_doubled_after_four_statements() -> None:
    assert after(*[49] * 3) == 1000
    assert after(*[49] * 4) == 2000
    assert after(49, 49, 51, *[49] * 6) == 1000


def test_late_statements_make_it_smaller() -> None:
    assert after(*[400] * 10) == 500


def test_one_that_is_far_too_late_counts_at_once() -> None:
    assert after(1001) == 100


def test_it_stays_within_its_limits() -> None:
    assert after(*[1001] * 5) == 10
    assert SizeLimits().for_rows_of(1 << 20).most == 32
    assert after(*[1] * 500) == 100_000


def test_statements_of_an_older_size_do_not_count() -> None:
    sizing = ChunkSizing(limits=SizeLimits())
    for _ in range(20):
        sizing.note(timedelta(milliseconds=1), rows=7, target=TARGET)
    assert sizing.rows == 1000
