"""The picture of an apply that repaints itself in place (C-20)."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self

import anyio
from rich.console import Group
from rich.live import Live
from rich.text import Text

from cli.client import Answer
from cli.render.progress import frame_lines
from cli.render.words import duration
from cli.screen import Screen
from cli.watching import Seen, Silence
from schemabot.api.schemas.progress import ProgressAnswer

_REPAINT_SECONDS = 0.5
FOOTER = "Ctrl-C leaves; the apply goes on"


class Picture:
    """Draws inline, leaves its last frame in the scroll-back, and gives the cursor back."""

    def __init__(self, screen: Screen, *, footer: Callable[[], str] = lambda: FOOTER) -> None:
        self._screen = screen
        self._footer = footer
        self._live = Live(
            console=screen.out, auto_refresh=False, redirect_stdout=False, redirect_stderr=False
        )
        self._progress: ProgressAnswer | None = None
        self._seen_at = 0.0
        self._note: str | None = None

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._paint(is_last=True)
        self._live.stop()

    def show(self, seen: Seen) -> None:
        """Draw what was seen."""
        match seen:
            case Answer(document=progress):
                self._progress, self._seen_at = progress, time.monotonic()
                self._note = None
            case Silence(seconds=seconds):
                self._note = f"reconnecting, last update {duration(seconds)} ago"
        self._paint()

    def repaint(self) -> None:
        """Draw the same again: what stands beside it has changed."""
        self._paint()

    @asynccontextmanager
    async def kept_fresh(self) -> AsyncIterator[None]:
        """Repaints within the block: time goes on where nothing else does."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._repaint, name="repaint")
            yield
            group.cancel_scope.cancel()

    async def _repaint(self) -> None:
        while True:
            await anyio.sleep(_REPAINT_SECONDS)
            self._paint()

    def _paint(self, *, is_last: bool = False) -> None:
        if self._progress is None:
            return
        lines = [
            *frame_lines(
                self._aged(self._progress),
                signs=self._screen.signs,
                width=self._screen.out.width,
            )
        ]
        if self._note is not None:
            lines.append(Text(self._note, style="yellow"))
        if not is_last:
            lines.append(Text(self._footer(), style="dim"))
        self._live.update(Group(*lines), refresh=True)

    def _aged(self, progress: ProgressAnswer) -> ProgressAnswer:
        """The same with its running time as of now."""
        if progress.elapsed_seconds is None or progress.terminal:
            return progress
        elapsed = progress.elapsed_seconds + time.monotonic() - self._seen_at
        return progress.model_copy(update={"elapsed_seconds": elapsed})
