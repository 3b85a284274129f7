"""A process with storage, workers and a Tern: `python -m integration.queue.worker_process JSON`.

It says `ready` when its workers run, and ends in order at SIGTERM. With `clock_jumps` the wall
clock of the process is wrong, and jumps while it runs.
"""

import datetime as dt
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What the process is to be; seconds unless the name says otherwise."""

    storage: str
    target_host: str = "127.0.0.1"
    target_port: int = 0
    target_schema: str = ""
    name: str = "worker"
    slots: int = 4
    term: float = 2.0
    heartbeat: float = 0.5
    margin: float = 0.5
    poll: float = 0.5
    first_poll: float = 0.1
    step: float = 0.02
    grace: float = 10.0
    clock_jumps: bool = False
    wakes: bool = True
    is_deaf: bool = False


def lay_wrong_clock() -> Callable[[], None]:
    """Make the wall clock breakable, for everything that is imported from now on.

    Once the answer is called the clock is an hour ahead or behind, by turns, for two seconds each.
    """
    real, broken = time.time, Event()

    def shift() -> float:
        if not broken.is_set():
            return 0.0
        return 3600.0 if int(time.monotonic() / 2) % 2 else -3600.0

    class WrongDatetime(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Self:
            return super().now(tz) + dt.timedelta(seconds=shift())

    time.time = lambda: real() + shift()
    dt.datetime = WrongDatetime  # type: ignore[misc]
    return broken.set


def main() -> None:
    orders = Orders(**json.loads(sys.argv[1]))
    if orders.clock_jumps:
        lay_wrong_clock()()
    from integration.queue.workplace import work  # noqa: PLC0415 (after the clock was broken)

    work(orders)


if __name__ == "__main__":
    main()
