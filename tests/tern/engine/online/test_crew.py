"""Threads of a run: how many are at work, and when none is."""

from collections.abc import Iterator
from threading import Event

import pytest

from tern.engine.online.crew import Crew, Squad


@pytest.fixture
def crew() -> Iterator[Crew]:
    crew = Crew("test")
    yield crew
    assert crew.join()


def test_who_retires_in_the_middle_of_his_work_is_still_at_it(crew: Crew) -> None:
    begun, may_end = Event(), Event()

    def work(leaving: Event) -> None:
        begun.set()
        leaving.wait(10)
        may_end.wait(10)

    squad = Squad(crew, "work", work)
    squad.resize(1)
    assert begun.wait(10)
    squad.resize(0)
    squad.resize(0)
    assert not squad.is_done
    may_end.set()
    assert crew.join()
    assert squad.is_done


def test_a_squad_grows_while_others_retire(crew: Crew) -> None:
    at_work: list[Event] = []

    def work(leaving: Event) -> None:
        at_work.append(leaving)
        leaving.wait(10)

    squad = Squad(crew, "work", work)
    squad.resize(3)
    squad.resize(1)
    squad.resize(2)
    assert len([leaving for leaving in at_work if not leaving.is_set()]) == 2
