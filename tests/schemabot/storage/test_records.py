"""The contracts of plans, keys, logs, locks, registry and audit on SQLite."""

from tests.contracts.lock import LockContract
from tests.contracts.records import (
    IdempotencyContract,
    LogContract,
    PlanContract,
    RegistryContract,
)


class TestPlans(PlanContract):
    """On SQLite."""


class TestIdempotency(IdempotencyContract):
    """On SQLite."""


class TestLogs(LogContract):
    """On SQLite."""


class TestRegistry(RegistryContract):
    """On SQLite."""


class TestLocks(LockContract):
    """On SQLite."""
