"""The door to remembering: every store over one database."""

from schemabot.domain.limits import Limits
from schemabot.domain.retry import RetryPolicy
from schemabot.storage.applies import ApplyStore
from schemabot.storage.audit import AuditStore
from schemabot.storage.controls import ControlStore
from schemabot.storage.copies import CopyStore
from schemabot.storage.database import Database
from schemabot.storage.events import EventStore
from schemabot.storage.idempotency import IdempotencyStore
from schemabot.storage.leases import LeaseStore
from schemabot.storage.locks import LockStore
from schemabot.storage.plans import PlanStore
from schemabot.storage.settings import SettingStore
from schemabot.storage.sweeps import Sweeps
from schemabot.storage.workers import WorkerStore


class Storage:
    """The stores; each public method of a store is one transaction.

    Sync: call it from threads, never from an event loop.
    """

    def __init__(
        self,
        database: Database,
        *,
        retry: RetryPolicy | None = None,
        limits: Limits | None = None,
    ) -> None:
        policy = retry or RetryPolicy()
        self.database = database
        self.plans = PlanStore(database)
        self.leases = LeaseStore(database, retry=policy, limits=limits)
        self.applies = ApplyStore(database, limits=limits)
        self.controls = ControlStore(database)
        self.copies = CopyStore(database)
        self.events = EventStore(database)
        self.locks = LockStore(database)
        self.workers = WorkerStore(database)
        self.idempotency = IdempotencyStore(database)
        self.settings = SettingStore(database)
        self.audit = AuditStore(database)
        self.sweeps = Sweeps(database, retry=policy, controls=self.controls)
