"""The control contracts on MariaDB and MySQL."""

from tests.contracts.control import (
    CancelContract,
    StartContract,
    StopContract,
)
from tests.contracts.other_requests import OtherRequestsContract


class TestStop(StopContract):
    """On MariaDB and MySQL."""


class TestCancel(CancelContract):
    """On MariaDB and MySQL."""


class TestStart(StartContract):
    """On MariaDB and MySQL."""


class TestOtherRequests(OtherRequestsContract):
    """On MariaDB and MySQL."""
