"""The control contracts on SQLite."""

from tests.contracts.control import (
    CancelContract,
    OtherRequestsContract,
    StartContract,
    StopContract,
)


class TestStop(StopContract):
    """On SQLite."""


class TestCancel(CancelContract):
    """On SQLite."""


class TestStart(StartContract):
    """On SQLite."""


class TestOtherRequests(OtherRequestsContract):
    """On SQLite."""
