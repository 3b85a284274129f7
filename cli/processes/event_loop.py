"""The event loop of processes that stay: the quicker one, for a service that answers in ms."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import anyio

T = TypeVar("T")


def run_on_loop(main: Callable[[], Awaitable[T]]) -> T:
    """What `main` returns, run on an event loop of its own."""
    return anyio.run(main, backend_options={"use_uvloop": True})
