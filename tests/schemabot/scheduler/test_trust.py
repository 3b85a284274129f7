"""Trust windows on a clock that the test moves (Q-26, Q-27)."""

from datetime import timedelta

import pytest

from schemabot.scheduler.trust import Short, Trust, TrustKeeper, boot_seconds
from tests.support.leases import a_lease

TERM = timedelta(seconds=15)
MARGIN = timedelta(seconds=5)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def a_trust(clock: Clock, *, beats: list[str] | None = None) -> Trust:
    act = (lambda: None) if beats is None else (lambda: beats.append("beat"))
    return Trust(
        a_lease(),
        until=clock.now + TERM.total_seconds(),
        when_short=Short(below=TERM / 2, act=act),
        clock=clock,
    )


def a_keeper(clock: Clock, losses: list[Trust]) -> TrustKeeper:
    return TrustKeeper(margin=MARGIN, on_loss=losses.append, clock=clock)


def test_trust_ends_at_the_margin_before_the_window_closes(clock: Clock) -> None:
    losses: list[Trust] = []
    keeper, trust = a_keeper(clock, losses), a_trust(clock)
    keeper.hold(trust)

    clock.now += 9.9
    assert keeper.end_expired() == pytest.approx(0.1)
    assert trust.lost is None
    clock.now += 0.1
    keeper.end_expired()

    assert losses == [trust]
    assert trust.remaining() == MARGIN


def test_a_beat_that_succeeds_after_the_margin_saves_nothing(clock: Clock) -> None:
    keeper, trust = a_keeper(clock, []), a_trust(clock)
    keeper.hold(trust)
    clock.now += 10
    keeper.end_expired()

    trust.extend(lease=trust.lease, until=clock.now + 15)

    assert trust.lost is not None
    assert trust.remaining() == MARGIN


def test_an_acknowledged_beat_moves_the_end(clock: Clock) -> None:
    losses: list[Trust] = []
    keeper, trust = a_keeper(clock, losses), a_trust(clock)
    keeper.hold(trust)

    clock.now += 8
    trust.extend(lease=trust.lease, until=clock.now + 15)
    clock.now += 9
    keeper.end_expired()

    assert losses == []
    assert trust.remaining() == timedelta(seconds=6)


def test_nothing_remains_once_a_peer_may_be_driving(clock: Clock) -> None:
    trust = a_trust(clock)
    trust.lose("other_token", taken=True)
    assert trust.remaining() == timedelta(0)


def test_everybody_is_told_of_a_loss_once(clock: Clock) -> None:
    told: list[str] = []
    trust = a_trust(clock)
    trust.when_lost(lambda: told.append("first"))
    trust.when_lost(lambda: told.append("second"))

    assert trust.lose("expired")
    assert not trust.lose("other_token")
    trust.when_lost(lambda: told.append("late"))

    assert told == ["first", "second", "late"]
    assert trust.lost == "expired"


def test_a_callback_that_fails_keeps_no_other_from_being_told(clock: Clock) -> None:
    told: list[str] = []

    def fail() -> None:
        raise RuntimeError

    trust = a_trust(clock)
    trust.when_lost(fail)
    trust.when_lost(lambda: told.append("second"))
    trust.lose("expired")

    assert told == ["second"]


def test_asking_with_less_than_half_a_term_left_asks_for_a_beat(clock: Clock) -> None:
    """Q-27."""
    beats: list[str] = []
    trust = a_trust(clock, beats=beats)
    clock.now += 7
    trust.remaining()
    assert beats == []
    clock.now += 1
    trust.remaining()
    assert beats == ["beat"]


def test_a_released_lease_is_not_ended(clock: Clock) -> None:
    losses: list[Trust] = []
    keeper, trust = a_keeper(clock, losses), a_trust(clock)
    keeper.hold(trust)
    keeper.release(trust)
    clock.now += 100
    keeper.end_expired()
    assert losses == []


def test_the_clock_counts_on() -> None:
    assert boot_seconds() <= boot_seconds()
