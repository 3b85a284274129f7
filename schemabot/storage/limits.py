"""Limits on live leases, counted under a lock (Q-20).

A claim first looks, without a lock, which limits are reached, and passes the rows under them over:
so a full environment keeps nobody else waiting. Two claimers may both have seen one free place, so
whoever has locked its row then locks the limit too, and counts again: READ COMMITTED shows what was
committed before the lock was got, and the lock is kept until the lease is committed.

Locks: apply row, then limits in the order of their names (Q-30). Whoever holds a limit waits for no
apply row any more, so that no circle can close. SQLite has one writer at a time and needs no lock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy import Connection, Integer, and_, case, func, insert, literal, select
from sqlalchemy.exc import IntegrityError

from schemabot.domain.apply import Lane
from schemabot.domain.execution import Claimer
from schemabot.domain.limits import Limits
from schemabot.domain.scope import Scope
from schemabot.storage.claim_order import RANK_ANY
from schemabot.storage.claiming import in_scopes
from schemabot.storage.database import Database
from schemabot.storage.locked_apply import LockedApply
from schemabot.storage.rows import Columns
from schemabot.storage.tables.schema import applies, lease_limits


class LimitChecks:
    """Which limits are reached now."""

    def __init__(self, database: Database, limits: Limits) -> None:
        self._database = database
        self._limits = limits

    def bar(self, claimer: Claimer) -> Claimer:
        """The claimer, who is to pass over what is full; without limits no query is sent."""
        if not self._limits:
            return claimer
        counts = self._database.read(lambda tx: self._counts(tx, self._limits.all))
        full = _reached(self._limits.all, counts)
        return replace(claimer, barred=(*claimer.barred, *full))

    def full_for(self, tx: Connection, locked: LockedApply) -> tuple[Scope, ...]:
        """The limits on an apply that are reached; those that are not stay so until the commit."""
        if not self._limits or locked["claim_rank"] == RANK_ANY:
            return ()
        own = self._own(locked.columns)
        self._lock(tx, own)
        return _reached(own, self._counts(tx, own))

    def is_full(self, tx: Connection, row: Columns) -> bool:
        """Whether the row waits for a limit, as it looks now; locks nothing."""
        own = self._own(row)
        if not own or row["claim_rank"] == RANK_ANY:
            return False
        return bool(_reached(own, self._counts(tx, own)))

    def _own(self, row: Columns) -> Mapping[Scope, int]:
        return self._limits.on(environment=row["environment"], database=row["database_name"])

    def _counts(self, tx: Connection, scopes: Iterable[Scope]) -> Mapping[Scope, int]:
        """Live leases in each scope, by one statement over the claim index's leased part."""
        wanted = list(scopes)
        if not wanted:
            return {}
        is_live = and_(
            applies.c.lane.in_([lane.value for lane in Lane]),
            applies.c.claim_rank == literal(RANK_ANY),
            applies.c.claimable_at > self._database.clock.now(),
            applies.c.lease_token.is_not(None),
        )
        sums = (func.sum(case((in_scopes((one,)), 1), else_=0), type_=Integer) for one in wanted)
        found = tx.execute(select(*sums).where(is_live)).one()
        return {scope: int(count or 0) for scope, count in zip(wanted, found, strict=True)}

    def _lock(self, tx: Connection, scopes: Iterable[Scope]) -> None:
        if self._database.is_sqlite:
            return
        for name in sorted(f"{scope.environment}/{scope.database}" for scope in scopes):
            mine = select(lease_limits.c.scope).where(lease_limits.c.scope == name)
            if tx.execute(mine.with_for_update()).first() is None:
                self._insert(tx, name)

    @staticmethod
    def _insert(tx: Connection, name: str) -> None:
        try:
            tx.execute(insert(lease_limits).values(scope=name))
        except IntegrityError:
            mine = select(lease_limits.c.scope).where(lease_limits.c.scope == name)
            tx.execute(mine.with_for_update())


def _reached(limits: Mapping[Scope, int], counts: Mapping[Scope, int]) -> tuple[Scope, ...]:
    return tuple(scope for scope, limit in limits.items() if counts[scope] >= limit)
