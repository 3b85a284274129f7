"""Structured logs: one event a line, with what its task has bound (A-61).

`tern` and libraries speak through the standard `logging`; their lines go through the same chain.
"""

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from schemabot.telemetry.span import Span, Spans

_log = structlog.stdlib.get_logger("schemabot")
_stdlib = logging.getLogger("schemabot")


def configure_logs(
    *, level: str, as_json: bool | None = None, stream: TextIO | None = None
) -> None:
    """Send every log line of this process to `stream`, standard error unless named.

    Args:
        level: `debug`, `info`, `warning` or `error`.
        as_json: One JSON object a line; None: unless the stream is a terminal.
        stream: Where the lines go.
    """
    out = stream or sys.stderr
    for_people = out.isatty() if as_json is None else not as_json
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
        _code_of_error,
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(_formatter(shared, for_people=for_people, colors=out.isatty()))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())


def log_span(span: Span) -> None:
    """A sink: one line per span that is over; a failure is a warning, the rest for debugging."""
    is_failure = isinstance(span.error, Exception)
    if not span.is_over or not (is_failure or _stdlib.isEnabledFor(logging.DEBUG)):
        return
    facts = {**span.fields, "seconds": round(span.seconds or 0.0, 6)}
    if is_failure:
        _log.warning(span.name, error=span.error, **facts)
    else:
        _log.debug(span.name, **facts)


def quiet_spans() -> Spans:
    """Spans that are only logged."""
    return Spans(log_span)


def _code_of_error(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """An exception given as `error` becomes its class, code and message."""
    error = event.get("error")
    if isinstance(error, BaseException):
        event["error"] = str(error)
        event["error_class"] = type(error).__name__
        event["error_code"] = getattr(error, "code", "internal_error")
    return event


def _formatter(
    shared: list[Processor], *, for_people: bool, colors: bool
) -> structlog.stdlib.ProcessorFormatter:
    last: Processor = (
        structlog.dev.ConsoleRenderer(colors=colors, timestamp_key="ts")
        if for_people
        else structlog.processors.JSONRenderer(default=str)
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
    )
