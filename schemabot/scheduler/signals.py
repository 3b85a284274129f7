"""Control signals of one run, in the order of their weight; lives on the event loop alone."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import anyio

from schemabot.domain.control import Operation
from schemabot.domain.execution import Order
from schemabot.domain.ids import RequestId
from tern.values.control import Signal, SignalKind

PAUSE_ID = "pause"
"""Of the one signal that no request row stands for."""

_KINDS: Mapping[Operation, SignalKind] = MappingProxyType({
    Operation.STOP: SignalKind.STOP,
    Operation.CANCEL: SignalKind.CANCEL,
    Operation.CUTOVER: SignalKind.CUTOVER,
    Operation.TAKE_BACK: SignalKind.TAKE_BACK,
    Operation.VOLUME: SignalKind.VOLUME,
    Operation.REVERT: SignalKind.REVERT,
    Operation.SKIP_REVERT: SignalKind.SKIP_REVERT,
    Operation.DEPLOY: SignalKind.DEPLOY,
})
ENDING = frozenset({SignalKind.CANCEL, SignalKind.STOP})
_FIRST = (SignalKind.CANCEL, SignalKind.STOP, SignalKind.PAUSE)


class DriveSignals:
    """Hands each request out once; cancel, then stop, then pause overtake the others (T-6)."""

    def __init__(self) -> None:
        self._waiting: dict[str, Signal] = {}
        self._handed_out: dict[str, SignalKind] = {}
        self._starts: set[RequestId] = set()
        self._arrived = anyio.Event()

    @property
    def starts(self) -> Sequence[RequestId]:
        """Pending start requests: a start is no signal, the run itself answers it (Q-52)."""
        return sorted(self._starts)

    def offer(self, orders: Sequence[Order]) -> None:
        """Take all requests that are pending now; those no longer among them are withdrawn."""
        self._starts = {o.request_id for o in orders if o.operation is Operation.START}
        pause = self._waiting.get(PAUSE_ID)
        self._waiting = {
            order.request_id: Signal(
                kind=_KINDS[order.operation], request_id=order.request_id, value=order.value
            )
            for order in orders
            if order.operation in _KINDS and order.request_id not in self._handed_out
        }
        if pause is not None:
            self._waiting[PAUSE_ID] = pause
        self._ring()

    def pause(self) -> None:
        """Ask the run to come to rest at a checkpoint, state kept; once."""
        if PAUSE_ID not in self._handed_out:
            self._waiting[PAUSE_ID] = Signal(kind=SignalKind.PAUSE, request_id=PAUSE_ID)
            self._ring()

    def kind_of(self, request_id: str) -> SignalKind | None:
        """The kind of a signal that was handed out."""
        return self._handed_out.get(request_id)

    def was_given(self, kind: SignalKind) -> bool:
        """Whether the run was handed a signal of this kind."""
        return kind in self._handed_out.values()

    async def next(self) -> Signal:
        """The weightiest signal that was not handed out yet; waits for one."""
        while not self._waiting:
            await self._arrived.wait()
        signal = min(self._waiting.values(), key=_weight)
        del self._waiting[signal.request_id]
        self._handed_out[signal.request_id] = signal.kind
        return signal

    def _ring(self) -> None:
        if self._waiting:
            arrived, self._arrived = self._arrived, anyio.Event()
            arrived.set()


def _weight(signal: Signal) -> int:
    return _FIRST.index(signal.kind) if signal.kind in _FIRST else len(_FIRST)
