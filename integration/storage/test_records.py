"""The contracts of plans, keys, logs, locks, registry and audit on MariaDB and MySQL."""

from tests.contracts.lock import LockContract
from tests.contracts.records import (
    IdempotencyContract,
    LogContract,
    PlanContract,
    RegistryContract,
)


class TestPlans(PlanContract):
    """On MariaDB and MySQL."""


class TestIdempotency(IdempotencyContract):
    """On MariaDB and MySQL."""


class TestLogs(LogContract):
    """On MariaDB and MySQL."""


class TestRegistry(RegistryContract):
    """On MariaDB and MySQL."""


class TestLocks(LockContract):
    """On MariaDB and MySQL."""
