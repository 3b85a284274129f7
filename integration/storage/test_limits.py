"""The contract of limits on MariaDB and MySQL."""

from tests.contracts.limits import LimitContract


class TestLimits(LimitContract):
    """On MariaDB and MySQL."""
