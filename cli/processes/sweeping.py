"""The data plane's own chore: what dead plans left on its targets goes (P-17)."""

from datetime import timedelta
from functools import partial

import structlog

from schemabot.periodic import Pace, run_periodically
from schemabot.telemetry.span import Spans
from tern.local.tern import LocalTern

_log = structlog.stdlib.get_logger(__name__)

EVERY = timedelta(hours=1)


async def keep_swept(tern: LocalTern, spans: Spans) -> None:
    """Sweep at once and then hourly, until cancelled; what is left alone is logged."""
    await run_periodically(
        partial(_sweep, tern),
        pace=Pace(interval=EVERY),
        span=lambda: spans.span("scratch_sweep"),
        on_error=lambda error: _log.warning("scratch_sweep.failed", error=error),
    )


async def _sweep(tern: LocalTern) -> None:
    for line in await tern.sweep():
        _log.warning("scratch_sweep.left", reason=line)
