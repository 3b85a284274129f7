"""Without any one of its guards the engine loses rows, and the ledger says so (E-76).

The comparison before the swap would repair the loss, so it is off; what is left is the copy's own.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from integration.databases import Database, fresh_database
from integration.online import mutants
from integration.online.ledger import CHANGED, Ledger
from integration.online.victim import OPTIONS, run_mutated
from integration.online.workbench import bench
from integration.servers.throwaway import Server
from tern.engine.online.chunk_sizing import SizeLimits
from tern.values.run import Completed

UNPROVEN = replace(
    OPTIONS,
    verify=False,
    sample_every=10**9,
    chunk=SizeLimits(start=50, least=10, most=100),
)
TRIES = 5
pytestmark = pytest.mark.timeout(600)


def unharmed() -> None:
    """The program as it is."""


def is_found_out(database: Database, mutation: Callable[[], None], *, seed: int) -> bool:
    """Whether the ledger disagrees with what such an engine has made."""
    ledger = Ledger(database, seed=seed)
    with ledger.written():
        outcome = run_mutated(bench(database, ("ledger", CHANGED), options=UNPROVEN), mutation)
    assert outcome == Completed(), f"seed {seed}: {outcome}"
    for writer in ledger.writers:
        writer.errors.clear()
    try:
        ledger.check()
    except AssertionError:
        return True
    finally:
        database.query("DROP TABLE ledger")
    return False


def check_found_out(database: Database, mutation: Callable[[], None]) -> None:
    """Chance decides which rows are hit, so a few runs are allowed."""
    assert any(is_found_out(database, mutation, seed=seed) for seed in range(TRIES))


def test_a_copy_without_locks_loses_rows(database: Database) -> None:
    check_found_out(database, mutants.copy_without_locks)


@pytest.mark.long
def test_the_engine_as_it_is_loses_none_even_unproven(database: Database) -> None:
    assert not any(is_found_out(database, unharmed, seed=seed) for seed in range(TRIES))


@pytest.mark.long
@pytest.mark.parametrize("mutation", [mutants.skip_locked_rows, mutants.read_dispatched_early])
def test_an_engine_without_a_guard_loses_rows(
    database: Database, mutation: Callable[[], None]
) -> None:
    check_found_out(database, mutation)


@pytest.mark.long
def test_a_shadow_that_sorts_before_its_table_loses_rows_on_mariadb(mariadb: Server) -> None:
    with fresh_database(mariadb) as database:
        check_found_out(database, mutants.sort_the_shadow_first)
