"""The log of each apply."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, select

from schemabot.domain.event import Event, EventFilter, Level, NewEvent, Source
from schemabot.domain.ids import ApplyId, TaskId
from schemabot.storage.database import Database
from schemabot.storage.json_values import TEXTS
from schemabot.storage.locked_apply import append_events
from schemabot.storage.rows import Columns
from schemabot.storage.tables.schema import apply_logs


class EventStore:
    """Append and read; nothing is changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, apply_id: ApplyId, events: Sequence[NewEvent]) -> None:
        """Lines of the control plane for an apply's log. Worker lines go through a lease."""
        self._database.write(lambda tx: self._append(tx, apply_id, events))

    def list(self, apply_id: ApplyId, wanted: EventFilter, *, limit: int) -> tuple[Event, ...]:
        """Lines, oldest first: the newest ones, or those after an id (A-36)."""
        query = _conditions(select(apply_logs).where(apply_logs.c.apply_id == apply_id), wanted)
        if wanted.after_id is None:
            newest = query.order_by(apply_logs.c.id.desc()).limit(limit)
            rows = self._database.read(lambda tx: tx.execute(newest).mappings().all())[::-1]
        else:
            following = query.where(apply_logs.c.id > wanted.after_id).order_by(apply_logs.c.id)
            rows = self._database.read(
                lambda tx: tx.execute(following.limit(limit)).mappings().all()
            )
        return tuple(_event_of(row) for row in rows)

    def _append(self, tx: Connection, apply_id: ApplyId, events: Sequence[NewEvent]) -> None:
        now = tx.execute(select(self._database.clock.now())).scalar_one()
        append_events(tx, apply_id, events, at=now)


def _conditions(query: Select[Any], wanted: EventFilter) -> Select[Any]:
    if wanted.level is not None:
        query = query.where(apply_logs.c.level == wanted.level.value)
    if wanted.source is not None:
        query = query.where(apply_logs.c.source == wanted.source.value)
    if wanted.task_id is not None:
        query = query.where(apply_logs.c.task_id == wanted.task_id)
    return query


def _event_of(row: Columns) -> Event:
    return Event(
        id=row["id"],
        apply_id=ApplyId(row["apply_id"]),
        at=row["at"],
        event=row["event"],
        message=row["message"],
        level=Level(row["level"]),
        source=Source(row["source"]),
        task_id=None if row["task_id"] is None else TaskId(row["task_id"]),
        old_state=row["old_state"],
        new_state=row["new_state"],
        fields=TEXTS.load(row["fields_json"]),
    )
