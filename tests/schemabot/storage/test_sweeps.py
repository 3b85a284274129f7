"""The sweep contract on SQLite."""

from tests.contracts.sweeps import SweepContract


class TestSweeps(SweepContract):
    """On SQLite."""
