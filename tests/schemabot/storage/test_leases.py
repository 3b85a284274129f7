"""The lease contracts on SQLite."""

from tests.contracts.drive_end import (
    EndContract,
    LockReleaseContract,
    RefusalContract,
    ReportContract,
)
from tests.contracts.lease import BeatContract, ClaimContract, FenceContract


class TestClaims(ClaimContract):
    """On SQLite."""


class TestBeats(BeatContract):
    """On SQLite."""


class TestFences(FenceContract):
    """On SQLite."""


class TestEnds(EndContract):
    """On SQLite."""


class TestRefusals(RefusalContract):
    """On SQLite."""


class TestLockRelease(LockReleaseContract):
    """On SQLite."""


class TestReports(ReportContract):
    """On SQLite."""
