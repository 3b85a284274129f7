"""The claim: one statement says who is eligible, one transaction takes the row (Q-15 to Q-18).

The candidate is the first row of the claim index that is due, rank by rank: no sort, so that one
claimer locks one row and its peers, who skip it, see the next (T3). On MariaDB and MySQL one
locking read goes through all ranks in order. Where the order is another, on the turn of the oldest,
or where a look must come before the lock, on SQLite, a probe finds the ranks first.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
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
    clock: Clock, claimer: Claimer, *, ranks: Sequence[int] = RANKS
) -> ColumnElement[bool]:
    """Which rows of the ranks this claimer may take now; the only place that says so (Q-17)."""
    return and_(
        applies.c.lane == claimer.lane.value,
        _of_ranks(ranks),
        applies.c.claimable_at <= clock.now(),
        applies.c.task_count > 0,
        applies.c.min_version <= QUEUE_VERSION,
        in_scopes(claimer.scopes),
        *_in_time(clock, ranks),
        *_not_barred(claimer, ranks),
    )


def _of_ranks(ranks: Sequence[int]) -> ColumnElement[bool]:
    numbers = [literal(rank) for rank in ranks]  # plain values would be filled in too late
    if len(numbers) == 1:
        return applies.c.claim_rank == numbers[0]
    return applies.c.claim_rank.in_(numbers)


def in_scopes(scopes: Sequence[Scope]) -> ColumnElement[bool]:
    """Rows of the targets that the scopes, one at least, name.

    One list of names for each environment: a process has as many scopes as targets.
    """
    databases: dict[str, dict[str, None]] = {}
    for scope in scopes:
        databases.setdefault(scope.environment, {})[scope.database] = None
    return or_(*(_in_environment(each, names) for each, names in databases.items()))


def _in_environment(environment: str, databases: Collection[str]) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = []
    if environment != ANY:
        conditions.append(applies.c.environment == environment)
    if ANY not in databases:
        names = [literal(name) for name in databases]
        conditions.append(applies.c.database_name.in_(names))
    return and_(true(), *conditions)


def _in_time(clock: Clock, ranks: Sequence[int]) -> Iterator[ColumnElement[bool]]:
    """What was not begun in its time is not begun."""
    in_time = or_(applies.c.start_before.is_(None), applies.c.start_before > clock.now())
    return _of(UNSTARTED_RANKS.values(), in_time, among=ranks)


def _not_barred(claimer: Claimer, ranks: Sequence[int]) -> Iterator[ColumnElement[bool]]:
    """A limit that is reached bars all but what is driven, or was, already (Q-20)."""
    if not claimer.barred:
        return iter(())
    free = not_(in_scopes(claimer.barred))
    return _of([rank for rank in RANKS if rank != RANK_ANY], free, among=ranks)


def _of(
    bound: Collection[int], condition: ColumnElement[bool], *, among: Sequence[int]
) -> Iterator[ColumnElement[bool]]:
    """The condition for the ranks that it binds, if any of them is wanted."""
    exempt = [rank for rank in among if rank not in bound]
    if not exempt:
        yield condition
    elif len(exempt) < len(among):
        yield or_(_of_ranks(exempt), condition)


class ClaimStatements:
    """What a claim reads, built once for each lane and set of scopes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._built: dict[tuple[object, ...], Prepared] = {}

    def candidate(self, claimer: Claimer, *, ranks: Sequence[int] = RANKS) -> Prepared:
        """The one row to take of these ranks, lowest first, locked, with its plan's result.

        Rows that others hold are passed over.
        """
        key = (claimer.lane, claimer.scopes, claimer.barred, *ranks)
        if len(self._built) > _MOST_BUILT:
            self._built.clear()
        if key not in self._built:
            self._built[key] = Prepared(_candidate(self._clock, claimer, ranks), is_kept=True)
        return self._built[key]

    def own(self, claimer: Claimer, *, rank: int) -> Prepared:
        """The row `wanted`, locked, if this claimer may take it at this rank."""
        key = (claimer.lane, claimer.scopes, claimer.barred, rank, "own")
        if key not in self._built:
            own = applies.c.apply_id == bindparam("wanted")
            fit = eligible(self._clock, claimer, ranks=(rank,))
            self._built[key] = Prepared(select_locked(self._clock).where(own, fit), is_kept=True)
        return self._built[key]

    def probe(self, claimer: Claimer) -> Prepared:
        """The ranks that have a row due, each with the instant since when; locks nothing."""
        key = (claimer.lane, claimer.scopes, claimer.barred, "probe")
        if key not in self._built:
            self._built[key] = Prepared(_probe(self._clock, claimer))
        return self._built[key]


def _probe(clock: Clock, claimer: Claimer) -> CompoundSelect[Any]:
    firsts = (
        _hinted(
            select(applies.c.claim_rank, applies.c.claimable_at)
            .where(eligible(clock, claimer, ranks=(rank,)))
            .order_by(applies.c.claimable_at, applies.c.id)
            .limit(1)
        ).subquery()
        for rank in RANKS
    )
    return union_all(*(select(first) for first in firsts))


def _candidate(clock: Clock, claimer: Claimer, ranks: Sequence[int]) -> Select[Any]:
    return _hinted(
        with_result(select_locked(clock, skip_locked=True))
        .where(eligible(clock, claimer, ranks=ranks))
        .order_by(applies.c.claim_rank, applies.c.claimable_at, applies.c.id)
        .limit(1)
    )


def _hinted(query: Select[Any]) -> Select[Any]:
    return query.with_hint(applies, f"FORCE INDEX ({CLAIM_INDEX})", "mysql")
