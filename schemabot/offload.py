"""The one bridge between the event loop and threads, both ways; threads of this package start here.

Blocking calls cross by `Offload`, one object per kind of call, each with its own limit, so that a
slow kind can't starve another. Long-lived threads are `Companion`s: named, stoppable, joined. A
thread speaks to the loop through a `LoopDoor`, which never waits.
"""

import asyncio
import logging
import os
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import ParamSpec, TypeVar

import anyio
from anyio import to_thread

P = ParamSpec("P")
T = TypeVar("T")

_log = logging.getLogger(__name__)

EXIT_TOO_LATE = 70


class Offload:
    """Runs blocking calls of one kind on threads, at most `limit` at once."""

    def __init__(self, name: str, *, limit: int) -> None:
        self.name = name
        self._limiter = anyio.CapacityLimiter(limit)

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the call returns or raises.

        A cancelled caller waits for the call's end: a write whose outcome nobody knows is worse.
        """
        return await to_thread.run_sync(partial(call, *args, **kwargs), limiter=self._limiter)


class Companion:
    """One named thread beside the loop; its body ends soon after `should_stop` is set."""

    def __init__(
        self, name: str, body: Callable[[], None], *, ask_to_stop: Callable[[], None]
    ) -> None:
        self._ask_to_stop = ask_to_stop
        self._thread = _thread(name, body)

    def start(self) -> None:
        """Begin; once."""
        self._thread.start()

    def stop(self, *, within: timedelta) -> bool:
        """Ask it to end and wait for it; False when it still runs. Blocks the calling thread."""
        self._ask_to_stop()
        self._thread.join(within.total_seconds())
        return not self._thread.is_alive()


class LoopDoor:
    """A way into the event loop that was running when it was made; for any thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    def call(self, function: Callable[[], object]) -> None:
        """Have the loop call the function soon; never waits, and does nothing on a closed loop."""
        try:
            self._loop.call_soon_threadsafe(function)
        except RuntimeError:
            _log.debug("the event loop has ended; a late call is dropped")


class ExitDeadline:
    """Ends this process when a shutdown takes longer than it may, whatever hangs (Q-58)."""

    def __init__(self) -> None:
        self._is_met = threading.Event()

    def set(self, grace: timedelta) -> None:
        """From now on the process ends within `grace`, by itself or by force."""
        wait = partial(self._wait, grace.total_seconds())
        _thread("exit-deadline", wait).start()

    def clear(self) -> None:
        """The shutdown is over; nothing is forced."""
        self._is_met.set()

    def _wait(self, seconds: float) -> None:
        if not self._is_met.wait(seconds):
            _log.critical("shutdown took longer than %g s; the process ends now", seconds)
            os._exit(EXIT_TOO_LATE)


def _thread(name: str, body: Callable[[], None]) -> threading.Thread:
    return threading.Thread(target=body, name=name, daemon=True)
