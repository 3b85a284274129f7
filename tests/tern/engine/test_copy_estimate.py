"""Ranges from history, or from none; small copies teach nothing (P-38)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tern.engine.copy_estimate import CopyRates, copy_rate, copy_seconds, rates_from
from tern.engine.online.pace import pace_of

MIB = 1024 * 1024


def test_without_history_a_copy_goes_at_8_to_60_mib_a_second() -> None:
    assert rates_from(()) == CopyRates(slow=8 * MIB, fast=60 * MIB, copies=0)
    assert rates_from((0.0, -1.0)).copies == 0


def test_history_gives_the_10th_to_the_90th_percentile() -> None:
    rates = rates_from([float(n) for n in range(11)][::-1])
    assert rates.slow == pytest.approx(1.9)
    assert rates.fast == pytest.approx(9.1)
    assert rates.copies == 10


def test_only_the_last_twenty_count() -> None:
    rates = rates_from([100.0] * 20 + [1.0] * 50)
    assert (rates.slow, rates.fast, rates.copies) == (100, 100, 20)


def test_two_copies_do_not_narrow_what_is_unknown() -> None:
    assert rates_from((20.0 * MIB, 20.0 * MIB)) == CopyRates(copies=2)
    assert rates_from((100.0 * MIB,)) == CopyRates(fast=100 * MIB, copies=1)


@given(st.lists(st.floats(1, 1e9), max_size=30), st.integers(0, 2**40), st.integers(1, 11))
def test_an_estimate_is_a_range_at_every_volume(
    history: list[float], size: int, volume: int
) -> None:
    low, high = copy_seconds(size, rates_from(history), speed=pace_of(volume).speed)
    assert 0 < low < high


def test_a_lower_volume_takes_longer() -> None:
    highs = [copy_seconds(10**9, CopyRates(), speed=pace_of(n).speed)[1] for n in (1, 2, 3)]
    assert highs == sorted(highs, reverse=True)
    assert len(set(highs)) == 3


def test_what_a_copy_at_a_low_volume_teaches_is_as_if_at_the_default() -> None:
    assert copy_rate(80 * MIB, 10, speed=1) == 8 * MIB
    assert copy_rate(80 * MIB, 20, speed=0.5) == 8 * MIB


def test_a_small_copy_teaches_nothing() -> None:
    assert copy_rate(8 * MIB - 1, 1, speed=1) is None
    assert copy_rate(80 * MIB, 0, speed=1) is None
