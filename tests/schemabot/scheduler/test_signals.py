"""Requests become signals: once each, the weightiest first (T-6, Q-48)."""

import anyio

from schemabot.domain.control import Operation
from schemabot.domain.execution import Order
from schemabot.domain.ids import RequestId
from schemabot.scheduler.signals import DriveSignals
from tern.values.control import SignalKind
from tests.support.leases import a_lease

APPLY = a_lease().apply_id


def an_order(operation: Operation, request: str, value: int | None = None) -> Order:
    return Order(request_id=RequestId(request), apply_id=APPLY, operation=operation, value=value)


async def kinds_of(signals: DriveSignals, count: int) -> list[SignalKind]:
    with anyio.fail_after(5):
        return [(await signals.next()).kind for _ in range(count)]


async def test_cancel_and_stop_overtake_all_others() -> None:
    signals = DriveSignals()
    signals.offer([
        an_order(Operation.VOLUME, "1-1", 5),
        an_order(Operation.CUTOVER, "2-1"),
        an_order(Operation.STOP, "3-1"),
        an_order(Operation.CANCEL, "4-1"),
    ])
    assert await kinds_of(signals, 4) == [
        SignalKind.CANCEL,
        SignalKind.STOP,
        SignalKind.VOLUME,
        SignalKind.CUTOVER,
    ]


async def test_a_request_is_handed_out_once_however_often_it_is_seen() -> None:
    signals = DriveSignals()
    pending = [an_order(Operation.CUTOVER, "2-1")]
    signals.offer(pending)
    await signals.next()
    signals.offer(pending)
    with anyio.move_on_after(0.05) as waiting:
        await signals.next()
    assert waiting.cancelled_caught


async def test_a_request_that_is_no_longer_pending_is_withdrawn() -> None:
    signals = DriveSignals()
    signals.offer([an_order(Operation.VOLUME, "1-1", 5)])
    signals.offer([an_order(Operation.VOLUME, "1-2", 7)])
    assert (await signals.next()).value == 7


async def test_a_start_is_no_signal_but_stays_known() -> None:
    signals = DriveSignals()
    signals.offer([an_order(Operation.START, "1-1"), an_order(Operation.CUTOVER, "2-1")])
    assert await kinds_of(signals, 1) == [SignalKind.CUTOVER]
    assert list(signals.starts) == ["1-1"]


async def test_a_pause_outlives_new_requests_and_comes_once() -> None:
    signals = DriveSignals()
    signals.pause()
    signals.offer([an_order(Operation.CUTOVER, "2-1")])
    signals.pause()
    assert await kinds_of(signals, 2) == [SignalKind.PAUSE, SignalKind.CUTOVER]
    signals.pause()
    with anyio.move_on_after(0.05) as waiting:
        await signals.next()
    assert waiting.cancelled_caught


async def test_who_waits_hears_of_what_comes_later() -> None:
    signals = DriveSignals()
    async with anyio.create_task_group() as group:
        group.start_soon(kinds_of, signals, 1)
        await anyio.wait_all_tasks_blocked()
        signals.offer([an_order(Operation.STOP, "3-1")])
    assert signals.was_given(SignalKind.STOP)
    assert signals.kind_of("3-1") is SignalKind.STOP
