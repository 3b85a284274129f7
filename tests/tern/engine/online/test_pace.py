"""The table of volumes, row by row as the design has it (E-63)."""

from tern.engine.online.pace import pace_of

COPIERS = [1, 2, 4, 5, 6, 8, 10, 12, 16, 24, 32]
REPLAYERS = [1, 2, 4, 4, 4, 6, 6, 8, 8, 12, 16]
TARGET_MS = [50, 100, 200, 200, 200, 200, 250, 300, 300, 400, 500]
REST = [4, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
THREADS = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 12, None]
COMMIT_MS = [20, 50, 100, 120, 150, 200, 250, 300, 400, 500, None]
HISTORY = [200_000, 500_000, *(n * 10**6 for n in (1, 1, 2, 2, 3, 5, 5, 10)), None]
LAG = [2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 300]
ALL = [pace_of(volume) for volume in range(1, 12)]


def test_threads_grow_with_the_volume() -> None:
    assert [pace.copiers for pace in ALL] == COPIERS
    assert [pace.replayers for pace in ALL] == REPLAYERS


def test_statements_grow_and_rests_shrink() -> None:
    assert [round(pace.chunk_target.total_seconds() * 1000) for pace in ALL] == TARGET_MS
    assert [pace.rest for pace in ALL] == REST


def test_limits_grow_and_the_highest_volume_has_none_but_lag() -> None:
    limits = [pace.limits for pace in ALL]
    assert [each.threads_per_core for each in limits] == THREADS
    commits = [each.commit and round(each.commit.total_seconds() * 1000) for each in limits]
    assert commits == COMMIT_MS
    assert [each.history for each in limits] == HISTORY
    assert [each.lag.total_seconds() for each in limits] == LAG
