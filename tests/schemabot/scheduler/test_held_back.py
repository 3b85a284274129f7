"""Workers that lost a lease by being late claim nothing, by poll or at once, for a while."""

import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest

from schemabot.domain.execution import Renewal
from schemabot.domain.lease import Lease
from schemabot.domain.states import ApplyState
from schemabot.scheduler.queue import Queue
from schemabot.scheduler.trust import boot_seconds
from schemabot.storage.storage import Storage
from schemabot.telemetry.metrics import exposition
from tests.support.faulty_queue import FaultyQueue
from tests.support.scripted_tern import ScriptedTern
from tests.support.scripts import completes, copies
from tests.support.shop_floor import SHORT_LEASES, Floor
from tests.support.spans import eventually
from tests.support.work import a_target


class LateBeats(FaultyQueue):
    """Beats are answered only once they may be."""

    def __init__(self, queue: Queue) -> None:
        super().__init__(queue)
        self.may_answer = threading.Event()

    def renew(self, leases: Sequence[Lease], *, term: timedelta) -> Renewal:
        self.may_answer.wait(20)
        return super().renew(leases, term=term)


class Late:
    """A floor whose beats come late from the start, so that it loses its first lease."""

    def __init__(self, storage: Storage) -> None:
        self.tern = ScriptedTern(copies(), completes())
        self.floor = Floor(
            storage=storage, tern=self.tern, settings=SHORT_LEASES, make_queue=self._install
        )
        self.opened_at = boot_seconds()

    def _install(self, queue: Queue) -> Queue:
        self.beats = LateBeats(queue)
        return self.beats

    async def lose_one(self) -> None:
        await self.floor.admit()
        await self.floor.seen.until("drive", end="lost")


async def test_who_lost_a_lease_by_late_beats_claims_no_sooner_than_a_term_later(
    storage: Storage,
) -> None:
    late = Late(storage)
    floor, terms = late.floor, SHORT_LEASES.terms
    async with floor.open():
        await late.lose_one()
        assert floor.pool.reserve() is None, "nor is anything admitted and claimed at once"
        assert floor.pool.seconds_since_tick == 0, "it is well, and only waits"
        shown = exposition(floor.instruments.all)
        assert 'schemabot_worker_slots{state="held_back"} 2' in shown
        other = await floor.admit(a_target("other"))
        late.beats.may_answer.set()
        await eventually(lambda: len(late.tern.runs) > 1)
        seconds = boot_seconds() - late.opened_at
        await floor.until(other, ApplyState.COMPLETED)
    assert seconds >= (2 * terms.term - terms.margin).total_seconds()


async def test_a_process_that_is_held_back_ends_at_once_and_starts_afresh(
    storage: Storage,
) -> None:
    late = Late(storage)
    async with late.floor.open():
        await late.lose_one()
        late.beats.may_answer.set()
    other = await late.floor.admit(a_target("other"))
    async with late.floor.open():
        with late.floor.pool.reserve() or pytest.fail("still held back"):
            pass
        await late.floor.until(other, ApplyState.COMPLETED)
