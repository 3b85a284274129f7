"""The outage contract on SQLite."""

from tests.contracts.outage import OutageContract


class TestOutages(OutageContract):
    """On SQLite."""
