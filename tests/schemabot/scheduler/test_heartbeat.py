"""One heartbeat for all leases of a process (Q-24 to Q-26)."""

import math
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from schemabot.domain.control import Operation
from schemabot.domain.errors import StorageUnavailable
from schemabot.domain.execution import Kept, LossReason, Lost, Order, Renewal
from schemabot.domain.ids import RequestId
from schemabot.domain.lease import Lease, LeaseTerms
from schemabot.scheduler.heartbeat import Heartbeat
from schemabot.scheduler.restraint import Restraint
from schemabot.scheduler.trust import Trust, TrustKeeper, boot_seconds
from tests.support.leases import a_lease

QUICK = LeaseTerms(
    term=timedelta(seconds=2), heartbeat=timedelta(seconds=0.2), margin=timedelta(seconds=1)
)
SLOW = LeaseTerms()
LOST = LossReason.OTHER_TOKEN


class Losses:
    def __init__(self) -> None:
        self.reasons: list[str | None] = []
        self.came = threading.Event()

    def __call__(self, trust: Trust) -> None:
        self.reasons.append(trust.lost)
        self.came.set()


def keep_all(leases: Sequence[Lease]) -> Renewal:
    return Renewal(kept=tuple(Kept(lease=lease) for lease in leases))


def a_heartbeat(
    renew: Callable[[Sequence[Lease]], Renewal],
    losses: Losses | None = None,
    *,
    terms: LeaseTerms = SLOW,
    restraint: Restraint | None = None,
) -> Heartbeat:
    on_loss = losses or Losses()
    return Heartbeat(
        renew,
        terms=terms,
        on_loss=on_loss,
        on_failure=lambda _: None,
        restraint=restraint or a_restraint(terms),
    )


def a_restraint(terms: LeaseTerms) -> Restraint:
    return Restraint(terms=terms, slots=4, on_change=lambda: None)


@contextmanager
def running(heartbeat: Heartbeat) -> Iterator[None]:
    heartbeat.start()
    try:
        yield
    finally:
        assert heartbeat.stop(within=timedelta(seconds=5))


def hold(heartbeat: Heartbeat, lease: Lease, orders: list[Order] | None = None) -> Trust:
    heard = [] if orders is None else orders
    return heartbeat.hold(lease, asked_at=boot_seconds(), on_orders=heard.extend)


def test_all_leases_are_renewed_in_one_batch() -> None:
    batches: list[int] = []

    def renew(leases: Sequence[Lease]) -> Renewal:
        batches.append(len(leases))
        return keep_all(leases)

    heartbeat = a_heartbeat(renew)
    for _ in range(3):
        hold(heartbeat, a_lease())
    heartbeat.beat()

    assert batches == [3]


def test_a_kept_lease_outlives_its_term() -> None:
    losses = Losses()
    heartbeat = a_heartbeat(keep_all, losses, terms=QUICK)
    with running(heartbeat):
        trust = hold(heartbeat, a_lease())
        assert not losses.came.wait(1.1 * QUICK.term.total_seconds())
    assert trust.lost is None
    assert trust.remaining() > QUICK.margin


def test_a_loop_that_is_busy_for_longer_than_the_term_loses_no_lease() -> None:
    """G14: beats come from a thread of their own."""
    losses = Losses()
    heartbeat = a_heartbeat(keep_all, losses, terms=QUICK)
    with running(heartbeat):
        trust = hold(heartbeat, a_lease())
        end = boot_seconds() + 1.1 * QUICK.term.total_seconds()
        while boot_seconds() < end:
            sum(range(1000))
    assert trust.lost is None


def left_when_told(make: type[Heartbeat], *, within_seconds: float) -> timedelta | None:
    """What remained of the lease when its drive was cut off as a beat hung; None: it never was."""
    answer, losses = threading.Event(), Losses()

    def hang(leases: Sequence[Lease]) -> Renewal:
        answer.wait(10)
        return keep_all(leases)

    heartbeat = make(
        hang,
        terms=QUICK,
        on_loss=losses,
        on_failure=lambda _: None,
        restraint=a_restraint(QUICK),
    )
    with running(heartbeat):
        trust = hold(heartbeat, a_lease())
        is_told = losses.came.wait(within_seconds)
        left = trust.remaining()
        answer.set()
    assert losses.reasons == [LossReason.EXPIRED] * is_told
    return left if is_told else None


def test_a_lease_is_lost_in_time_while_a_beat_hangs() -> None:
    """No storage call, however slow, may delay the end of the trust."""
    left = left_when_told(Heartbeat, within_seconds=10)
    assert left is not None
    assert timedelta(0) < left <= QUICK.margin


class NeverDoubts(TrustKeeper):
    """Ends no trust by itself."""

    def end_expired(self) -> float:
        return math.inf


class WaitsForStorage(Heartbeat):
    """The fault: it believes in a lease until storage says that it is lost."""

    def start(self) -> None:
        self._keeper.__class__ = NeverDoubts
        super().start()


def test_a_driver_that_does_not_stop_itself_is_found() -> None:
    """Q-62: the mutant."""
    assert left_when_told(WaitsForStorage, within_seconds=1.2 * QUICK.term.total_seconds()) is None


def test_failed_beats_are_repeated_until_one_succeeds() -> None:
    failures = iter([StorageUnavailable(reason="gone")])
    succeeded = threading.Event()

    def renew(leases: Sequence[Lease]) -> Renewal:
        if leases and (error := next(failures, None)):
            raise error
        succeeded.set()
        return keep_all(leases)

    heartbeat = a_heartbeat(renew, terms=QUICK)
    with running(heartbeat):
        trust = hold(heartbeat, a_lease())
        assert succeeded.wait(5)
    assert trust.lost is None


def test_a_lease_that_a_peer_took_is_lost_at_once() -> None:
    losses = Losses()

    def renew(leases: Sequence[Lease]) -> Renewal:
        return Renewal(lost=tuple(Lost(lease=x, reason=LossReason.OTHER_TOKEN) for x in leases))

    heartbeat = a_heartbeat(renew, losses)
    trust = hold(heartbeat, a_lease())
    heartbeat.beat()

    assert losses.reasons == [LossReason.OTHER_TOKEN]
    assert trust.remaining() == timedelta(0)


def test_a_lease_whose_drive_is_storing_its_end_is_not_lost_by_being_finished() -> None:
    losses = Losses()

    def renew(leases: Sequence[Lease]) -> Renewal:
        return Renewal(lost=tuple(Lost(lease=x, reason=LossReason.FINISHED) for x in leases))

    heartbeat = a_heartbeat(renew, losses)
    trust = hold(heartbeat, a_lease())
    trust.is_ending = True
    heartbeat.beat()
    assert losses.reasons == []

    trust.is_ending = False
    heartbeat.beat()
    assert losses.reasons == [LossReason.FINISHED]


def test_orders_come_with_a_beat_that_was_brought_forward() -> None:
    stop = Order(request_id=RequestId("1-1"), apply_id=a_lease().apply_id, operation=Operation.STOP)
    came = threading.Event()

    def renew(leases: Sequence[Lease]) -> Renewal:
        return Renewal(kept=tuple(Kept(lease=lease, orders=(stop,)) for lease in leases))

    heartbeat = a_heartbeat(renew)
    with running(heartbeat):
        heartbeat.hold(a_lease(), asked_at=boot_seconds(), on_orders=lambda _: came.set())
        heartbeat.beat_soon()
        assert came.wait(SLOW.heartbeat.total_seconds() / 2)


def test_a_released_lease_is_renewed_no_more() -> None:
    batches: list[int] = []

    def renew(leases: Sequence[Lease]) -> Renewal:
        batches.append(len(leases))
        return keep_all(leases)

    heartbeat = a_heartbeat(renew)
    trust = hold(heartbeat, a_lease())
    heartbeat.release(trust)
    heartbeat.beat()
    assert batches == []


def test_a_process_that_holds_nothing_asks_the_storage_nothing() -> None:
    batches: list[int] = []

    def renew(leases: Sequence[Lease]) -> Renewal:
        batches.append(len(leases))
        return keep_all(leases)

    assert a_heartbeat(renew).beat()
    assert batches == []


def test_who_is_held_back_beats_for_nobody_until_a_beat_was_on_time() -> None:
    asked: set[str] = set()
    came_back = threading.Event()

    def renew(leases: Sequence[Lease]) -> Renewal:
        asked.update(lease.owner for lease in leases)
        return Renewal(lost=tuple(Lost(lease=x, reason=LossReason.FINISHED) for x in leases))

    restraint = Restraint(terms=QUICK, slots=1, on_change=came_back.set)
    restraint.lost(at=boot_seconds() - QUICK.term.total_seconds(), is_outage=False)
    came_back.clear()
    with running(a_heartbeat(renew, terms=QUICK, restraint=restraint)):
        assert came_back.wait(20)
    assert restraint.allowed == 1
    assert asked == {"probe"}


def lost_by(
    make_renew: Callable[[], Renewal], *, is_shutdown: bool = False, reason: str = LOST
) -> Restraint:
    """A restraint after the only lease was lost, the beat before having gone so."""
    restraint = a_restraint(SLOW)
    heartbeat = a_heartbeat(lambda _: make_renew(), restraint=restraint)
    trust = hold(heartbeat, a_lease())
    heartbeat.beat()
    if is_shutdown:
        heartbeat.abandon(trust)
    else:
        heartbeat.lose(trust, reason)
    return restraint


def away() -> Renewal:
    raise StorageUnavailable(reason="gone")


def test_a_loss_holds_back_and_one_in_an_outage_only_until_an_answer() -> None:
    late, outage = lost_by(Renewal), lost_by(away)
    assert (late.allowed, outage.allowed) == (0, 0)
    now = boot_seconds() + 1
    for restraint in (late, outage):
        restraint.answered(at=now, due=now)
    assert (late.allowed, outage.allowed) == (0, 4)


def test_what_a_shutdown_gives_up_or_a_target_refuses_holds_nobody_back() -> None:
    assert lost_by(Renewal, is_shutdown=True).allowed == 4
    assert lost_by(Renewal, reason="epoch 3 is newer than ours, 2").allowed == 4
