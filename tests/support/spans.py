"""A sink that keeps spans, so that tests can await them instead of sleeping."""

from collections.abc import Callable

import anyio

from schemabot.telemetry.span import Span

_STEP_SECONDS = 0.005


class SeenSpans:
    """Every span so far; `until` waits for one that is over."""

    def __init__(self) -> None:
        self.spans: list[Span] = []

    def __call__(self, span: Span) -> None:
        if span.is_over:
            self.spans.append(span)

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.name == name]

    async def until(self, name: str, *, count: int = 1, **fields: object) -> list[Span]:
        def found() -> list[Span]:
            return [s for s in self.named(name) if fields.items() <= s.fields.items()]

        await eventually(lambda: len(found()) >= count)
        return found()


async def eventually(holds: Callable[[], object], *, within_seconds: float = 20) -> None:
    """Return once it holds; fail when it doesn't in time."""
    with anyio.move_on_after(within_seconds):
        while not holds():  # noqa: ASYNC110 (what holds may lie in a database)
            await anyio.sleep(_STEP_SECONDS)
        return
    raise AssertionError(f"did not come true within {within_seconds} s")
