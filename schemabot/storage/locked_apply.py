"""One apply under its row lock: what is stored, and what this transaction makes of it.

Whoever changes an apply locks its row first, then its tasks, then its requests (Q-30), collects the
changes here, and writes them by one `save`. So no change of state, lease or request can forget the
claim columns, the version or the log, and none outside the matrix can be written.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Connection, Row, Select, exists, select

from schemabot.domain.errors import IllegalTransition
from schemabot.domain.event import Level, NewEvent
from schemabot.domain.execution import Recorded
from schemabot.domain.ids import ApplyId
from schemabot.domain.states import ApplyState, apply_may_become, is_terminal
from schemabot.storage.claim_order import claim_columns
from schemabot.storage.clock import Clock, Instant
from schemabot.storage.columns import UtcMicros
from schemabot.storage.json_values import TEXTS
from schemabot.storage.locked_tasks import LockedTasks, select_tasks
from schemabot.storage.open_requests import OpenRequests
from schemabot.storage.packed import Packed
from schemabot.storage.prepared import insert_row_later, insert_rows_later, update_row_later
from schemabot.storage.rows import Columns
from schemabot.storage.tables.schema import applies, apply_logs, database_locks
from tern.errors import SchemaBotError

NOW = "db_now"
"""Name under which a locking read brings the database's clock."""

LOCKED = "is_database_locked"
"""Name under which it says whether anybody holds the lock of the apply's database."""

_WHOLE = Packed(applies, beside={NOW: UtcMicros(), LOCKED: Boolean()})
_LOCKED = exists().where(
    database_locks.c.database_name == applies.c.database_name,
    database_locks.c.database_type == applies.c.database_type,
)


def select_locked(clock: Clock, *, skip_locked: bool = False) -> Select[Any]:
    """Whole applies with DB now and their tasks, for `LockedApply`, locked for this transaction."""
    whole = _WHOLE.column(clock.now(), _LOCKED)
    whole_with_tasks: Select[Any] = select(whole).add_columns(select_tasks())
    return whole_with_tasks.with_for_update(skip_locked=skip_locked)


class LockedApply:
    """The row's columns with this transaction's changes over them."""

    def __init__(self, tx: Connection, found: Row[Any], clock: Clock) -> None:
        self._tx = tx
        self._row = _WHOLE.unpack(found.packed)
        self._packed_tasks: str | None = found.tasks
        self._clock = clock
        self._changes: dict[str, Any] = {}
        self._events: list[NewEvent] = []
        self._tasks: LockedTasks | None = None
        self._requests: OpenRequests | None = None

    def __getitem__(self, column: str) -> Any:  # noqa: ANN401 - row access
        """The column as it stands now; a change may be an expression."""
        return self._changes[column] if column in self._changes else self._row[column]

    @property
    def apply_id(self) -> ApplyId:
        """Its id."""
        return ApplyId(self._row["apply_id"])

    @property
    def columns(self) -> Columns:
        """The row as it stands now."""
        return {**self._row, **self._changes}

    @property
    def state(self) -> ApplyState:
        """Its state as this transaction has it."""
        return ApplyState(self["state"])

    @property
    def now(self) -> datetime:
        """DB now, as the locking read saw it."""
        now: datetime = self._row[NOW]
        return now

    @property
    def tasks(self) -> LockedTasks:
        """Its tasks, locked with it."""
        if self._tasks is None:
            self._tasks = LockedTasks(self._tx, self._packed_tasks, now=self.now)
        return self._tasks

    @property
    def requests(self) -> OpenRequests:
        """Its open control requests, read when first asked for; none is no query."""
        if self._requests is None:
            self._requests = OpenRequests(
                self._tx,
                apply_row=self._row["id"],
                clock=self._clock,
                expected=self._row["open_requests"],
            )
        return self._requests

    def set(self, **changes: Any) -> None:  # noqa: ANN401 - row access
        """Change columns other than state and the claim columns."""
        self._changes.update(changes)

    def move(self, steps: Sequence[ApplyState]) -> None:
        """Take legal steps from state to state; each is logged.

        Raises:
            IllegalTransition: a step is not in the matrix.
        """
        for new in steps:
            old = self.state
            if not apply_may_become(old, new):
                raise IllegalTransition(subject=self.apply_id, old=old, new=new)
            self._changes["state"] = new.value
            self.log("state_changed", f"{old} -> {new}", old_state=old.value, new_state=new.value)
        if steps:
            self.set(state_since=self._clock.now())
        if steps and is_terminal(self.state):
            self.set(active_target=None, completed_at=self._clock.now(), retry_after=None)

    def log(self, event: str, message: str, *, level: Level = Level.INFO, **more: Any) -> None:  # noqa: ANN401
        """A line of the control plane for the apply's log."""
        self._events.append(NewEvent(event=event, message=message, level=level, **more))

    def add_lines(self, lines: Sequence[NewEvent]) -> None:
        """Lines of whoever, for the apply's log."""
        self._events.extend(lines)

    def show_error(self, error: SchemaBotError) -> None:
        """Make it the apply's own error, and log it."""
        self.set(error_code=error.code, error_message=error.message)
        self.log("failed", error.message, level=Level.ERROR, fields={"code": error.code})

    def save(self) -> None:
        """Write everything; nothing may be changed afterwards."""
        is_changed = bool(self._changes or self._events)
        if self._tasks is not None:
            is_changed |= self._tasks.is_changed
            self._tasks.save()
        if self._requests is not None:
            self._requests.save()
            is_changed |= self._requests.count != self._row["open_requests"]
            self._changes["open_requests"] = self._requests.count
        if is_changed:
            self._write_row()
        append_events(self._tx, self.apply_id, self._events, at=self.now)

    def answer(self, **more: Any) -> Recorded:  # noqa: ANN401 - fields of Recorded
        """What a worker-side write says of it."""
        return Recorded(
            state=self.state,
            orders=self.requests.orders(self.apply_id),
            task_states=self.tasks.by_id(),
            **more,
        )

    def _write_row(self) -> None:
        values = {
            **self._changes,
            **claim_columns(self.columns, self._clock),
            "version": self._row["version"] + 1,
            "updated_at": self._clock.now(),
        }
        update_row_later(self._tx, applies, values, row_number=self._row["id"])


def append_events(
    tx: Connection, apply_id: ApplyId, events: Sequence[NewEvent], *, at: datetime | Instant
) -> None:
    """Insert lines in their order; several are all at an instant that is known already."""
    rows = [
        {
            "apply_id": apply_id,
            "at": at,
            "level": line.level.value,
            "event": line.event,
            "source": line.source.value,
            "task_id": line.task_id,
            "message": line.message,
            "old_state": line.old_state,
            "new_state": line.new_state,
            "fields_json": TEXTS.dump(line.fields),
        }
        for line in events
    ]
    if len(rows) == 1:
        insert_row_later(tx, apply_logs, rows[0])
    else:
        insert_rows_later(tx, apply_logs, rows)
