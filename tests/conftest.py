"""What every test here gets: one event loop kind, and an error for a call that blocks it."""

from collections.abc import Iterator

import pytest
import structlog
from blockbuster import blockbuster_ctx


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """grpclib needs asyncio, so every asynchronous test runs on it alone."""
    return "asyncio"


@pytest.fixture(autouse=True)
def _no_blocking_calls() -> Iterator[None]:
    """A blocking call of our own code on an event loop fails the test."""
    with blockbuster_ctx(["schemabot", "tern", "cli", "webhook"]):
        yield


@pytest.fixture(autouse=True)
def _plain_logs() -> None:
    """Log lines go to the standard log, which pytest shows for a test that fails."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
