"""A span is one unit of work with a start, an end or a failure, and a duration.

Whoever works opens spans; whoever watches (log, metrics, tests) is a sink. Sinks are called on the
worker's own thread or task, at the start and at the end, and neither block nor raise.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Span:
    """One unit of work; `seconds` is None until it is over."""

    name: str
    fields: dict[str, object] = field(default_factory=dict)
    seconds: float | None = None
    error: BaseException | None = None

    @property
    def is_over(self) -> bool:
        """Whether it has ended, well or not."""
        return self.seconds is not None

    def note(self, **fields: object) -> None:
        """Add what became known on the way."""
        self.fields.update(fields)


Sink = Callable[[Span], None]


class Spans:
    """Opens spans and shows each of them to all sinks."""

    def __init__(self, *sinks: Sink) -> None:
        self._sinks = sinks

    @contextmanager
    def span(self, name: str, **fields: object) -> Iterator[Span]:
        """A span around the block; what the block raises ends it and passes through."""
        span = Span(name=name, fields=fields)
        begun = time.monotonic()
        self._show(span)
        try:
            yield span
        except BaseException as error:
            span.error = error
            raise
        finally:
            span.seconds = time.monotonic() - begun
            self._show(span)

    def _show(self, span: Span) -> None:
        for sink in self._sinks:
            sink(span)
