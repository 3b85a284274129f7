"""The outage contract on MariaDB and MySQL."""

from tests.contracts.outage import OutageContract


class TestOutages(OutageContract):
    """On MariaDB and MySQL."""
