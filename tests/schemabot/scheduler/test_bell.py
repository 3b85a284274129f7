from datetime import timedelta

import anyio

from schemabot.scheduler.bell import Bell, Bells

SHORT = timedelta(milliseconds=20)
LONG = timedelta(seconds=5)


async def test_rings_before_the_wait_count_as_one() -> None:
    bell = Bell()
    bell.ring()
    bell.ring()
    assert await bell.heard_within(LONG)
    assert not await bell.heard_within(SHORT)


async def test_a_ring_wakes_who_waits() -> None:
    bell = Bell()
    async with anyio.create_task_group() as group:
        group.start_soon(bell.wait)
        await anyio.wait_all_tasks_blocked()
        bell.ring()


async def test_a_nudge_rings_for_work_and_for_orders() -> None:
    bells = Bells()
    bells.ring()
    assert await bells.work.heard_within(LONG)
    assert await bells.orders.heard_within(LONG)
