"""The worker's side of the queue: claim, keep, report, finish. Every write takes a `Lease`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam

from schemabot.domain.execution import (
    Claimer,
    DriveEnd,
    Execution,
    LossReason,
    Recorded,
    Renewal,
    Report,
)
from schemabot.domain.ids import ApplyId
from schemabot.domain.lease import Lease
from schemabot.domain.limits import Limits
from schemabot.domain.retry import RetryPolicy
from schemabot.domain.scope import Scope
from schemabot.domain.states import ApplyState
from schemabot.storage.beats import extend, holding, look, unlocked
from schemabot.storage.claim_order import RANKS, UNSTARTED_RANKS
from schemabot.storage.claiming import ClaimStatements
from schemabot.storage.database import Database, RowsLocked
from schemabot.storage.ending import end_drive, free_database_lock
from schemabot.storage.executions import execution_of, with_result
from schemabot.storage.json_values import PLAN_RESULT
from schemabot.storage.limits import LimitChecks
from schemabot.storage.locked_apply import LockedApply, select_locked
from schemabot.storage.prepared import Prepared
from schemabot.storage.reporting import follow_samples, store_report
from schemabot.storage.tables.schema import applies
from schemabot.storage.taking import fail_overdue, overdue_by, take
from tern.errors import LeaseLost

BEATS_PER_STATEMENT = 500
_FAIR_EVERY = 8  # so often the oldest of all unstarted goes first, whatever its priority


class LeaseStore:
    """Who may drive which apply, until when."""

    def __init__(
        self, database: Database, *, retry: RetryPolicy, limits: Limits | None = None
    ) -> None:
        self._database = database
        self._retry = retry
        self._limits = LimitChecks(database, limits or Limits())
        self._clock = database.clock
        self._statements = ClaimStatements(database.clock)
        self._by_id = Prepared(
            select_locked(self._clock).where(applies.c.apply_id == bindparam("wanted")),
            is_kept=True,
        )
        self._unstarted_claims = 0

    def claim(self, claimer: Claimer, *, limit: int) -> tuple[Execution, ...]:
        """At most `limit` applies that were due, each under a fresh lease; empty when none was.

        A claim changes no state but that of a retry, which it makes pending (Q-10, Q-16). A retry
        that is overdue by more than the policy's window is failed instead and not returned (Q-43).

        Transaction: one READ COMMITTED transaction per apply (Q-15), committed before return.
        """
        if not claimer.scopes or limit < 1:
            return ()
        given = self._given_before(claimer)
        if given:
            return given
        claimer = self._limits.bar(claimer)
        taken: list[Execution] = []
        while len(taken) < limit and (found := self._take_next(claimer)) is not None:
            if found.execution is not None:
                taken.append(found.execution)
            if found.full is not None:
                claimer = replace(claimer, barred=(*claimer.barred, found.full))
        return tuple(taken)

    def renew(self, leases: Sequence[Lease], *, term: timedelta) -> Renewal:
        """Extend leases that hold still, all in one statement, and read what is asked of them.

        Transaction: one per 500 leases, on a connection of its own that waits for a row at most
            1 s (Q-24, Q-25). When a row stays locked, the others are renewed without it (T7).

        Raises:
            StorageUnavailable: nothing is known; beat again while the trust window lasts.
        """
        renewals = [
            self._renew_batch(leases[start : start + BEATS_PER_STATEMENT], term=term)
            for start in range(0, len(leases), BEATS_PER_STATEMENT)
        ]
        return Renewal(
            kept=tuple(kept for renewal in renewals for kept in renewal.kept),
            lost=tuple(lost for renewal in renewals for lost in renewal.lost),
        )

    def record(self, lease: Lease, report: Report) -> Recorded:
        """Store a report; the apply's state follows from its tasks (Q-11, Q-22).

        A sample never ends an apply: only `finish` does. An older `Progress.sequence` than the
        last of this lease is answered and its progress ignored.
        Transaction: apply row locked by token, then tasks, requests and log; one commit.

        Raises:
            LeaseLost: a successful read shows another token; nothing was written.
        """
        return self._database.write(lambda tx: self._record(tx, lease, report))

    def finish(self, lease: Lease, end: DriveEnd, report: Report) -> Recorded:
        """Store a drive's end and release the lease (Q-42 to Q-45).

        Repeating it after a lost answer gives the stored state again (Q-29).
        Transaction: one for tasks, apply, active target, lease, requests, lock release and log.

        Raises:
            LeaseLost: somebody else has claimed it since; nothing was written.
            OutcomeIncomplete: `Completed`, but a task has not ended; nothing was written.
        """
        return self._database.write(lambda tx: self._finish(tx, lease, end, report=report))

    def fence(self, tx: Connection, lease: Lease) -> LockedApply:
        """The apply's row, locked and proven to be still ours: before every write of a worker.

        The lock makes it a fence: a write that only looked would land while a steal is uncommitted
        (T1).

        Raises:
            LeaseLost: the read shows another token, or none.
        """
        locked = self._locked(tx, lease.apply_id)
        if not self.is_ours(locked, lease):
            is_ended = locked["lease_token"] is None
            reason = LossReason.FINISHED if is_ended else LossReason.OTHER_TOKEN
            raise LeaseLost(subject=lease.apply_id, reason=reason)
        return locked

    def is_ours(self, locked: LockedApply, lease: Lease) -> bool:
        """Whether the locked row is under this very claim; the token alone decides (Q-21)."""
        return bool(locked["lease_token"] == lease.token)

    def holding(self, leases: Sequence[Lease]) -> Any:  # noqa: ANN401 - an SQL condition
        """The condition under which a beat extends a lease: the fence of beats."""
        return holding(leases, self._clock)

    def _take_next(self, claimer: Claimer) -> "_Taken | None":
        """What one transaction took; None when nothing is due."""
        look = partial(self._due_ranks, claimer)
        if self._database.is_sqlite and not self._database.read(look):
            return None  # where a look needs no write lock, it comes before it
        taken = self._database.write(partial(self._take_one, claimer))
        if taken is not None and taken.execution is not None:
            self._unstarted_claims += taken.rank in _UNSTARTED
        return taken

    @property
    def _is_fair_turn(self) -> bool:
        """Whether the next unstarted apply to be taken is the oldest, whatever its priority."""
        return self._unstarted_claims % _FAIR_EVERY == _FAIR_EVERY - 1

    def _due_ranks(self, claimer: Claimer, tx: Connection) -> Sequence[int]:
        """Ranks with a row due, lowest first; on a fair turn the unstarted by age."""
        due = self._statements.probe(claimer).run(tx).all()
        since = {row.claim_rank: row.claimable_at for row in due}
        started = [rank for rank in RANKS if rank in since and rank not in _UNSTARTED]
        unstarted = sorted(since.keys() & _UNSTARTED)
        if self._is_fair_turn:
            unstarted.sort(key=lambda rank: since[rank])
        return [*started, *unstarted]

    def _take_one(self, claimer: Claimer, tx: Connection) -> "_Taken | None":
        for ranks in self._ways(claimer, tx):
            row = self._statements.candidate(claimer, ranks=ranks).run(tx).first()
            if row is not None:
                locked = LockedApply(tx, row, self._clock)
                return self._take(tx, locked, claimer, result=row.result)
        return None

    def _ways(self, claimer: Claimer, tx: Connection) -> Iterator[Sequence[int]]:
        """Where to look in turn: through all ranks at once, unless their order is another."""
        if not self._database.is_sqlite and not self._is_fair_turn:
            yield RANKS
            return
        for rank in self._due_ranks(claimer, tx):
            yield (rank,)

    def _take(
        self, tx: Connection, locked: LockedApply, claimer: Claimer, *, result: str
    ) -> "_Taken":
        rank = locked["claim_rank"]
        overdue = overdue_by(locked, self._retry)
        if overdue is not None:
            fail_overdue(locked, overdue)
            locked.save()
            return _Taken(rank=rank)
        for full in self._limits.full_for(tx, locked):
            return _Taken(rank=rank, full=full)
        execution = take(locked, claimer, result=PLAN_RESULT.load(result), clock=self._clock)
        return _Taken(rank=rank, execution=execution)

    def _given_before(self, claimer: Claimer) -> tuple[Execution, ...]:
        """Live leases that this very poll was given: its answer was lost (W-17)."""
        if claimer.request_id is None:
            return ()
        return self._database.write(lambda tx: self._given(tx, claimer))

    def _given(self, tx: Connection, claimer: Claimer) -> tuple[Execution, ...]:
        query = with_result(select_locked(self._clock)).where(
            applies.c.claim_request_id == claimer.request_id,
            applies.c.lease_expires_at > self._clock.now(),
            applies.c.lease_owner == claimer.owner,
        )
        found = [
            (LockedApply(tx, row, self._clock), PLAN_RESULT.load(row.result))
            for row in tx.execute(query).all()
        ]
        return tuple(
            execution_of(locked, _lease_of(locked), result=result) for locked, result in found
        )

    def _renew_batch(self, leases: Sequence[Lease], *, term: timedelta) -> Renewal:
        try:
            return self._database.beat(lambda tx: self._beat(tx, leases, term=term))
        except RowsLocked:
            return self._database.beat(lambda tx: self._beat_unlocked(tx, leases, term=term))

    def _beat(self, tx: Connection, leases: Sequence[Lease], *, term: timedelta) -> Renewal:
        extend(tx, self.holding(leases), term=term, clock=self._clock)
        return look(tx, leases, self._clock)

    def _beat_unlocked(
        self, tx: Connection, leases: Sequence[Lease], *, term: timedelta
    ) -> Renewal:
        free = unlocked(tx, leases)
        return self._beat(tx, free, term=term) if free else Renewal()

    def _record(self, tx: Connection, lease: Lease, report: Report) -> Recorded:
        locked = self.fence(tx, lease)
        shown = store_report(locked, report, clock=self._clock)
        follow_samples(locked, shown, set_up=report.set_up, clock=self._clock)
        locked.save()
        return locked.answer()

    def _finish(self, tx: Connection, lease: Lease, end: DriveEnd, *, report: Report) -> Recorded:
        try:
            locked = self.fence(tx, lease)
        except LeaseLost:
            stored = self._locked(tx, lease.apply_id)
            if stored["last_lease_token"] != lease.token:
                raise
            return stored.answer(retry_in=_retry_in(stored))
        shown = store_report(locked, report, clock=self._clock)
        retry_in = end_drive(locked, end, shown, policy=self._retry, clock=self._clock)
        free_database_lock(tx, locked)
        locked.save()
        is_retry = locked.state is ApplyState.FAILED_RETRYABLE
        return locked.answer(retry_in=retry_in if is_retry else None)

    def _locked(self, tx: Connection, apply_id: ApplyId) -> LockedApply:
        row = self._by_id.run(tx, wanted=apply_id).first()
        if row is None:
            raise LeaseLost(subject=apply_id, reason="there is no such apply")
        return LockedApply(tx, row, self._clock)


_UNSTARTED = frozenset(UNSTARTED_RANKS.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """What became of the first due row of a rank: neither, if it was an overdue retry.

    Attributes:
        full: The limit that it waits for; the row is left as it was.
    """

    rank: int
    execution: Execution | None = None
    full: Scope | None = None


def _lease_of(locked: LockedApply) -> Lease:
    return Lease(
        apply_id=locked.apply_id,
        owner=locked["lease_owner"],
        token=locked["lease_token"],
        epoch=locked["lease_epoch"],
        expires_at=locked["lease_expires_at"],
    )


def _retry_in(stored: LockedApply) -> timedelta | None:
    if stored.state is not ApplyState.FAILED_RETRYABLE:
        return None
    due: timedelta = stored["retry_after"] - stored.now
    return max(due, timedelta(0))
