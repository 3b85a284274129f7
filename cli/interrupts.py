"""Ctrl-C and SIGTERM: never stop an apply by themselves (C-39, C-40)."""

import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import anyio

from cli.errors import Interrupted

T = TypeVar("T")

_ANSWER_SECONDS = 5.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupt:
    """Whether somebody wants to leave."""

    def __init__(self) -> None:
        self.happened = False


@asynccontextmanager
async def until_interrupted() -> AsyncIterator[Interrupt]:
    """Ends the block early, without an error, at the first Ctrl-C or SIGTERM."""
    interrupt = Interrupt()

    async def listen() -> None:
        with anyio.open_signal_receiver(*_SIGNALS) as signals:
            async for _ in signals:
                interrupt.happened = True
                group.cancel_scope.cancel()
                return

    async with anyio.create_task_group() as group:
        group.start_soon(listen, name="interrupts")
        yield interrupt
        group.cancel_scope.cancel()


async def known_outcome(call: Callable[[], Awaitable[T]], *, of: str, look: str) -> T:
    """What the call gives; a Ctrl-C meanwhile waits a little for it, so that the outcome is known.

    Args:
        call: A write that must not be left unknown.
        of: What the call does, in words.
        look: The command that shows whether it happened.

    Raises:
        Interrupted: it gave no answer in time, or it gave one and the person wanted to leave.
    """
    results: list[T] = []
    asked_to_leave = False

    async def listen() -> None:
        nonlocal asked_to_leave
        with anyio.open_signal_receiver(*_SIGNALS) as signals:
            async for _ in signals:
                asked_to_leave = True
                scope.deadline = anyio.current_time() + _ANSWER_SECONDS

    async with anyio.create_task_group() as group:
        group.start_soon(listen, name="interrupts")
        with anyio.CancelScope() as scope:
            results.append(await call())
        group.cancel_scope.cancel()
    if not results:
        said = f"interrupted, and {of} had no answer within {_ANSWER_SECONDS:g} s: it may be done"
        raise Interrupted(said=said, next_action=look)
    if asked_to_leave:
        raise Interrupted(said=f"interrupted after {of} was accepted", next_action=look)
    return results[0]
