"""Applies: admission in one transaction, and reads for lists and progress."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, bindparam, func, select

from schemabot.domain.apply import Apply, ApplyFilter, NewApply
from schemabot.domain.errors import ApplyNotFound
from schemabot.domain.event import NewEvent
from schemabot.domain.execution import Claimer, Execution
from schemabot.domain.ids import ApplyId
from schemabot.domain.limits import Limits
from schemabot.domain.page import Page
from schemabot.domain.plan import PlanAtHand
from schemabot.domain.queue_place import QueuePlace
from schemabot.domain.states import ApplyState
from schemabot.storage.admission import Admitted, admit
from schemabot.storage.claim_order import UNSTARTED_RANKS
from schemabot.storage.claiming import ClaimStatements
from schemabot.storage.cursors import read_page
from schemabot.storage.database import Database
from schemabot.storage.limits import LimitChecks
from schemabot.storage.locked_apply import LockedApply, append_events
from schemabot.storage.packed import Packed
from schemabot.storage.plans import PlanStore
from schemabot.storage.prepared import Prepared
from schemabot.storage.rows import Columns, apply_of
from schemabot.storage.tables.schema import applies, tasks
from schemabot.storage.taking import take
from schemabot.storage.waiting import place_of
from tern.values.target import Target

_APPLY, _TASK = Packed(applies), Packed(tasks)
_ONE = Prepared(
    select(_APPLY.column(), _TASK.column().label("task"))
    .select_from(applies.outerjoin(tasks, tasks.c.apply_row == applies.c.id))
    .where(applies.c.apply_id == bindparam("wanted"))
    .order_by(tasks.c.position)
)


class ApplyStore:
    """Create, create and claim, read."""

    def __init__(self, database: Database, *, limits: Limits | None = None) -> None:
        self._database = database
        self._limits = LimitChecks(database, limits or Limits())
        self._claims = ClaimStatements(database.clock)
        self._plans = PlanStore(database)

    def create(self, new: NewApply, *, at_hand: PlanAtHand | None = None) -> Apply:
        """The admitted apply with its tasks, all `pending`, due at once or at `not_before`.

        Args:
            new: To become rows.
            at_hand: Its plan as the open transaction has read it; None reads it.

        Transaction: one for apply, tasks and log (Q-3); after an unanswered COMMIT a read by id
            decides (Q-6). The database's lock is looked at inside it.

        Raises:
            DatabaseLocked: somebody else than `options.lock_owner` (or the caller) holds the lock.
            ActiveApplyExists: the target has one that has not ended (Q-4).
            PlanNotFound: the plan was never stored.
        """
        return self._database.write(
            lambda tx: self._create(tx, new, at_hand), confirm=lambda tx: _read(tx, new.apply_id)
        )

    def create_and_claim(
        self, new: NewApply, claimer: Claimer, *, at_hand: PlanAtHand | None = None
    ) -> tuple[Apply, Execution | None]:
        """As `create`, and in the same transaction the lease, epoch 1 (Q-35, Q-36).

        The apply is as it was created, before the claim.

        The execution is None when the row is not eligible for this claimer, e.g. not due yet.
        Raises: as `create`. After an unanswered COMMIT that was stored, the apply without an
            execution: its lease expires by itself.
        """
        return self._database.write(
            lambda tx: self._create_and_claim(tx, new, at_hand, claimer=claimer),
            confirm=lambda tx: _unclaimed(_read(tx, new.apply_id)),
        )

    def get(self, apply_id: ApplyId) -> Apply:
        """The apply with its tasks in order, from one consistent read.

        Raises:
            ApplyNotFound: a successful read found none.
        """
        return self._database.read(lambda tx: _required(tx, apply_id))

    def find(self, wanted: ApplyFilter, *, limit: int, cursor: str | None = None) -> Page[Apply]:
        """Applies with their tasks, newest first.

        Raises:
            InvalidField: the cursor is not one of this list.
        """
        return self._database.read(
            lambda tx: _find(tx, wanted, limit=limit, cursor=cursor), is_snapshot=True
        )

    def active_on(self, target: Target) -> Apply | None:
        """The one apply of this target that has not ended, if there is one."""
        query = select(applies).where(applies.c.active_target == target.key)
        return self._database.read(
            lambda tx: next(iter(_with_tasks(tx, tx.execute(query).mappings().all())), None),
            is_snapshot=True,
        )

    def state_counts(self, wanted: ApplyFilter) -> Mapping[ApplyState, int]:
        """How many applies are in each state; every state is named, zero included."""
        query = select(applies.c.state, func.count()).where(*_conditions(wanted))
        rows = self._database.read(lambda tx: tx.execute(query.group_by(applies.c.state)).all())
        found = {ApplyState(state): count for state, count in rows}
        return {state: found.get(state, 0) for state in ApplyState}

    def queue_place(self, apply_id: ApplyId) -> QueuePlace | None:
        """Why and behind how many others it waits (A-33); None when it is driven or has ended.

        Raises:
            ApplyNotFound: a successful read found none.
        """
        clock, limits = self._database.clock, self._limits
        return self._database.read(lambda tx: place_of(tx, apply_id, clock=clock, limits=limits))

    def _create(self, tx: Connection, new: NewApply, at_hand: PlanAtHand | None) -> Apply:
        at_hand = at_hand or self._plans.at_hand(new.plan.plan_id)
        admitted = admit(tx, new, at_hand=at_hand, clock=self._database.clock)
        return self._logged(tx, new, admitted)

    def _create_and_claim(
        self, tx: Connection, new: NewApply, at_hand: PlanAtHand | None, *, claimer: Claimer
    ) -> tuple[Apply, Execution | None]:
        clock = self._database.clock
        at_hand = at_hand or self._plans.at_hand(new.plan.plan_id)
        admitted = admit(tx, new, at_hand=at_hand, clock=clock)
        locked = self._claimable(tx, new, claimer)
        if locked is None or self._limits.full_for(tx, locked):
            return self._logged(tx, new, admitted), None
        locked.add_lines([_birth(new)])
        execution = take(locked, claimer, result=new.plan.result, clock=clock)
        return apply_of(admitted.apply, admitted.tasks), execution

    def _claimable(self, tx: Connection, new: NewApply, claimer: Claimer) -> LockedApply | None:
        """The new row by the claim's own condition: the fast path takes nothing else (Q-17)."""
        if not claimer.scopes:
            return None
        rank = UNSTARTED_RANKS[new.options.priority]
        row = self._claims.own(claimer, rank=rank).run(tx, wanted=new.apply_id).first()
        return None if row is None else LockedApply(tx, row, self._database.clock)

    def _logged(self, tx: Connection, new: NewApply, admitted: Admitted) -> Apply:
        append_events(tx, new.apply_id, [_birth(new)], at=self._database.clock.now())
        return apply_of(admitted.apply, admitted.tasks)


def _birth(new: NewApply) -> NewEvent:
    return NewEvent(
        event="created",
        message=f"asked for by {new.caller}",
        new_state=ApplyState.PENDING.value,
    )


def _unclaimed(found: Apply | None) -> tuple[Apply, None] | None:
    return None if found is None else (found, None)


def _read(tx: Connection, apply_id: ApplyId) -> Apply | None:
    rows = _ONE.run(tx, wanted=apply_id).all()
    if not rows:
        return None
    found = [_TASK.unpack(row.task) for row in rows]
    tasks_of_it = [task for task in found if task["id"] is not None]
    return apply_of(_APPLY.unpack(rows[0].packed), tasks_of_it)


def _required(tx: Connection, apply_id: ApplyId) -> Apply:
    found = _read(tx, apply_id)
    if found is None:
        raise ApplyNotFound(apply_id=apply_id)
    return found


def _with_tasks(tx: Connection, rows: Sequence[Columns]) -> tuple[Apply, ...]:
    by_apply: dict[int, list[Columns]] = {row["id"]: [] for row in rows}
    query = select(tasks).where(tasks.c.apply_row.in_(by_apply)).order_by(tasks.c.position)
    if by_apply:
        for task in tx.execute(query).mappings():
            by_apply[task["apply_row"]].append(task)
    return tuple(apply_of(row, by_apply[row["id"]]) for row in rows)


def _find(tx: Connection, wanted: ApplyFilter, *, limit: int, cursor: str | None) -> Page[Apply]:
    query = select(applies).where(*_conditions(wanted))
    rows, following = read_page(tx, query, key=applies.c.id, limit=limit, cursor=cursor)
    return Page(items=_with_tasks(tx, rows), next_cursor=following)


def _conditions(wanted: ApplyFilter) -> list[ColumnElement[bool]]:
    equal = {
        applies.c.database_name: wanted.database,
        applies.c.database_type: wanted.database_type,
        applies.c.environment: wanted.environment,
        applies.c.deployment: wanted.deployment,
        applies.c.caller: wanted.caller,
    }
    conditions = [column == str(value) for column, value in equal.items() if value is not None]
    if wanted.states:
        conditions.append(applies.c.state.in_([state.value for state in wanted.states]))
    if wanted.active is not None:
        target = applies.c.active_target  # NULL exactly when terminal, and indexed
        conditions.append(target.is_not(None) if wanted.active else target.is_(None))
    if wanted.pull_request is not None:
        repository, number = wanted.pull_request
        conditions += [applies.c.repository == repository, applies.c.pull_request == number]
    if wanted.since is not None:
        conditions.append(applies.c.created_at >= wanted.since)
    return conditions
