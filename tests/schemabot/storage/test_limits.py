"""The contract of limits on SQLite."""

from tests.contracts.limits import LimitContract


class TestLimits(LimitContract):
    """On SQLite."""
