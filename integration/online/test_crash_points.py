"""SIGKILL before and after every statement of the engine; the next claim finishes it (E-77)."""

from collections.abc import Callable
from random import Random, SystemRandom

import pytest

from integration.databases import Database, leftover_tables
from integration.online.ledger import CHANGED, Ledger
from integration.online.victim import OPTIONS, Point, kill_after, kill_at, points
from integration.online.workbench import Bench, bench
from tern.values.run import Completed

ROWS = 1500
SHARES = 12
"""The points are tried in so many parts, each of them seen to fail alone."""
LONGEST_SECONDS = 8.0


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


def crash_and_resume(
    database: Database, kill: Callable[[Bench], object], *, name: str, seed: int
) -> None:
    ledger = Ledger(database, seed=seed, rows=ROWS)
    with ledger.written():
        change = bench(database, ("ledger", CHANGED), options=OPTIONS)
        killed = kill(change)
        outcome = change.again().apply()
    place = f"{name}, seed {seed}, killed run {killed}"
    assert outcome == Completed(), f"{place}: {outcome}"
    ledger.check()
    assert leftover_tables(database) == [], place
    assert "`more` int" in database.query("SHOW CREATE TABLE ledger")[0][1], place
    database.query("DROP TABLE ledger")


def crash_at(database: Database, point: Point, *, seed: int) -> None:
    crash_and_resume(database, lambda change: kill_at(change, point), name=str(point), seed=seed)


@pytest.mark.timeout(300)
def test_a_killed_run_is_finished_by_the_next(database: Database) -> None:
    """A sample of the points; where they lie is listed by the engine's own statements."""
    seed = SystemRandom().randrange(10**6)
    all_points = points(shapes(database))
    swap = [p for p in all_points if p.shape.startswith(("LOCK", "RENAME", "UNLOCK", "DROP"))]
    random = Random(seed)  # noqa: S311  # repeatable on purpose
    chosen = random.sample(swap, 2) + random.sample(all_points, 1)
    for point in chosen:
        crash_at(database, point, seed=seed)


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("share", range(SHARES))
def test_a_run_killed_at_any_statement_is_finished_by_the_next(
    database: Database, share: int
) -> None:
    for point in points(shapes(database))[share::SHARES]:
        crash_at(database, point, seed=share)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(20))
def test_a_run_killed_at_any_moment_is_finished_by_the_next(database: Database, seed: int) -> None:
    seconds = Random(seed).uniform(0.2, LONGEST_SECONDS)  # noqa: S311  # repeatable on purpose
    crash_and_resume(
        database,
        lambda change: kill_after(change, seconds),
        name=f"after {seconds:.2f} s",
        seed=seed,
    )
