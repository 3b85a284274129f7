"""The lease contracts on MariaDB and MySQL."""

from tests.contracts.drive_end import (
    EndContract,
    LockReleaseContract,
    RefusalContract,
    ReportContract,
)
from tests.contracts.lease import BeatContract, ClaimContract, FenceContract


class TestClaims(ClaimContract):
    """On MariaDB and MySQL."""


class TestBeats(BeatContract):
    """On MariaDB and MySQL."""


class TestFences(FenceContract):
    """On MariaDB and MySQL."""


class TestEnds(EndContract):
    """On MariaDB and MySQL."""


class TestRefusals(RefusalContract):
    """On MariaDB and MySQL."""


class TestLockRelease(LockReleaseContract):
    """On MariaDB and MySQL."""


class TestReports(ReportContract):
    """On MariaDB and MySQL."""
