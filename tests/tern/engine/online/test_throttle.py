"""Readings against limits: the strongest reason, its figures, and what silence means (E-62)."""

from datetime import timedelta

import pytest

from tern.engine.online.pace import pace_of
from tern.engine.online.throttle.brake import Brake
from tern.engine.online.throttle.dials import Beats, CommitTimes, Dial, Dials
from tern.engine.online.throttle.judge import Reason, find_hold
from tern.engine.online.throttle.limits import Limits, limits_of
from tern.engine.online.throttle.options import MaxLoad, ThrottleOptions

LIMITS = Limits(
    threads=8,
    commit=timedelta(milliseconds=100),
    history=1_000_000,
    lag=timedelta(seconds=10),
    critical_threads=50,
)
NOW = 1_000.0


def dials(*, probe: bool = False) -> Dials:
    """All good, read a moment ago."""
    made = Dials(
        server=Dial(name="db:3306"),
        probe=Dial(name="throttle-sql") if probe else None,
        replicas={"r1:3306": Dial(name="r1:3306"), "r2:3306": Dial(name="r2:3306")},
    )
    for dial in (made.server, made.threads, made.history, *made.replicas.values(), made.probe):
        if dial is not None:
            dial.show(0, at=NOW - 0.5)
    return made


def reason(found: Dials, limits: Limits = LIMITS, *, now: float = NOW) -> Reason | None:
    hold = find_hold(found, limits, now=now)
    return None if hold is None else hold.reason


def test_nothing_is_held_while_all_is_within_limits() -> None:
    assert reason(dials(probe=True)) is None


def test_a_figure_at_its_limit_holds_nothing() -> None:
    found = dials()
    found.threads.show(8, at=NOW)
    assert reason(found) is None


def test_the_strongest_reason_is_told_first() -> None:
    found = dials()
    found.history.show(2_000_000, at=NOW)
    assert reason(found) is Reason.HISTORY
    found.threads.show(9, at=NOW)
    assert reason(found) is Reason.THREADS
    found.replicas["r2:3306"].show(11, at=NOW)
    assert reason(found) is Reason.LAG
    found.threads.show(51, at=NOW)
    assert reason(found) is Reason.CRITICAL


def test_volume_eleven_has_no_limits_but_lag_and_what_was_configured() -> None:
    limits = limits_of(pace_of(11), ThrottleOptions(critical_threads=50))
    found = dials()
    found.threads.show(40, at=NOW)
    found.history.show(90_000_000, at=NOW)
    assert reason(found, limits) is None
    found.replicas["r1:3306"].show(301, at=NOW)
    assert reason(found, limits) is Reason.LAG


def test_what_is_configured_stands_instead_of_the_volume() -> None:
    load = MaxLoad(threads=25, history=7)
    limits = limits_of(
        pace_of(3), ThrottleOptions(max_load=load, max_lag=timedelta(seconds=1.5), server_cores=16)
    )
    assert (limits.threads, limits.history, limits.lag) == (25, 7, timedelta(seconds=1.5))
    assert limits.commit == timedelta(milliseconds=100)


@pytest.mark.parametrize(("volume", "threads"), [(1, 16), (2, 24), (3, 32), (10, 192), (11, None)])
def test_threads_are_counted_by_the_cores_of_the_server(volume: int, threads: int | None) -> None:
    assert limits_of(pace_of(volume), ThrottleOptions(server_cores=16)).threads == threads


def test_a_replica_that_gives_no_answer_holds_the_copy_after_a_while() -> None:
    found = dials()
    found.replicas["r1:3306"].miss("connection refused")
    found.server.show(0, at=NOW + 16)
    found.replicas["r2:3306"].show(0, at=NOW + 16)
    assert reason(found, now=NOW + 14) is None
    hold = find_hold(found, LIMITS, now=NOW + 16)
    assert hold is not None
    assert hold.detail == "replica r1:3306 gave no answer for 16 s: connection refused"


def test_a_server_that_can_not_be_asked_holds_the_copy_after_a_while() -> None:
    found = dials()
    for dial in found.replicas.values():
        dial.show(0, at=NOW + 16)
    assert reason(found, now=NOW + 14) is None
    assert reason(found, now=NOW + 16) is Reason.SAMPLE


def test_a_probe_that_fails_holds_the_copy_after_a_while() -> None:
    found = dials(probe=True)
    assert found.probe is not None
    found.probe.miss("no such table")
    found.server.show(0, at=NOW + 16)
    for dial in found.replicas.values():
        dial.show(0, at=NOW + 16)
    assert reason(found, now=NOW + 16) is Reason.PROBE


def test_one_slow_commit_among_few_says_nothing() -> None:
    times = CommitTimes()
    for seconds in (0.01, 0.5, 0.01):
        times.note(seconds, at=NOW)
    assert times.late_seconds(NOW) == 0.01
    times.note(0.4, at=NOW)
    assert times.late_seconds(NOW) == 0.4


def test_old_commits_are_forgotten() -> None:
    times = CommitTimes()
    times.note(0.5, at=NOW)
    assert times.late_seconds(NOW + 6) is None


def test_a_replica_lags_since_the_first_mark_that_it_has_not() -> None:
    beats = Beats()
    for at in (10.0, 11.0, 12.0):
        beats.committed(beats.next(), at=at)
    assert beats.lag_seconds(3, now=12.9) == 0
    assert beats.lag_seconds(1, now=12.5) == 1.5
    assert beats.lag_seconds(0, now=12.5) == 2.5


def test_lag_holds_copiers_and_the_swap_but_no_verifier() -> None:
    found = dials()
    found.replicas["r1:3306"].show(11, at=NOW)
    brake = Brake(dials=found, critical_for=timedelta(seconds=60))
    brake.set(LIMITS, paused=None)
    assert (brake.may_copy, brake.may_verify, brake.may_replay) == (False, True, True)
    assert brake.gate_reason() is not None
    assert brake.replayers(4) == 1


def test_a_pause_holds_everything_but_the_feed() -> None:
    brake = Brake(dials=dials(), critical_for=timedelta(seconds=60))
    brake.set(LIMITS, paused="by order")
    assert (brake.may_copy, brake.may_verify, brake.may_replay) == (False, False, False)
    shown = brake.shown()
    assert shown is not None
    assert (shown.reason, shown.detail) == ("paused", "by order")
    brake.dials.server.show(0, at=10**9)
    for dial in brake.dials.replicas.values():
        dial.show(0, at=10**9)
    brake.set(LIMITS, paused=None)
    assert brake.may_copy
