"""The claim loop's pace: quick after work, slow when idle, unmoved by empty wakes (Q-18, Q-33)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import anyio
import pytest

from schemabot.domain.errors import StorageUnavailable
from schemabot.domain.execution import Execution
from schemabot.scheduler.bell import Bell
from schemabot.scheduler.poller import Poller, PollPace
from schemabot.scheduler.slots import Slot, Slots
from schemabot.telemetry.span import Spans
from tests.support.spans import eventually
from tests.support.work import an_execution

HOUR = timedelta(hours=1)
NEVER = PollPace(first=HOUR, interval=HOUR, wake_gap=HOUR, after_error=HOUR)


@dataclass(slots=True, kw_only=True)
class Shelf:
    """What is due, and every claim that was made."""

    due: list[Execution] = field(default_factory=list)
    failures: int = 0
    owners: list[str] = field(default_factory=list)
    started: list[Slot] = field(default_factory=list)
    bell: Bell = field(default_factory=Bell)

    @property
    def claims(self) -> int:
        return len(self.owners)

    async def claim(self, owner: str) -> tuple[Execution, ...]:
        self.owners.append(owner)
        if self.failures:
            self.failures -= 1
            raise StorageUnavailable(reason="gone")
        return (self.due.pop(0),) if self.due else ()

    def start(self, _: Execution, slot: Slot, _asked_at: float) -> None:
        self.started.append(slot)

    @asynccontextmanager
    async def polled(self, pace: PollPace, *, slots: int = 2) -> AsyncIterator[Poller]:
        poller = Poller(
            claim=self.claim,
            slots=Slots(slots),
            owner="here/1/a",
            bell=self.bell,
            pace=pace,
            start=self.start,
            spans=Spans(),
        )
        async with anyio.create_task_group() as group:
            group.start_soon(poller.run)
            yield poller
            poller.end()

    async def settle(self) -> int:
        await anyio.wait_all_tasks_blocked()
        return self.claims


async def test_it_claims_until_every_slot_is_taken() -> None:
    shelf = Shelf(due=[an_execution() for _ in range(3)])
    async with shelf.polled(NEVER, slots=2):
        assert await shelf.settle() == 2
        assert [slot.number for slot in shelf.started] == [0, 1]
        assert shelf.owners == ["here/1/a/0", "here/1/a/1"]

        shelf.started[0].give_back()
        assert await shelf.settle() == 3


async def test_a_wake_brings_one_round_however_often_it_is_rung() -> None:
    shelf = Shelf()
    async with shelf.polled(NEVER):
        assert await shelf.settle() == 1
        for _ in range(10):
            shelf.bell.ring()
        assert await shelf.settle() == 2


async def test_wakes_that_lead_to_nothing_are_paced() -> None:
    shelf = Shelf()
    async with shelf.polled(NEVER):
        for _ in range(5):
            await shelf.settle()
            shelf.bell.ring()
        assert await shelf.settle() == 2


async def test_wakes_that_lead_to_work_are_not_paced() -> None:
    shelf = Shelf()
    async with shelf.polled(NEVER, slots=9):
        await shelf.settle()
        for _ in range(5):
            shelf.due.append(an_execution())
            shelf.bell.ring()
            await shelf.settle()
        assert len(shelf.started) == 5


async def test_a_paced_wake_is_late_but_not_lost() -> None:
    shelf = Shelf()
    async with shelf.polled(replace(NEVER, wake_gap=timedelta(milliseconds=20))):
        await shelf.settle()
        shelf.bell.ring()
        await shelf.settle()
        shelf.due.append(an_execution())
        shelf.bell.ring()
        await eventually(lambda: shelf.started)


async def test_with_every_wake_lost_it_still_looks() -> None:
    quick = timedelta(milliseconds=5)
    shelf = Shelf()
    async with shelf.polled(PollPace(first=quick, interval=2 * quick)):
        await eventually(lambda: shelf.claims >= 4)
        shelf.due.append(an_execution())
        await eventually(lambda: shelf.started)


async def test_a_round_that_fails_frees_its_slot_and_the_next_one_comes() -> None:
    quick = replace(NEVER, after_error=timedelta(milliseconds=5))
    shelf = Shelf(failures=3, due=[an_execution()])
    async with shelf.polled(quick, slots=1):
        await eventually(lambda: shelf.started)
    assert shelf.claims >= 4


@pytest.mark.parametrize(
    "shelf", [Shelf(), Shelf(failures=1), Shelf(due=[an_execution(), an_execution()])]
)
async def test_it_ends_at_once_wherever_it_waits(shelf: Shelf) -> None:
    with anyio.fail_after(5):
        async with shelf.polled(NEVER, slots=1):
            await shelf.settle()
