"""SIGKILL before and after every statement of the engine; the next claim finishes it (E-77)."""

from random import Random, SystemRandom

import pytest

from integration.databases import Database, leftover_tables
from integration.online.ledger import CHANGED, Ledger
from integration.online.victim import OPTIONS, Point, kill_at, points
from integration.online.workbench import bench
from tern.values.run import Completed

ROWS = 1500


def shapes(database: Database) -> list[str]:
    """The shapes of all statements of one run that nobody disturbs."""
    ledger = Ledger(database, seed=0, rows=ROWS)
    with ledger.written():
        listed = kill_at(bench(database, ("ledger", CHANGED), options=OPTIONS), None)
    ledger.check()
    database.query("DROP TABLE ledger")
    assert isinstance(listed, list)
    assert len(listed) > 30
    return listed


def crash_and_resume(database: Database, point: Point, *, seed: int) -> None:
    ledger = Ledger(database, seed=seed, rows=ROWS)
    with ledger.written():
        change = bench(database, ("ledger", CHANGED), options=OPTIONS)
        killed = kill_at(change, point)
        outcome = change.again().apply()
    place = f"{point}, seed {seed}, killed run {killed}"
    assert outcome == Completed(), f"{place}: {outcome}"
    ledger.check()
    assert leftover_tables(database) == [], place
    assert "`more` int" in database.query("SHOW CREATE TABLE ledger")[0][1], place
    database.query("DROP TABLE ledger")


@pytest.mark.timeout(300)
def test_a_killed_run_is_finished_by_the_next(database: Database) -> None:
    """A sample of the points; where they lie is listed by the engine's own statements."""
    seed = SystemRandom().randrange(10**6)
    all_points = points(shapes(database))
    swap = [p for p in all_points if p.shape.startswith(("LOCK", "RENAME", "UNLOCK", "DROP"))]
    random = Random(seed)  # noqa: S311  # repeatable on purpose
    chosen = random.sample(swap, 3) + random.sample(all_points, 3)
    for point in chosen:
        crash_and_resume(database, point, seed=seed)


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_a_run_killed_at_any_statement_is_finished_by_the_next(database: Database) -> None:
    for number, point in enumerate(points(shapes(database))):
        crash_and_resume(database, point, seed=number)
