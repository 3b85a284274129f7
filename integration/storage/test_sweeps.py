"""The sweep contract on MariaDB and MySQL."""

from tests.contracts.sweeps import SweepContract


class TestSweeps(SweepContract):
    """On MariaDB and MySQL."""
