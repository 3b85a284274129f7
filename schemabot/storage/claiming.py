"""The claim: one statement says who is eligible, one transaction takes the row (Q-15 to Q-18).

For each rank the candidate is the first row of the claim index that is due: no sort, so that one
claimer locks one row and its peers, who skip it, see the next (T3). A probe finds the ranks; while
one rank goes on giving work it is not asked again: the candidate's own statement makes sure that no
lower rank has anything due.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    and_,
    bindparam,
    literal,
    not_,
    or_,
    select,
    true,
    union_all,
)

from schemabot.domain.execution import Claimer
from schemabot.domain.scope import ANY, Scope
from schemabot.storage.claim_order import RANK_ANY, RANKS, UNSTARTED_RANKS
from schemabot.storage.clock import Clock
from schemabot.storage.executions import with_result
from schemabot.storage.locked_apply import select_locked
from schemabot.storage.prepared import Prepared
from schemabot.storage.tables.schema import applies

QUEUE_VERSION = 1
"""What this code can drive; rows that need more are left to newer workers (Q-12)."""

CLAIM_INDEX = "ix_applies_claim"

_MOST_BUILT = 500  # limits that are reached bar now these, now those


def eligible(
    clock: Clock, claimer: Claimer, *, rank: int, among: FromClause = applies
) -> ColumnElement[bool]:
    """Which rows of a rank this claimer may take now; the only place that says so (Q-17)."""
    return and_(
        among.c.lane == claimer.lane.value,
        among.c.claim_rank == literal(rank),
        among.c.claimable_at <= clock.now(),
        among.c.task_count > 0,
        among.c.min_version <= QUEUE_VERSION,
        in_scopes(claimer.scopes, among=among),
        _in_time(clock, rank, among),
        *_not_barred(claimer, rank, among),
    )


def in_scopes(scopes: Sequence[Scope], *, among: FromClause = applies) -> ColumnElement[bool]:
    """Rows of the targets that the scopes, one at least, name.

    One list of names for each environment: a process has as many scopes as targets.
    """
    databases: dict[str, dict[str, None]] = {}
    for scope in scopes:
        databases.setdefault(scope.environment, {})[scope.database] = None
    return or_(*(_in_environment(each, names, among) for each, names in databases.items()))


def _in_environment(
    environment: str, databases: Collection[str], among: FromClause
) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = []
    if environment != ANY:
        conditions.append(among.c.environment == environment)
    if ANY not in databases:
        names = [literal(name) for name in databases]  # plain values would be filled in too late
        conditions.append(among.c.database_name.in_(names))
    return and_(true(), *conditions)


def _in_time(clock: Clock, rank: int, among: FromClause) -> ColumnElement[bool]:
    if rank not in UNSTARTED_RANKS.values():
        return true()
    return or_(among.c.start_before.is_(None), among.c.start_before > clock.now())


def _not_barred(claimer: Claimer, rank: int, among: FromClause) -> Sequence[ColumnElement[bool]]:
    if not claimer.barred or rank == RANK_ANY:
        return []
    return [not_(in_scopes(claimer.barred, among=among))]


class ClaimStatements:
    """What a claim reads, built once for each lane and set of scopes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._built: dict[tuple[object, ...], Prepared] = {}

    def candidate(self, claimer: Claimer, *, rank: int, is_lowest: bool = False) -> Prepared:
        """The one row of the rank to take, locked, with its plan's result.

        Rows that others hold are passed over. With `is_lowest` none is found while a lower rank has
        a row due; these rows are read without a lock.
        """
        key = (claimer.lane, claimer.scopes, claimer.barred, rank, is_lowest)
        if key not in self._built:
            query = _candidate(self._clock, claimer, rank=rank)
            if is_lowest:
                query = query.where(*_nothing_below(self._clock, claimer, rank))
            self._built[key] = Prepared(query)
        return self._built[key]

    def own(self, claimer: Claimer, *, rank: int) -> Prepared:
        """The row `wanted`, locked, if this claimer may take it at this rank."""
        key = (claimer.lane, claimer.scopes, claimer.barred, rank, "own")
        if key not in self._built:
            own = applies.c.apply_id == bindparam("wanted")
            fit = eligible(self._clock, claimer, rank=rank)
            self._built[key] = Prepared(select_locked(self._clock).where(own, fit))
        return self._built[key]

    def probe(self, claimer: Claimer) -> Prepared:
        """The ranks that have a row due, each with the instant since when; locks nothing."""
        key = (claimer.lane, claimer.scopes, claimer.barred)
        if len(self._built) > _MOST_BUILT:
            self._built.clear()
        if key not in self._built:
            self._built[key] = Prepared(_probe(self._clock, claimer))
        return self._built[key]


def _probe(clock: Clock, claimer: Claimer) -> CompoundSelect[Any]:
    firsts = (
        _hinted(
            select(applies.c.claim_rank, applies.c.claimable_at)
            .where(eligible(clock, claimer, rank=rank))
            .order_by(applies.c.claimable_at, applies.c.id)
            .limit(1)
        ).subquery()
        for rank in RANKS
    )
    return union_all(*(select(first) for first in firsts))


def _candidate(clock: Clock, claimer: Claimer, *, rank: int) -> Select[Any]:
    return _hinted(
        with_result(select_locked(clock, skip_locked=True))
        .where(eligible(clock, claimer, rank=rank))
        .order_by(applies.c.claimable_at, applies.c.id)
        .limit(1)
    )


def _nothing_below(clock: Clock, claimer: Claimer, rank: int) -> Iterator[ColumnElement[bool]]:
    for lower in RANKS[: RANKS.index(rank)]:
        rival = applies.alias(f"rank_{lower}")
        due = select(rival.c.id).where(eligible(clock, claimer, rank=lower, among=rival))
        first = _hinted(due, among=rival)  # NOT EXISTS would become a join on MySQL
        yield first.limit(1).correlate(None).scalar_subquery().is_(None)


def _hinted(query: Select[Any], *, among: FromClause = applies) -> Select[Any]:
    return query.with_hint(among, f"FORCE INDEX ({CLAIM_INDEX})", "mysql")
