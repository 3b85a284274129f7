"""How much of a lease must be left before a point of no return."""

from datetime import timedelta
from threading import Event

import pytest

from tern.engine.fence.claimant import lock_name
from tern.engine.fence.lease_margin import LeaseMargin
from tests.support.caller import HeldLease

NEED = timedelta(seconds=6)


@pytest.mark.parametrize(
    ("term", "left", "is_allowed"),
    [
        (15, 15, True),
        (15, 6, True),
        (15, 5.9, False),
        (4, 4, True),
        (4, 2, True),
        (4, 1.9, False),
        (15, 0, False),
    ],
)
def test_the_need_or_half_of_the_term_must_be_left(
    term: float, left: float, *, is_allowed: bool
) -> None:
    lease = HeldLease(left=timedelta(seconds=term))
    margin = LeaseMargin(lease)
    assert margin.allows(NEED)
    lease.left = timedelta(seconds=left)
    assert margin.allows(NEED) is is_allowed


def test_a_term_known_from_elsewhere_counts_from_the_first_look() -> None:
    lease = HeldLease(left=timedelta(seconds=3))
    assert not LeaseMargin(lease, term=timedelta(seconds=15)).allows(NEED)


def test_a_lost_lease_allows_nothing() -> None:
    lease = HeldLease()
    lease.lose()
    assert not LeaseMargin(lease).allows(timedelta(0))


def test_waiting_ends_with_the_request_to_stop() -> None:
    lease = HeldLease(left=timedelta(seconds=1))
    stopping = Event()
    stopping.set()
    margin = LeaseMargin(lease, term=timedelta(seconds=15))
    assert not margin.wait(NEED, stopping=stopping)


def test_waiting_ends_with_the_next_heartbeat() -> None:
    assert LeaseMargin(HeldLease()).wait(NEED, stopping=Event())


def test_a_lock_is_named_by_its_schema_within_the_servers_limit() -> None:
    names = {lock_name(schema) for schema in ("shop", "Shop", "x" * 64, "`;--")}
    assert len(names) == 4
    assert {len(name) for name in names} == {43}
