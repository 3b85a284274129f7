"""The crash contract on MariaDB and MySQL."""

from tests.contracts.crash import CrashContract


class TestCrashes(CrashContract):
    """On MariaDB and MySQL."""
