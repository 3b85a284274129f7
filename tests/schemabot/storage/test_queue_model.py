"""Two workers and one apply: every interleaving in a small scope, and long random ones (Q-62)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import ColumnElement, Connection, and_, literal

from schemabot.domain.lease import Lease
from schemabot.storage.clock import Clock, Instant, SqliteClock
from schemabot.storage.columns import UtcMicros
from schemabot.storage.database import Database
from schemabot.storage.leases import LeaseStore
from schemabot.storage.locked_apply import LockedApply
from schemabot.storage.storage import Storage
from schemabot.storage.tables.schema import applies
from tests.contracts.queue_machine import EAGER, STEPS_EACH, live
from tests.contracts.queue_model import MOVES, Model
from tests.contracts.queue_world import World, advance, same_view


def explore(world: World, tx: Connection) -> int:
    """Make every move in every state that differs in a way that matters; how many moves."""
    seen = {Model().shape}
    moves = 0
    path = [(Model(), iter(MOVES), world, tx.begin_nested())]
    while path:
        model, rest, here, savepoint = path[-1]
        move = next(rest, None)
        if move is None:
            savepoint.rollback()
            path.pop()
            continue
        before, there = tx.begin_nested(), here.fork()
        after = advance(there, model, move)
        moves += 1
        if after.shape in seen:
            before.rollback()
        else:
            seen.add(after.shape)
            path.append((after, iter(MOVES), there, before))
    return moves


def explored(storage: Storage, storages: dict[str, Storage]) -> int:
    return storage.database.write(lambda tx: explore(World(judge=storage, storages=storages), tx))


@pytest.mark.timeout(300)
def test_every_interleaving_of_two_workers_agrees_with_the_model(database: Database) -> None:
    storage = Storage(database, retry=EAGER)
    assert explored(storage, same_view(storage)) > 2000


@pytest.mark.timeout(60)
def test_random_histories_agree_with_the_model(database: Database) -> None:
    storage = Storage(database, retry=EAGER)
    assert live(storage, same_view(storage), histories=5) >= 5 * STEPS_EACH


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_ten_thousand_steps_agree_with_the_model(database: Database) -> None:
    storage = Storage(database, retry=EAGER)
    assert live(storage, same_view(storage), histories=210) >= 10_000


class AnyToken(LeaseStore):
    """Forgets to compare the token."""

    def is_ours(self, locked: LockedApply, lease: Lease) -> bool:
        return locked["lease_token"] is not None or lease.token is None


class ByStatus(LeaseStore):
    """Lets everybody write who knows the id, as long as the apply has not ended."""

    def is_ours(self, locked: LockedApply, lease: Lease) -> bool:
        return locked["active_target"] is not None and lease.apply_id == locked.apply_id


class BeatsWithoutToken(LeaseStore):
    """Extends the row whoever holds it."""

    def holding(self, leases: Sequence[Lease]) -> ColumnElement[bool]:
        ids = applies.c.apply_id.in_([lease.apply_id for lease in leases])
        return and_(ids, applies.c.lease_token.is_not(None))


class BeatsAfterExpiry(LeaseStore):
    """Renews a lease that has run out."""

    def holding(self, leases: Sequence[Lease]) -> ColumnElement[bool]:
        return applies.c.lease_token.in_([lease.token for lease in leases])


MUTANTS = [AnyToken, ByStatus, BeatsWithoutToken, BeatsAfterExpiry]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_planted_fault_is_found(database: Database, mutant: type[LeaseStore]) -> None:
    storage = Storage(database, retry=EAGER)
    faulty = Storage(database, retry=EAGER)
    faulty.leases = mutant(database, retry=EAGER)
    with pytest.raises(AssertionError, match="in Model"):
        explored(storage, same_view(faulty))


class FastClock(SqliteClock):
    """The clock of a process that is an hour ahead, used where DB now belongs."""

    def now(self) -> Instant:
        return literal(datetime.now(UTC) + timedelta(days=400), UtcMicros())


class FastDatabase(Database):
    """The same database, seen by a process that trusts its own clock."""

    def __init__(self, url: str) -> None:
        super().__init__(url, pool_size=1)
        self.clock: Clock = FastClock()


def test_an_application_clock_is_found(storage_url: str, database: Database) -> None:
    storage = Storage(database, retry=EAGER)
    fast = FastDatabase(storage_url)
    world = World(judge=storage, storages={"A": storage, "B": Storage(fast, retry=EAGER)})
    model = advance(world, Model(), ("claim", "A"))
    with pytest.raises(AssertionError, match="claimed, not nothing"):
        advance(world, model, ("claim", "B"))
    fast.close()
