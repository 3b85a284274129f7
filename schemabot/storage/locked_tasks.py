"""The tasks of one locked apply, and what this transaction makes of them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Label

from schemabot.domain.endings import TaskFacts
from schemabot.domain.errors import IllegalTransition
from schemabot.domain.ids import TaskId
from schemabot.domain.states import TERMINAL_TASK_STATES, TaskState, task_may_become
from schemabot.storage.packed import Packed
from schemabot.storage.prepared import update_row_later
from schemabot.storage.rows import Columns
from schemabot.storage.tables.schema import applies, tasks
from tern.values.progress import TaskProgress

_UNBEGUN = frozenset({TaskState.PENDING, TaskState.STOPPED, TaskState.CANCELLED})

_WHOLE = Packed(tasks)
_INDEX = "uq_tasks_apply_row_position"


def select_tasks() -> Label[str]:
    """Of a select of applies: their tasks, packed for `LockedTasks`, locked after the apply.

    By their index whatever a server thinks of the table's size: a scan would wait for the tasks of
    every apply that others have locked.
    """
    of_it = _WHOLE.rows(tasks.c.apply_row == applies.c.id).correlate(applies)
    by_index = of_it.with_hint(tasks, f"FORCE INDEX ({_INDEX})", "mysql")
    return by_index.with_for_update().scalar_subquery().label("tasks")


class LockedTasks:
    """Rows in order, read under the apply's lock and locked after it (Q-30)."""

    def __init__(self, tx: Connection, packed: str | None, *, now: datetime) -> None:
        rows = _WHOLE.unpack_rows(packed)
        self._rows = sorted(rows, key=lambda row: row["position"])
        self._tx = tx
        self._now = now
        self._changes: dict[int, dict[str, Any]] = {}

    def __iter__(self) -> Iterator[Columns]:
        return iter(self._rows)

    @property
    def states(self) -> tuple[TaskState, ...]:
        """State of each task in order."""
        return tuple(TaskState(row["state"]) for row in self._rows)

    @property
    def is_changed(self) -> bool:
        """Whether `save` has anything to write."""
        return bool(self._changes)

    def by_id(self) -> dict[str, TaskState]:
        """Task id -> state."""
        return {row["task_id"]: TaskState(row["state"]) for row in self._rows}

    def facts(self, shown: Mapping[str, TaskProgress]) -> tuple[TaskFacts, ...]:
        """Stored states beside the last words of the engine."""
        return tuple(
            TaskFacts(
                task_id=TaskId(row["task_id"]),
                state=TaskState(row["state"]),
                progress=shown.get(row["task_id"]),
            )
            for row in self._rows
        )

    def move(self, place: int, steps: Sequence[TaskState]) -> None:
        """Take one task through legal steps, and stamp its start and end.

        Raises:
            IllegalTransition: a step is not in the matrix.
        """
        for new in steps:
            row = self._rows[place]
            old = TaskState(row["state"])
            if not task_may_become(old, new):
                raise IllegalTransition(subject=row["task_id"], old=old, new=new)
            self.set(place, state=new.value)
            self._stamp(place, new)

    def set(self, place: int, **changes: Any) -> None:  # noqa: ANN401 - row access
        """Change columns of one task; what is as stored already is not written."""
        row = self._rows[place]
        fresh = {name: value for name, value in changes.items() if row[name] != value}
        if fresh:
            row.update(fresh)
            self._changes.setdefault(row["id"], {}).update(fresh)

    def save(self) -> None:
        """Write the changed rows."""
        for row_number, changes in self._changes.items():
            update_row_later(self._tx, tasks, changes, row_number=row_number)
        self._changes = {}

    def _stamp(self, place: int, state: TaskState) -> None:
        if self._rows[place]["started_at"] is None and state not in _UNBEGUN:
            self.set(place, started_at=self._now)
        if state in TERMINAL_TASK_STATES:
            self.set(place, completed_at=self._now, ready=False)
