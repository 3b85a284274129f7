"""Every table of storage, as expressions are built over them and as revisions must create them."""

from sqlalchemy import MetaData, Table

from schemabot.storage.tables.applies import ApplyRow
from schemabot.storage.tables.audit import AuditRow
from schemabot.storage.tables.controls import ControlRow
from schemabot.storage.tables.events import EventRow
from schemabot.storage.tables.idempotency import IdempotencyRow
from schemabot.storage.tables.limits import LimitRow
from schemabot.storage.tables.locks import LockRow
from schemabot.storage.tables.plans import PlanOriginalRow, PlanRow, SchemaTextRow
from schemabot.storage.tables.row import Row
from schemabot.storage.tables.settings import SettingRow
from schemabot.storage.tables.tasks import TaskRow
from schemabot.storage.tables.workers import WorkerRow

SCHEMA: MetaData = Row.metadata


def _table(row: type[Row]) -> Table:
    return SCHEMA.tables[str(row.__tablename__)]


applies = _table(ApplyRow)
tasks = _table(TaskRow)
plans = _table(PlanRow)
plan_originals = _table(PlanOriginalRow)
schema_texts = _table(SchemaTextRow)
control_requests = _table(ControlRow)
apply_logs = _table(EventRow)
database_locks = _table(LockRow)
workers = _table(WorkerRow)
lease_limits = _table(LimitRow)
idempotency_keys = _table(IdempotencyRow)
settings = _table(SettingRow)
audit = _table(AuditRow)
