"""Statements of a beat: extend what holds still, read what is asked, find what is locked."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select, update

from schemabot.domain.control import RequestStatus
from schemabot.domain.execution import Kept, LossReason, Lost, Renewal
from schemabot.domain.ids import ApplyId
from schemabot.domain.lease import Lease
from schemabot.storage.clock import Clock
from schemabot.storage.locked_apply import NOW
from schemabot.storage.rows import Columns, orders_of
from schemabot.storage.tables.schema import applies, control_requests

_STANDING = (
    applies.c.id,
    applies.c.apply_id,
    applies.c.lease_token,
    applies.c.last_lease_token,
    applies.c.lease_epoch,
    applies.c.lease_expires_at,
    applies.c.open_requests,
)


def holding(leases: Sequence[Lease], clock: Clock) -> ColumnElement[bool]:
    """Rows whose token is one of ours and whose expiry has not come: no other is extended."""
    return and_(
        applies.c.apply_id.in_([lease.apply_id for lease in leases]),
        applies.c.lease_token.in_([lease.token for lease in leases]),
        applies.c.lease_expires_at > clock.now(),
    )


def extend(tx: Connection, held: ColumnElement[bool], *, term: timedelta, clock: Clock) -> None:
    """Count the term from DB now, for all that hold."""
    expiry = clock.after(term)
    tx.execute(update(applies).where(held).values(lease_expires_at=expiry, claimable_at=expiry))


def unlocked(tx: Connection, leases: Sequence[Lease]) -> tuple[Lease, ...]:
    """Those whose row nobody holds; their rows are locked now."""
    query = select(applies.c.apply_id).where(
        applies.c.apply_id.in_([lease.apply_id for lease in leases])
    )
    free = set(tx.execute(query.with_for_update(skip_locked=True)).scalars())
    return tuple(lease for lease in leases if lease.apply_id in free)


def look(tx: Connection, leases: Sequence[Lease], clock: Clock) -> Renewal:
    """What a successful read says of each lease, after the extension (Q-23)."""
    query = select(*_STANDING, clock.now().label(NOW)).where(
        applies.c.apply_id.in_([lease.apply_id for lease in leases])
    )
    rows: dict[str, Columns] = {row["apply_id"]: row for row in tx.execute(query).mappings()}
    losses = {lease: _loss_of(lease, rows.get(lease.apply_id)) for lease in leases}
    kept = [rows[lease.apply_id] for lease, loss in losses.items() if loss is None]
    asked = _asked(tx, [row for row in kept if row["open_requests"]])
    return Renewal(
        kept=tuple(
            _kept(lease, rows[lease.apply_id], asked) for lease in leases if losses[lease] is None
        ),
        lost=tuple(
            Lost(lease=lease, reason=loss) for lease, loss in losses.items() if loss is not None
        ),
    )


def _loss_of(lease: Lease, row: Columns | None) -> LossReason | None:
    if row is None:
        return LossReason.FINISHED
    if row["lease_token"] != lease.token:
        is_ours_ended = row["last_lease_token"] == lease.token or row["lease_token"] is None
        return LossReason.FINISHED if is_ours_ended else LossReason.OTHER_TOKEN
    return LossReason.EXPIRED if row["lease_expires_at"] <= row[NOW] else None


def _kept(lease: Lease, row: Columns, asked: dict[int, list[Columns]]) -> Kept:
    renewed = Lease(
        apply_id=lease.apply_id,
        owner=lease.owner,
        token=lease.token,
        epoch=lease.epoch,
        expires_at=row["lease_expires_at"],
    )
    return Kept(lease=renewed, orders=orders_of(asked.get(row["id"], []), ApplyId(lease.apply_id)))


def _asked(tx: Connection, rows: Sequence[Columns]) -> dict[int, list[Columns]]:
    if not rows:
        return {}
    query = select(control_requests).where(
        control_requests.c.apply_row.in_([row["id"] for row in rows]),
        control_requests.c.status == RequestStatus.PENDING.value,
    )
    by_apply: dict[int, list[Any]] = {}
    for row in tx.execute(query).mappings():
        by_apply.setdefault(row["apply_row"], []).append(row)
    return by_apply
