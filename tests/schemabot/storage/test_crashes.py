"""The crash contract on SQLite."""

from tests.contracts.crash import CrashContract


class TestCrashes(CrashContract):
    """On SQLite."""
