"""Under writers of every kind the new table holds exactly what they committed (E-76)."""

from dataclasses import replace
from random import SystemRandom

import pytest

from integration.databases import Database
from integration.online.ledger import CHANGED, Ledger
from integration.online.workbench import QUICK, UNHELD, Bench, bench
from tern.engine.online.chunk_sizing import SizeLimits
from tern.values.run import Completed

SMALL = replace(QUICK, chunk=SizeLimits(start=50, least=10, most=200), throttle=UNHELD)


def change_under_load(database: Database, seed: int, *, volume: int) -> Bench:
    """A whole change while four writers write."""
    ledger = Ledger(database, seed=seed)
    with ledger.written():
        change = bench(database, ("ledger", CHANGED), options=SMALL, volume=volume)
        outcome = change.apply()
    assert outcome == Completed(), f"seed {seed}: {outcome}"
    ledger.check()
    return change


@pytest.mark.parametrize("volume", [3, 11])
def test_the_new_table_equals_the_ledger(database: Database, volume: int) -> None:
    change_under_load(database, SystemRandom().randrange(10**6), volume=volume)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(50))
def test_the_new_table_equals_the_ledger_every_time(database: Database, seed: int) -> None:
    change_under_load(database, seed, volume=(1, 3, 11)[seed % 3])
