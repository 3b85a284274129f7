"""Slots and reservations are given back exactly once (Q-38)."""

from datetime import timedelta

import anyio
import pytest

from schemabot.domain.execution import Claimer, Execution
from schemabot.scheduler.optimistic import Reservation
from schemabot.scheduler.slots import Slot, Slots
from tests.support.work import an_execution

TERM = timedelta(seconds=15)


def test_no_more_slots_are_taken_than_there_are() -> None:
    slots = Slots(2)
    taken = [slots.take(), slots.take()]
    assert {slot.number for slot in taken if slot} == {0, 1}
    assert slots.take() is None


def test_giving_a_slot_back_twice_frees_it_once() -> None:
    slots = Slots(2)
    slot = slots.take()
    assert slot is not None
    other = slots.take()
    slot.give_back()
    slot.give_back()
    assert slots.busy == 1
    assert slots.take() is not None
    assert slots.take() is None
    assert other is not None


async def test_who_waits_for_slots_is_woken() -> None:
    slots = Slots(1)
    slot = slots.take()
    assert slot is not None
    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            group.start_soon(slots.until_one_is_free)
            group.start_soon(slots.until_all_are_free)
            await anyio.wait_all_tasks_blocked()
            slot.give_back()


async def test_a_limit_holds_for_what_is_taken_from_now_on() -> None:
    shown: list[tuple[int, int]] = []

    def note(*, busy: int, held_back: int, count: int) -> None:
        shown.append((busy, count - busy - held_back))

    slots = Slots(3, on_change=note)
    first, second = slots.take(), slots.take()
    assert first is not None
    assert second is not None
    slots.limit_to(1)
    first.give_back()
    assert slots.is_full
    assert slots.take() is None
    second.give_back()
    assert slots.take() is not None
    assert shown == [(1, 2), (2, 1), (2, 0), (1, 0), (0, 1), (1, 0)]


async def test_who_waits_for_a_slot_is_woken_when_the_limit_grows() -> None:
    slots = Slots(2)
    slots.limit_to(0)
    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            group.start_soon(slots.until_one_is_free)
            group.start_soon(slots.until_all_are_free)
            await anyio.wait_all_tasks_blocked()
            slots.limit_to(1)


class Desk:
    """Counts what a reservation starts and gives back."""

    def __init__(self) -> None:
        self.slots = Slots(1)
        self.permits = 0
        self.started: list[Execution] = []

    def reservation(self) -> Reservation:
        slot = self.slots.take()
        assert slot is not None
        return Reservation(
            slot,
            claimer=Claimer(owner="here/1/a/0", term=TERM),
            asked_at=0.0,
            start=self._start,
            give_permit_back=self._give_permit_back,
        )

    def _start(self, execution: Execution, slot: Slot, _asked_at: float) -> None:
        self.started.append(execution)
        slot.give_back()

    def _give_permit_back(self) -> None:
        self.permits += 1


def test_what_is_not_handed_over_is_given_back_once() -> None:
    desk = Desk()
    with desk.reservation() as reservation:
        pass
    reservation.release()
    assert (desk.slots.busy, desk.permits, desk.started) == (0, 1, [])


def test_a_handed_over_slot_belongs_to_its_drive() -> None:
    desk = Desk()
    with desk.reservation() as reservation:
        reservation.hand_over(an_execution())
        reservation.hand_over(an_execution())
    assert (desk.slots.busy, desk.permits, len(desk.started)) == (0, 1, 1)


def test_an_error_before_the_commit_gives_both_back() -> None:
    desk = Desk()
    with pytest.raises(ValueError, match="refused"), desk.reservation():
        raise ValueError("refused")
    assert (desk.slots.busy, desk.permits) == (0, 1)
