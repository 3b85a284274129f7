"""Requests to a run: each carried out once, and each settled or left standing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tern.engine.port import Capabilities, StopKind
from tern.errors import ServerUnavailable, StalePlan
from tern.local.control import Control, Rest
from tern.values.control import Settled, SettledResult, Signal, SignalKind
from tern.values.run import (
    Completed,
    EndState,
    Outcome,
    Permanent,
    Retryable,
    Stopped,
    Unknown,
    Waiting,
)
from tests.support.scripted_engine import DIRECT, ONLINE, ScriptedEngine
from tests.support.scripted_target import ScriptedTarget

STALE = StalePlan(table="t", change="changed")
LOST = ServerUnavailable(place="db:3306", reason="gone away")
DONE, REFUSED, FAILED = SettledResult.DONE, SettledResult.REFUSED, SettledResult.FAILED
STOP, CANCEL, PAUSE = SignalKind.STOP, SignalKind.CANCEL, SignalKind.PAUSE


def signal(kind: SignalKind, value: int | None = None) -> Signal:
    return Signal(kind=kind, request_id=kind, value=value)


class ListeningEngine(ScriptedEngine):
    """Keeps what it was asked."""

    def __init__(self, capabilities: Capabilities = ONLINE) -> None:
        super().__init__(ScriptedTarget(), capabilities)
        self.asked: list[StopKind] = []

    def stop(self, kind: StopKind) -> None:
        self.asked.append(kind)


def results(settled: tuple[Settled, ...]) -> list[SettledResult]:
    return [each.result for each in settled]


@pytest.fixture
def control() -> Control:
    return Control(has_pace=True)


@pytest.mark.parametrize(
    ("kind", "outcome", "expected"),
    [
        (STOP, Stopped(), [DONE]),
        (STOP, Completed(), [REFUSED]),
        (STOP, Completed(end=EndState.CANCELLED), [REFUSED]),
        (STOP, Permanent(error=STALE), [REFUSED]),
        (STOP, Retryable(error=LOST), []),
        (STOP, Unknown(error=LOST), []),
        (STOP, Waiting(reason="busy", due=timedelta(seconds=5)), []),
        (CANCEL, Completed(end=EndState.CANCELLED), [DONE]),
        (CANCEL, Completed(), [REFUSED]),
        (CANCEL, Retryable(error=LOST), []),
        (PAUSE, Waiting(reason="handed back"), [DONE]),
        (PAUSE, Stopped(), [DONE]),
        (PAUSE, Completed(), [REFUSED]),
    ],
)
def test_the_end_settles_what_was_asked_or_leaves_it_standing(
    control: Control, kind: SignalKind, outcome: Outcome, *, expected: list[SettledResult]
) -> None:
    assert control.obey(signal(kind)) == ()
    assert results(control.end(outcome)) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ([PAUSE, STOP], Rest.STOP),
        ([STOP, PAUSE], Rest.STOP),
        ([STOP, CANCEL], Rest.CANCEL),
        ([CANCEL, STOP], Rest.CANCEL),
    ],
)
def test_the_strongest_request_to_rest_wins(
    control: Control, asked: list[SignalKind], expected: Rest
) -> None:
    for kind in asked:
        control.obey(signal(kind))
    assert control.rest is expected


def test_a_request_is_carried_out_once_however_often_it_comes(control: Control) -> None:
    engine = ListeningEngine()
    control.attach(engine)
    control.obey(signal(STOP))
    assert control.obey(signal(STOP)) == ()
    assert engine.asked == [StopKind.STOP]
    assert results(control.end(Stopped())) == [DONE]


def test_an_engine_that_comes_later_is_told_what_was_asked_before(control: Control) -> None:
    control.obey(signal(CANCEL))
    control.obey(signal(SignalKind.VOLUME, 9))
    engine = ListeningEngine()
    control.attach(engine)
    assert engine.asked == [StopKind.CANCEL]
    assert engine.volumes == [9]


def test_an_engine_without_pace_is_not_asked_for_any(control: Control) -> None:
    control.obey(signal(SignalKind.VOLUME, 9))
    engine = ListeningEngine(DIRECT)
    control.attach(engine)
    assert engine.volumes == []


def test_an_engine_that_can_not_stop_says_what_it_can(control: Control) -> None:
    control.attach(ListeningEngine(replace(ONLINE, stop=False)))
    (settled,) = control.obey(signal(STOP))
    assert settled.result is REFUSED
    assert "use cancel" in settled.message
    assert control.rest is None
    assert control.obey(signal(CANCEL)) == ()


def test_an_order_to_cut_over_stands_until_it_is_done_or_the_run_ends(control: Control) -> None:
    assert results(control.obey(signal(SignalKind.CUTOVER))) == [REFUSED]
    assert control.end(Completed()) == ()
