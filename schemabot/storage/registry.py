"""Which registered processes could serve an apply (A-33, Q-53)."""

from datetime import timedelta

from sqlalchemy import Connection, select

from schemabot.domain.scope import ANY, Scope
from schemabot.storage.clock import Clock
from schemabot.storage.json_values import WORKER_REPORT
from schemabot.storage.rows import Columns
from schemabot.storage.tables.schema import workers

SILENCE = timedelta(seconds=30)
"""A process that was not heard of for this long counts as gone (W-12)."""


def can_be_served(tx: Connection, row: Columns, clock: Clock) -> bool:
    """Whether a live process of the apply's lane and scope is registered and not draining."""
    query = select(workers.c.report).where(
        workers.c.kind == row["lane"],
        workers.c.draining.is_(False),
        workers.c.heartbeat_at > clock.after(-SILENCE),
    )
    reports = (WORKER_REPORT.load(text) for text in tx.execute(query).scalars())
    return any(_covers(scope, row) for report in reports for scope in report.scopes)


def _covers(scope: Scope, row: Columns) -> bool:
    is_environment = scope.environment in {ANY, row["environment"]}
    return is_environment and scope.database in {ANY, row["database_name"]}
