"""The control contracts on SQLite."""

from tests.contracts.control import (
    CancelContract,
    StartContract,
    StopContract,
)
from tests.contracts.other_requests import OtherRequestsContract


class TestStop(StopContract):
    """On SQLite."""


class TestCancel(CancelContract):
    """On SQLite."""


class TestStart(StartContract):
    """On SQLite."""


class TestOtherRequests(OtherRequestsContract):
    """On SQLite."""
