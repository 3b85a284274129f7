"""The control requests of one locked apply, and how each of them ends."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, update

from schemabot.domain.control import ControlRequest, Operation, RequestStatus
from schemabot.domain.execution import Order
from schemabot.domain.ids import ApplyId, RequestId
from schemabot.storage.clock import Clock
from schemabot.storage.rows import Columns, orders_of, request_id_of, request_of
from schemabot.storage.tables.schema import control_requests


class OpenRequests:
    """Rows of one apply, read under its lock and locked after it (Q-30)."""

    def __init__(self, tx: Connection, *, apply_row: int, clock: Clock, expected: int) -> None:
        self._tx = tx
        self._apply_row = apply_row
        self._clock = clock
        self._rows: dict[Operation, dict[str, Any]] = {}
        self._changes: dict[int, dict[str, Any]] = {}
        if expected:
            self._read()

    @property
    def count(self) -> int:
        """How many are open."""
        return sum(self._is_open(row) for row in self._rows.values())

    def operations(self) -> dict[Operation, int | None]:
        """Operation -> value of each open request."""
        return {
            operation: row["value"] for operation, row in self._rows.items() if self._is_open(row)
        }

    def orders(self, apply_id: ApplyId) -> tuple[Order, ...]:
        """The open ones as their worker gets them."""
        return orders_of(tuple(self._rows.values()), apply_id)

    def rows(self) -> Sequence[Columns]:
        """The rows of the open ones."""
        return tuple(row for row in self._rows.values() if self._is_open(row))

    def is_open(self, operation: Operation) -> bool:
        """Whether this operation is asked for and not ended."""
        row = self._rows.get(operation)
        return row is not None and self._is_open(row)

    def shown(self, operation: Operation, apply_id: ApplyId) -> ControlRequest:
        """The row of an operation that was asked for, as it is stored now."""
        self._read()
        return request_of(self._rows[operation], apply_id)

    def arm(self, operation: Operation, *, caller: str, value: int | None) -> None:
        """Open a request: a new row, or the old one with the next generation."""
        self._read()
        row = self._rows.get(operation)
        fresh = {
            "status": RequestStatus.PENDING.value,
            "requested_by": caller,
            "value": value,
            "outcome": None,
            "message": None,
            "resolved_at": None,
            "created_at": self._clock.now(),
        }
        if row is None:
            keys = {"apply_row": self._apply_row, "operation": operation.value, "generation": 1}
            self._tx.execute(insert(control_requests).values(**keys, **fresh))
        else:
            fresh["generation"] = row["generation"] + 1
            self._update(row["id"], fresh)
        self._read()

    def end(
        self,
        operation: Operation,
        *,
        status: RequestStatus,
        outcome: str,
        message: str | None = None,
    ) -> None:
        """Close the open request of this operation; nothing happens when there is none."""
        row = self._rows.get(operation)
        if row is None or not self._is_open(row):
            return
        ended = {"status": status.value, "outcome": outcome, "message": message}
        row.update(ended)
        self._changes[row["id"]] = {**ended, "resolved_at": self._clock.now()}

    def by_id(self, request_id: RequestId) -> Operation | None:
        """The operation of an open request; None for an ended or an older one."""
        for operation, row in self._rows.items():
            if self._is_open(row) and request_id_of(row) == request_id:
                return operation
        return None

    def save(self) -> None:
        """Write how requests ended."""
        for row_id, changes in self._changes.items():
            self._update(row_id, changes)
        self._changes = {}

    def _read(self) -> None:
        query = select(control_requests).where(control_requests.c.apply_row == self._apply_row)
        found = self._tx.execute(query.with_for_update()).mappings()
        self._rows = {Operation(row["operation"]): dict(row) for row in found}

    def _update(self, row_id: int, values: dict[str, Any]) -> None:
        statement = update(control_requests).where(control_requests.c.id == row_id)
        self._tx.execute(statement.values(**values))

    @staticmethod
    def _is_open(row: Columns) -> bool:
        return bool(row["status"] == RequestStatus.PENDING)
