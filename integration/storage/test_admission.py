"""The admission contracts on MariaDB and MySQL."""

from tests.contracts.admission import AdmissionContract, ApplyReadsContract, QueuePlaceContract


class TestAdmission(AdmissionContract):
    """On MariaDB and MySQL."""


class TestApplyReads(ApplyReadsContract):
    """On MariaDB and MySQL."""


class TestQueuePlace(QueuePlaceContract):
    """On MariaDB and MySQL."""
