"""Worker processes that die, freeze, end in order, or live with a wrong clock."""

import socket
from contextlib import ExitStack
from datetime import timedelta

import pytest

from integration.queue.awaiting import until, until_claimed, until_in
from integration.queue.conftest import Site
from integration.queue.judge import judge
from integration.queue.processes import WorkerProcess
from schemabot.domain.ids import ApplyId
from schemabot.domain.states import ApplyState
from schemabot.domain.worker import Worker
from tests.support.stored import a_target, store_apply

pytestmark = pytest.mark.timeout(300)
LONG_STEP = 1000.0
"""Longer than a test takes, however long its other workers need to start."""
WOKEN = {"poll": 1000.0, "first_poll": 1000.0}
"""Nothing but a wake comes within the time that a test waits."""
SAFE = {"term": 1000.0, "margin": 5.0}
"""No lease ends because the machine is busy."""


def admitted(site: Site, *databases: str) -> list[ApplyId]:
    return [store_apply(site.storage, a_target(name)).apply_id for name in databases]


def effects(site: Site) -> int:
    ((count,),) = site.target.query("SELECT COUNT(*) FROM effects")
    return int(count)


def steps(site: Site) -> int:
    ((count,),) = site.target.query("SELECT COUNT(*) FROM journal")
    return int(count)


def test_a_killed_workers_apply_is_driven_by_a_peer_after_its_lease(site: Site) -> None:
    """Q-59; how soon is measured by `bench.dispatch` (G7)."""
    with ExitStack() as stack:
        victim = stack.enter_context(site.worker("victim", step=LONG_STEP))
        (apply,) = admitted(site, "orders")
        until(lambda: steps(site) >= 1)
        stack.enter_context(site.worker("peer", step=0.01))
        victim.kill()
        until_claimed(site.storage, apply, epoch=2)
        until_in(site.storage, apply, ApplyState.COMPLETED)
    assert judge(site.storage, site.target, [apply]).is_clean
    assert effects(site) == 2


def test_a_frozen_driver_writes_nothing_to_the_target_after_its_successor(site: Site) -> None:
    """G11."""
    with ExitStack() as stack:
        frozen = stack.enter_context(site.worker("frozen", step=0.5))
        (apply,) = admitted(site, "orders")
        until(lambda: steps(site) >= 1)
        frozen.freeze()
        stack.enter_context(site.worker("peer", step=0.3))
        until_claimed(site.storage, apply, epoch=2)
        until(lambda: steps(site) >= 2)
        frozen.thaw()
        until_in(site.storage, apply, ApplyState.COMPLETED)
    assert judge(site.storage, site.target, [apply]).is_clean


def test_a_worker_that_is_asked_to_end_hands_its_work_to_a_peer_at_once(site: Site) -> None:
    """Q-58: neither its lease nor the peer's poll would be over. How soon: `bench.dispatch`, G8."""
    with ExitStack() as stack:
        leaving = stack.enter_context(site.worker("leaving", step=LONG_STEP, **SAFE))
        (apply,) = admitted(site, "orders")
        until(lambda: steps(site) >= 1)
        stack.enter_context(site.worker("peer", step=0.01, **SAFE, **WOKEN))
        until(lambda: knows_all(site, leaving))
        leaving.terminate()
        until_claimed(site.storage, apply, epoch=2)
        assert leaving.ended() == 0
        done = until_in(site.storage, apply, ApplyState.COMPLETED)
    assert done.attempt == 1
    assert judge(site.storage, site.target, [apply]).is_clean


def test_a_worker_ends_within_its_grace_although_a_run_hangs(site: Site) -> None:
    with site.worker("deaf", is_deaf=True, grace=4.0) as deaf:
        (apply,) = admitted(site, "orders")
        until(lambda: site.storage.applies.get(apply).lease_owner)
        deaf.terminate()
        until(lambda: not deaf.is_alive)
    assert site.storage.applies.get(apply).lease_owner is not None


def test_a_datagram_wakes_a_worker_whatever_it_says(site: Site) -> None:
    """Q-33."""
    with site.worker("sleeper", step=0.01, **SAFE, **WOKEN):
        (apply,) = admitted(site, "orders")
        nudge(site, b"forged")
        until_in(site.storage, apply, ApplyState.COMPLETED)
        for _ in range(100):
            nudge(site, b"")
        (again,) = admitted(site, "orders")
        nudge(site, b"wake")
        until_in(site.storage, again, ApplyState.COMPLETED)


def test_with_every_wake_lost_work_starts_within_the_poll(site: Site) -> None:
    """G4."""
    with site.worker("deaf to wakes", step=0.01, poll=0.3, wakes=False):
        for name in ("one", "two", "three"):
            (apply,) = admitted(site, name)
            until_in(site.storage, apply, ApplyState.COMPLETED)


def test_a_process_leaves_the_registry_when_it_ends(site: Site) -> None:
    with site.worker("guest") as guest:
        assert len(registered(site)) == 1
        guest.terminate()
        assert guest.ended() == 0
    assert registered(site) == ()


def test_a_wall_clock_that_is_wrong_and_jumps_loses_no_lease(site: Site) -> None:
    """Leases live by the database's clock and the boot clock."""
    with site.worker("confused", step=0.7, clock_jumps=True, **SAFE):
        applies = admitted(site, "one", "two", "three")
        for apply in applies:
            done = until_in(site.storage, apply, ApplyState.COMPLETED)
            assert done.lease_epoch == 1
    assert judge(site.storage, site.target, applies).is_clean


def registered(site: Site) -> tuple[Worker, ...]:
    return site.storage.workers.list(silence=timedelta(seconds=30))


def knows_all(site: Site, process: WorkerProcess) -> bool:
    """Whether the process has read the registry since the last one joined."""
    found = {worker.report.pid: worker for worker in registered(site)}
    return found[process.pid].last_seen_at > max(worker.started_at for worker in found.values())


def nudge(site: Site, content: bytes) -> None:
    for worker in registered(site):
        assert worker.report.wake_address is not None
        host, _, port = worker.report.wake_address.removeprefix("udp://").rpartition(":")
        with socket.socket(type=socket.SOCK_DGRAM) as udp:
            udp.sendto(content, (host, int(port)))
