"""The admission contracts on SQLite."""

from tests.contracts.admission import AdmissionContract, ApplyReadsContract, QueuePlaceContract


class TestAdmission(AdmissionContract):
    """On SQLite."""


class TestApplyReads(ApplyReadsContract):
    """On SQLite."""


class TestQueuePlace(QueuePlaceContract):
    """On SQLite."""
