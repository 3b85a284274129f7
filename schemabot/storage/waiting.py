"""Why an apply waits, from rows alone (A-33, Q-14)."""

from sqlalchemy import Connection, Select, and_, func, or_, select

from schemabot.domain.errors import ApplyNotFound
from schemabot.domain.ids import ApplyId
from schemabot.domain.queue_place import QueuePlace, WaitReason
from schemabot.domain.states import ApplyState, is_terminal
from schemabot.storage.clock import Clock
from schemabot.storage.limits import LimitChecks
from schemabot.storage.locked_apply import NOW
from schemabot.storage.registry import can_be_served
from schemabot.storage.rows import Columns
from schemabot.storage.tables.schema import applies


def place_of(
    tx: Connection, apply_id: ApplyId, *, clock: Clock, limits: LimitChecks
) -> QueuePlace | None:
    """Its place among those that wait; None when it is driven or has ended.

    Raises:
        ApplyNotFound: a successful read found none.
    """
    query = select(applies, clock.now().label(NOW)).where(applies.c.apply_id == apply_id)
    row = tx.execute(query).mappings().first()
    if row is None:
        raise ApplyNotFound(apply_id=apply_id)
    is_driven = row["lease_token"] is not None and row["lease_expires_at"] > row[NOW]
    if is_driven or is_terminal(ApplyState(row["state"])):
        return None
    due_at = row["claimable_at"]
    if due_at is None or due_at > row[NOW]:
        return _not_due(row)
    return _due(tx, row, clock=clock, limits=limits)


def _not_due(row: Columns) -> QueuePlace:
    due_at = row["claimable_at"]
    due_in = None if due_at is None else (due_at - row[NOW]).total_seconds()
    return QueuePlace(reason=_reason_not_due(row), due_at=due_at, due_in_seconds=due_in)


def _reason_not_due(row: Columns) -> WaitReason:
    if row["state"] == ApplyState.FAILED_RETRYABLE:
        return WaitReason.RETRY_WAIT
    not_before = row["not_before"]
    if not_before is not None and not_before > row[NOW]:
        return WaitReason.SCHEDULED
    return WaitReason.PARKED


def _due(tx: Connection, row: Columns, *, clock: Clock, limits: LimitChecks) -> QueuePlace:
    ahead = tx.execute(_ahead(row, clock)).scalar_one()
    if not can_be_served(tx, row, clock):
        reason = WaitReason.NO_CAPABLE_WORKER
    elif limits.is_full(tx, row):
        reason = WaitReason.LIMIT_REACHED
    elif ahead:
        reason = WaitReason.NO_FREE_WORKER
    else:
        reason = WaitReason.NEXT
    return QueuePlace(reason=reason, position=ahead + 1, due_at=row["claimable_at"])


def _ahead(row: Columns, clock: Clock) -> Select[int]:
    is_earlier = or_(
        applies.c.claimable_at < row["claimable_at"],
        and_(applies.c.claimable_at == row["claimable_at"], applies.c.id < row["id"]),
    )
    same_rank_first = and_(applies.c.claim_rank == row["claim_rank"], is_earlier)
    return select(func.count()).where(
        applies.c.lane == row["lane"],
        applies.c.claimable_at <= clock.now(),
        or_(applies.c.claim_rank < row["claim_rank"], same_rank_first),
    )
