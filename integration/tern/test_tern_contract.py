"""LocalTern keeps a Tern's promises on real servers; the binary log is the judge."""

from tests.contracts.tern import TernContract, TernInterruptionContract


class TestLocalTern(TernContract):
    """Runs to their end."""


class TestInterruptedLocalTern(TernInterruptionContract):
    """Runs that end before it."""
