"""Who claims, who listens for wakes, who has gone silent."""

from datetime import timedelta

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from schemabot.domain.apply import Lane
from schemabot.domain.worker import Worker, WorkerReport
from schemabot.storage.database import Database
from schemabot.storage.json_values import WORKER_REPORT
from schemabot.storage.rows import Columns
from schemabot.storage.tables.schema import workers


class WorkerStore:
    """The registry of processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def beat(self, report: WorkerReport) -> None:
        """Register, or say that it lives and how it is; the time is the database's (A-43)."""
        self._database.write(lambda tx: self._beat(tx, report))

    def retire(self, worker_id: str) -> None:
        """Forget a process that ended in order; nothing happens when it is unknown."""
        mine = workers.c.worker_id == worker_id
        self._database.write(lambda tx: tx.execute(delete(workers).where(mine)))

    def list(self, *, silence: timedelta, kind: Lane | None = None) -> tuple[Worker, ...]:
        """All registered processes, newest first; live when heard of within `silence`."""
        is_live = workers.c.heartbeat_at > self._database.clock.after(-silence)
        query = select(workers, is_live.label("is_live")).order_by(workers.c.id.desc())
        if kind is not None:
            query = query.where(workers.c.kind == kind.value)
        rows = self._database.read(lambda tx: tx.execute(query).mappings().all())
        return tuple(_worker_of(row) for row in rows)

    def prune(self, *, silence: timedelta) -> int:
        """Remove processes that were silent for longer; how many."""
        is_gone = workers.c.heartbeat_at <= self._database.clock.after(-silence)
        return self._database.write(lambda tx: tx.execute(delete(workers).where(is_gone)).rowcount)

    def _beat(self, tx: Connection, report: WorkerReport) -> None:
        now = self._database.clock.now()
        mine = workers.c.worker_id == report.worker_id
        seen = {
            "kind": report.kind.value,
            "report": WORKER_REPORT.dump(report),
            "heartbeat_at": now,
            "draining": report.draining,
        }
        if tx.execute(update(workers).where(mine).values(**seen)).rowcount:
            return
        first = {"worker_id": report.worker_id, "started_at": now}
        try:
            tx.execute(insert(workers).values(**{**seen, **first}))
        except IntegrityError:
            tx.execute(update(workers).where(mine).values(**seen))


def _worker_of(row: Columns) -> Worker:
    return Worker(
        report=WORKER_REPORT.load(row["report"]),
        started_at=row["started_at"],
        last_seen_at=row["heartbeat_at"],
        is_live=bool(row["is_live"]),
    )
