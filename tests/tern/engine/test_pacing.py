"""How long a statement waits for its lock and stays away (E-45)."""

from datetime import timedelta

from tern.engine.pacing import Pacing


def seconds(*spans: timedelta) -> list[float]:
    return [span.total_seconds() for span in spans]


def test_the_first_five_attempts_wait_one_second_and_later_ones_three() -> None:
    waits = [Pacing().lock_wait(attempt) for attempt in range(1, 8)]
    assert seconds(*waits) == [1, 1, 1, 1, 1, 3, 3]


def test_pauses_double_from_one_second_to_a_minute() -> None:
    pauses = [Pacing().pause(attempt) for attempt in range(1, 10)]
    assert seconds(*pauses) == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_the_longest_pause_holds_for_ever() -> None:
    assert Pacing().pause(10_000) == timedelta(seconds=60)


def test_enough_of_the_lease_for_the_wait_and_for_getting_off_the_target() -> None:
    assert seconds(Pacing().lease_need(1), Pacing().lease_need(6)) == [6, 8]
