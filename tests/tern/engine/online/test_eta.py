"""Time left is work by rate, over the phases left; what can't be told is not guessed (E-65)."""

from dataclasses import replace

import pytest

from tern.engine.online.eta import Outlook, Work, eta_seconds
from tern.engine.online.phases import Phase
from tern.engine.online.rates import Rate, Rise

NONE_LEFT = Work(left=0, rate=0, measured_seconds=0)
COPYING = Outlook(
    phase=Phase.COPY,
    spent_seconds={Phase.COPY: 60.0},
    copy=Work(left=4_000, rate=100, measured_seconds=60),
    backlog=Work(left=500, rate=0, measured_seconds=60),
    verification=Work(left=10_000, rate=0, measured_seconds=0),
    settle_seconds=3.0,
)


def test_a_copy_is_followed_by_its_verification_and_a_quiet_while() -> None:
    assert eta_seconds(COPYING) == 40 + 0.25 * 100 + 3


def test_indexes_that_come_later_take_their_share() -> None:
    assert eta_seconds(replace(COPYING, indexes=2)) == 40 + 0.4 * 100 + 0.25 * 100 + 3


def test_nothing_is_said_before_ten_seconds_are_measured() -> None:
    young = replace(COPYING, copy=Work(left=4_000, rate=100, measured_seconds=9.9))
    assert eta_seconds(young) is None
    assert eta_seconds(replace(COPYING, copy=Work(left=1, rate=0, measured_seconds=60))) is None


def test_a_backlog_is_worked_off_at_the_rate_at_which_it_shrinks() -> None:
    behind = Work(left=50_000, rate=1_000, measured_seconds=60)
    assert eta_seconds(replace(COPYING, backlog=behind)) == 40 + 50 + 25 + 3
    late = replace(COPYING, phase=Phase.CATCH_UP, copy=NONE_LEFT, backlog=behind)
    assert eta_seconds(late) == 50 + 0.25 * 60 + 3


def test_a_backlog_that_grows_has_no_end_in_sight() -> None:
    growing = Work(left=50_000, rate=-10, measured_seconds=60)
    late = replace(COPYING, phase=Phase.CATCH_UP, copy=NONE_LEFT, backlog=growing)
    assert eta_seconds(late) is None


def test_a_verification_is_told_by_its_own_rate_once_that_is_known() -> None:
    verifying = replace(
        COPYING, phase=Phase.VERIFY, copy=NONE_LEFT, spent_seconds={Phase.COPY: 60.0}
    )
    assert eta_seconds(verifying) == 15 + 3
    measured = Work(left=10_000, rate=500, measured_seconds=20)
    assert eta_seconds(replace(verifying, verification=measured)) == 20 + 3


def test_an_index_build_counts_down() -> None:
    building = replace(
        COPYING,
        phase=Phase.INDEX,
        copy=NONE_LEFT,
        indexes=1,
        spent_seconds={Phase.COPY: 100.0, Phase.INDEX: 5.0},
    )
    assert eta_seconds(building) == 15 + 25 + 3


@pytest.mark.parametrize(("phase", "seconds"), [(Phase.HELD, None), (Phase.CUTOVER, 0)])
def test_a_person_decides_how_long_a_held_swap_waits(phase: Phase, seconds: float | None) -> None:
    assert eta_seconds(replace(COPYING, phase=phase, copy=NONE_LEFT)) == seconds


def test_a_rate_is_the_mean_at_first_and_the_last_minute_later() -> None:
    rate = Rate()
    rate.note(1_000, at=0)
    assert rate.note(2_000, at=10) == pytest.approx(100, rel=0.2)
    for second in range(11, 400):
        rate.note(2_000, at=second)
    assert rate.per_second < 1
    for second in range(400, 1_000):
        rate.note(2_000 + 50 * (second - 400), at=second)
    assert rate.per_second == pytest.approx(50, rel=0.01)


def test_what_an_earlier_run_had_done_is_no_work_of_this_one() -> None:
    rate = Rate()
    assert rate.note(1_000_000, at=5) == 0
    assert rate.note(1_000_100, at=6) == pytest.approx(100, rel=0.1)


def test_a_backlog_that_rises_for_ten_minutes_is_told() -> None:
    rise = Rise()
    told = [rise.note(second, at=second) for second in range(0, 700, 10)]
    assert told.index(True) == 60
    falling = Rise()
    assert not any(falling.note(second % 300, at=second) for second in range(0, 1_300, 10))
