"""The one loop that repeats work on the event loop: interval, jitter, error policy, span."""

import random
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Never

import anyio


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often, and how evenly.

    Attributes:
        interval: From the end of one run to the start of the next.
        jitter: Share of the interval by which it varies, so that processes don't fall in step.
        after_error: Instead of the interval, after a run that raised; None: the same.
    """

    interval: timedelta
    jitter: float = 0.2
    after_error: timedelta | None = None

    def next_seconds(self, *, failed: bool = False) -> float:
        """The next wait, drawn afresh."""
        wait = self.after_error if failed and self.after_error is not None else self.interval
        return wait.total_seconds() * random.uniform(1 - self.jitter, 1 + self.jitter)  # noqa: S311 (pacing)


async def run_periodically(
    work: Callable[[], Awaitable[None]],
    *,
    pace: Pace,
    span: Callable[[], AbstractContextManager[object]],
    on_error: Callable[[Exception], None],
) -> Never:
    """Do the work at once and then again at its pace, until cancelled.

    A run that raises is told to `on_error` and ends nothing: the next one comes as planned.
    """
    while True:
        failed = False
        try:
            with span():
                await work()
        except Exception as error:  # noqa: BLE001 (one run is isolated from the next)
            failed = True
            on_error(error)
        await anyio.sleep(pace.next_seconds(failed=failed))
