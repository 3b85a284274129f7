"""Who lost a lease by being late holds back, on times that the test gives (Q-26, Q-39)."""

from datetime import timedelta

import pytest

from schemabot.domain.lease import LeaseTerms
from schemabot.scheduler.restraint import LONGEST_PAUSE_TERMS, Restraint

TERM = 15.0
BEAT = 5.0
TERMS = LeaseTerms(
    term=timedelta(seconds=TERM), heartbeat=timedelta(seconds=BEAT), margin=timedelta(seconds=5)
)


class Process:
    """A restraint, and the clock of its process."""

    def __init__(self, *, slots: int = 4) -> None:
        self.now = 1000.0
        self.told = 0
        self.restraint = Restraint(terms=TERMS, slots=slots, on_change=self._note)

    def _note(self) -> None:
        self.told += 1

    def lose(self, *, is_outage: bool = False) -> None:
        self.restraint.lost(at=self.now, is_outage=is_outage)

    def beat(self, *, late: float = 0.1) -> int:
        """One answered beat an interval after the one before; how many slots are allowed then."""
        self.now += BEAT
        self.restraint.answered(at=self.now, due=self.now - late)
        return self.restraint.allowed

    def seconds_held_back(self) -> float:
        begun = self.now
        while self.beat() == 0:
            pass
        return self.now - begun

    def recover(self) -> None:
        while self.restraint.is_held_back:
            self.beat()


def test_without_a_loss_every_slot_may_be_used_however_late_a_beat_is() -> None:
    process = Process()
    assert [process.beat(late=0), process.beat(late=60)] == [4, 4]
    assert not process.restraint.is_held_back


def test_after_a_loss_nothing_is_claimed_for_a_term_and_then_slots_double_with_each_term() -> None:
    process = Process()
    process.lose()
    assert process.restraint.allowed == 0
    allowed = [process.beat() for _ in range(10)]
    assert allowed == [0, 0, 1, 1, 1, 2, 2, 2, 4, 4]
    assert not process.restraint.is_held_back


def test_as_long_as_beats_are_late_nothing_is_claimed() -> None:
    process = Process()
    process.lose()
    assert {process.beat(late=6) for _ in range(50)} == {0}
    assert process.beat(late=4) == 1, "one that would have kept a lease is the proof"


def test_slots_grow_no_further_while_beats_are_late() -> None:
    process = Process()
    process.lose()
    assert [process.beat() for _ in range(3)][-1] == 1
    assert {process.beat(late=6) for _ in range(20)} == {1}
    assert [process.beat() for _ in range(3)] == [1, 1, 2]


def test_pauses_double_with_every_loss_up_to_the_longest() -> None:
    process, pauses = Process(), []
    for _ in range(6):
        process.lose()
        pauses.append(process.seconds_held_back() / TERM)
    assert pauses == [1, 2, 4, 8, 8, 8]
    assert LONGEST_PAUSE_TERMS == 8


def test_leases_that_are_lost_together_count_once() -> None:
    process = Process()
    for _ in range(4):
        process.lose()
        process.now += 0.1
    assert process.seconds_held_back() <= TERM
    assert process.told == 2


def test_a_drive_that_kept_its_lease_in_full_use_makes_the_next_pause_short() -> None:
    process = Process()
    for _ in range(3):
        process.lose()
        process.recover()
    process.restraint.kept()
    process.lose()
    assert process.seconds_held_back() == TERM


def test_a_drive_that_kept_its_lease_while_held_back_shows_less() -> None:
    process = Process()
    process.lose()
    process.seconds_held_back()
    process.restraint.kept()
    process.lose()
    assert process.seconds_held_back() == 2 * TERM


def test_a_loss_in_an_outage_of_the_storage_waits_for_one_answer_only() -> None:
    process = Process()
    process.lose(is_outage=True)
    assert process.restraint.allowed == 0
    assert process.beat() == 4
    process.lose()
    assert process.seconds_held_back() == TERM, "an outage is not counted"


def test_an_outage_gives_a_process_that_is_held_back_no_more_than_it_had() -> None:
    process = Process()
    process.lose()
    process.seconds_held_back()
    process.lose(is_outage=True)
    assert [process.beat() for _ in range(4)] == [1, 1, 1, 2]


def test_a_late_process_is_held_back_in_an_outage_too() -> None:
    process = Process()
    process.lose(is_outage=True)
    process.lose()
    assert process.seconds_held_back() == TERM


@pytest.mark.parametrize("slots", [1, 3])
def test_any_number_of_slots_comes_back_whole(slots: int) -> None:
    process = Process(slots=slots)
    process.lose()
    process.recover()
    assert process.restraint.allowed == slots
