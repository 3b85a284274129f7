"""What limits on live leases promise on every database (Q-17, Q-20).

Bind it by a class with the fixtures `storage`, `database` and `open_dying`.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from schemabot.domain.apply import Lane
from schemabot.domain.control import Operation
from schemabot.domain.execution import Execution, HandedBack, Report
from schemabot.domain.limits import Limits
from schemabot.domain.queue_place import WaitReason
from schemabot.domain.worker import WorkerReport
from schemabot.storage.database import Database
from schemabot.storage.storage import Storage
from tern.values.run import Completed, EndState
from tests.support.stored import (
    a_claimer,
    a_target,
    claim_one,
    claimed,
    let_expire,
    new_apply,
    running,
    store_apply,
)

ONE_IN_PRODUCTION = Limits(environments={"production": 1})
ONE_OF_ORDERS = Limits(databases={"orders": 1})


def claimed_targets(storage: Storage, *, limit: int = 9) -> list[tuple[str, str]]:
    """Database and environment of everything that is claimed now."""
    executions = storage.leases.claim(a_claimer(), limit=limit)
    return [(x.work.target.database, x.work.target.environment) for x in executions]


def admit(storage: Storage, *targets: tuple[str, str]) -> None:
    for database, environment in targets:
        store_apply(storage, a_target(database, environment))


class LimitContract:
    """Rank 0 is free, all else waits for a place, and nobody waits behind what is full."""

    @pytest.fixture
    def limited(self, storage: Storage, database: Database) -> Callable[[Limits], Storage]:
        """The same storage as a process with these limits has it."""
        del storage  # looks at the invariants when the test has ended
        return lambda limits: Storage(database, limits=limits)

    def test_a_full_environment_keeps_no_other_waiting(
        self, limited: Callable[[Limits], Storage]
    ) -> None:
        storage = limited(ONE_IN_PRODUCTION)
        admit(storage, ("a", "production"), ("b", "production"), ("c", "staging"))
        assert claimed_targets(storage) == [("a", "production"), ("c", "staging")]
        assert claimed_targets(storage) == []

    def test_a_database_is_limited_over_its_environments(
        self, limited: Callable[[Limits], Storage]
    ) -> None:
        storage = limited(ONE_OF_ORDERS)
        admit(storage, ("orders", "staging"), ("orders", "production"), ("users", "staging"))
        assert claimed_targets(storage) == [("orders", "staging"), ("users", "staging")]

    def test_an_end_frees_the_place(self, limited: Callable[[Limits], Storage]) -> None:
        storage = limited(ONE_IN_PRODUCTION)
        admit(storage, ("a", "production"), ("b", "production"))
        first = claim_one(storage)
        assert claimed_targets(storage) == []
        storage.controls.request(first.lease.apply_id, Operation.CANCEL, caller="ada")
        done = Completed(end=EndState.CANCELLED)
        storage.leases.finish(first.lease, done, Report())
        assert claimed_targets(storage) == [("b", "production")]

    def test_recovery_and_handed_back_work_need_no_place(
        self, limited: Callable[[Limits], Storage]
    ) -> None:
        storage = limited(ONE_IN_PRODUCTION)
        dead, left = running(storage, a_target("a")), claim_unlimited(storage, "b")
        let_expire(storage, dead.lease.apply_id)
        storage.leases.record(left.lease, Report(accepted=True))
        storage.leases.finish(left.lease, HandedBack(), Report())
        admit(storage, ("c", "production"))
        assert sorted(claimed_targets(storage)) == [("a", "production"), ("b", "production")]

    def test_the_fast_path_takes_no_place_that_is_not_there(
        self, limited: Callable[[Limits], Storage]
    ) -> None:
        storage = limited(ONE_IN_PRODUCTION)
        ways = [
            storage.applies.create_and_claim(new_apply(storage, a_target(name)), a_claimer())[1]
            for name in ("a", "b")
        ]
        assert [execution is not None for execution in ways] == [True, False]

    def test_a_waiting_apply_says_that_a_limit_is_reached(
        self, limited: Callable[[Limits], Storage]
    ) -> None:
        storage = limited(ONE_IN_PRODUCTION)
        storage.workers.beat(
            WorkerReport(
                worker_id="here/1/a", host="here", pid=1, version="1", kind=Lane.LOCAL, slots=1
            )
        )
        running(storage, a_target("a"))
        waiting = store_apply(storage, a_target("b"))
        place = storage.applies.queue_place(waiting.apply_id)
        assert place is not None
        assert (place.reason, place.position) == (WaitReason.LIMIT_REACHED, 1)

    def test_claimers_at_once_never_pass_a_limit(
        self,
        limited: Callable[[Limits], Storage],
        open_dying: Callable[[type[Database]], Storage],
    ) -> None:
        limits = Limits(environments={"production": 3}, databases={"orders": 1})
        storage = limited(limits)
        admit(storage, *((f"d{n}", "production") for n in range(8)), ("orders", "staging"))
        claimers = [Storage(open_dying(Database).database, limits=limits) for _ in range(6)]
        begin = Barrier(6)

        def claim(one: Storage) -> list[tuple[str, str]]:
            begin.wait(10)
            return claimed_targets(one, limit=2)

        with ThreadPoolExecutor(6) as pool:
            taken = [target for found in pool.map(claim, claimers) for target in found]
        environments = [environment for _, environment in taken]
        assert (environments.count("production"), environments.count("staging")) == (3, 1)


def claim_unlimited(storage: Storage, database: str) -> Execution:
    """A fresh apply, claimed by a process that knows no limits."""
    return claimed(Storage(storage.database), a_target(database))
