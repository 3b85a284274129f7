"""Keys at the picture, carried to the service: one request a key, through the API alone (C-21)."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio

from cli.controlling import ask
from cli.keyboard import pressed, single_keys
from cli.session import Session
from cli.steering import Leave, Steering, Wish
from tern.errors import SchemaBotError


@asynccontextmanager
async def steered(
    session: Session, steering: Steering, *, repaint: Callable[[], None]
) -> AsyncIterator[None]:
    """Keys count within the block; the one that leaves ends it early, without an error.

    Where nobody can type there are no keys.
    """
    if not session.screen.surroundings.answers:
        yield
        return

    async def listen(fd: int) -> None:
        async for key in pressed(fd):
            wanted = steering.press(key)
            if isinstance(wanted, Leave):
                group.cancel_scope.cancel()
                return
            if wanted is not None:
                await _ask(session, steering, wanted)
            repaint()

    with single_keys(session.screen.surroundings.stdin) as fd:
        async with anyio.create_task_group() as group:
            group.start_soon(listen, fd, name="keys")
            yield
            group.cancel_scope.cancel()


async def _ask(session: Session, steering: Steering, wish: Wish) -> None:
    """What the service makes of a wish is told in the footer; the picture goes on in any case."""
    progress = steering.progress
    if progress is None:
        return
    more = {} if wish.volume is None else {"volume": wish.volume}
    try:
        answer = await ask(
            session,
            wish.operation,
            progress.apply_id,
            environment=progress.environment,
            more=more,
        )
    except SchemaBotError as error:
        steering.refused(wish, error.message)
    else:
        steering.requested(wish, answer.request_id)
