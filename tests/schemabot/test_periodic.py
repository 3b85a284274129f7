"""The one loop."""

from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from datetime import timedelta

import anyio
import pytest

from schemabot.periodic import Pace, run_periodically
from tests.support.spans import eventually

FAST = Pace(interval=timedelta(milliseconds=1))


async def test_a_run_that_fails_is_told_and_ends_nothing() -> None:
    runs = 0
    errors: list[Exception] = []

    async def work() -> None:
        nonlocal runs
        runs += 1
        if runs == 2:
            raise ValueError

    async with anyio.create_task_group() as group:
        group.start_soon(_run, work, errors)
        await eventually(lambda: runs >= 4)
        group.cancel_scope.cancel()
    assert [type(error) for error in errors] == [ValueError]


async def _run(work: Callable[[], Awaitable[None]], errors: list[Exception]) -> None:
    await run_periodically(work, pace=FAST, span=nullcontext, on_error=errors.append)


@pytest.mark.parametrize("failed", [True, False])
def test_waits_stay_within_the_jitter(failed: bool) -> None:  # noqa: FBT001
    pace = Pace(interval=timedelta(seconds=10), jitter=0.2, after_error=timedelta(seconds=1))
    waits = [pace.next_seconds(failed=failed) for _ in range(200)]
    middle = 1 if failed else 10
    assert min(waits) >= 0.8 * middle
    assert max(waits) <= 1.2 * middle
    assert max(waits) - min(waits) > 0.1 * middle
