"""What is asked of a run while it goes on, until each request is settled."""

from collections.abc import Iterable
from enum import IntEnum
from typing import assert_never

from tern.engine.port import CutoverOrder, Engine, StopKind
from tern.errors import Conflict
from tern.values.control import Settled, SettledResult, Signal, SignalKind
from tern.values.run import Completed, EndState, Outcome, Permanent, Stopped, Waiting

HANDED_BACK = "handed back at shutdown"


class Rest(IntEnum):
    """How a run is asked to end before its end; a higher one outranks a lower."""

    PAUSE = 1
    STOP = 2
    CANCEL = 3

    @property
    def engine_kind(self) -> StopKind:
        """What an engine is asked: a pause is a stop with another name above."""
        return StopKind.CANCEL if self is Rest.CANCEL else StopKind.STOP

    @property
    def outcome(self) -> Outcome:
        """How a run ends that came to rest by this request."""
        match self:
            case Rest.PAUSE:
                return Waiting(reason=HANDED_BACK)
            case Rest.STOP:
                return Stopped()
            case Rest.CANCEL:
                return Completed(end=EndState.CANCELLED)
            case _:
                assert_never(self)


_RESTS = {
    SignalKind.PAUSE: Rest.PAUSE,
    SignalKind.STOP: Rest.STOP,
    SignalKind.CANCEL: Rest.CANCEL,
}
_ORDERS = {
    SignalKind.CUTOVER: CutoverOrder.GO,
    SignalKind.TAKE_BACK: CutoverOrder.TAKE_BACK,
}
_NEVER = {
    SignalKind.REVERT: "no revert window is open; plan a rollback instead",
    SignalKind.SKIP_REVERT: "no revert window is open",
    SignalKind.DEPLOY: "nothing here waits to be deployed",
}


class Control:
    """Requests of one run; each is carried out once, however often it comes.

    Attributes:
        rest: The strongest request to end; None while there is none.
        volume: The pace last asked for; kept for engines to come.
    """

    def __init__(self, *, has_pace: bool, volume: int | None = None) -> None:
        self.rest: Rest | None = None
        self.volume = volume
        self._has_pace = has_pace
        self._engine: Engine | None = None
        self._seen: set[str] = set()
        self._resting: list[Signal] = []
        self._cutover: Signal | None = None

    def attach(self, engine: Engine) -> None:
        """Requests go to this engine from now on; what was asked before is told it at once."""
        self._engine = engine
        if self.volume is not None and engine.capabilities.volume:
            engine.volume(self.volume)
        if self.rest is not None:
            engine.stop(self.rest.engine_kind)

    def detach(self) -> None:
        """No engine runs any more."""
        self._engine = None

    def ask(self, rest: Rest) -> None:
        """Have the run come to rest."""
        self.rest = rest if self.rest is None else max(self.rest, rest)
        if self._engine is not None:
            self._engine.stop(self.rest.engine_kind)

    def obey(self, signal: Signal) -> tuple[Settled, ...]:
        """Act on a signal; what it settles at once. One that stands is settled by `end`."""
        if signal.request_id in self._seen:
            return ()
        self._seen.add(signal.request_id)
        if signal.kind in _RESTS:
            return self._come_to_rest(signal)
        if signal.kind in _ORDERS:
            return self._order(signal, _ORDERS[signal.kind])
        if signal.kind is SignalKind.VOLUME:
            return self._pace(signal)
        return (_refused(signal, _NEVER[signal.kind]),)

    def end(self, outcome: Outcome) -> tuple[Settled, ...]:
        """What the run's end settles; the rest stands, for the next run to see again."""
        settled = [each for signal in self._resting if (each := _end_of_rest(signal, outcome))]
        if self._cutover is not None:
            settled += _end_of_cutover(self._cutover, outcome)
        return tuple(settled)

    def _come_to_rest(self, signal: Signal) -> tuple[Settled, ...]:
        rest = _RESTS[signal.kind]
        engine = self._engine
        if engine is not None and rest is not Rest.CANCEL and not engine.capabilities.stop:
            reason = f"the {engine.capabilities.name} engine can't stop and go on; use cancel"
            return (_refused(signal, reason),)
        self._resting.append(signal)
        self.ask(rest)
        return ()

    def _order(self, signal: Signal, order: CutoverOrder) -> tuple[Settled, ...]:
        engine = self._engine
        if engine is None or not engine.capabilities.defer_cutover:
            return (_refused(signal, "nothing waits for a cutover now"),)
        try:
            engine.cutover(order)
        except Conflict as error:
            return (_refused(signal, error.message),)
        if order is not CutoverOrder.TAKE_BACK:
            self._cutover = signal
            return ()
        ordered, self._cutover = self._cutover, None
        done = _settled(signal, SettledResult.DONE)
        return (done, _failed(ordered, "taken back")) if ordered is not None else (done,)

    def _pace(self, signal: Signal) -> tuple[Settled, ...]:
        if not self._has_pace:
            return (_refused(signal, "no rows are copied here, so there is no pace to set"),)
        self.volume = signal.value
        engine = self._engine
        if engine is not None and engine.capabilities.volume and signal.value is not None:
            engine.volume(signal.value)
        return (_settled(signal, SettledResult.DONE),)


def _end_of_rest(signal: Signal, outcome: Outcome) -> Settled | None:
    asked = _RESTS[signal.kind]
    match outcome:
        case Completed(end=EndState.CANCELLED):
            is_done = asked is Rest.CANCEL
            return (
                _settled(signal, SettledResult.DONE) if is_done else _refused(signal, "cancelled")
            )
        case Completed() | Permanent():
            return _refused(signal, "already finished")
        case Stopped():
            return _settled(signal, SettledResult.DONE)
        case Waiting() if asked is Rest.PAUSE:
            return _settled(signal, SettledResult.DONE)
        case _:
            return None


def _end_of_cutover(signal: Signal, outcome: Outcome) -> Iterable[Settled]:
    match outcome:
        case Completed(end=EndState.COMPLETED):
            return (_settled(signal, SettledResult.DONE),)
        case Completed() | Permanent() | Stopped():
            return (_failed(signal, "the run ended before the cutover"),)
        case _:
            return ()


def _settled(signal: Signal, result: SettledResult, message: str = "") -> Settled:
    return Settled(request_id=signal.request_id, result=result, message=message)


def _refused(signal: Signal, reason: str) -> Settled:
    return _settled(signal, SettledResult.REFUSED, reason)


def _failed(signal: Signal, reason: str) -> Settled:
    return _settled(signal, SettledResult.FAILED, reason)
