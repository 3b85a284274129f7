"""What a run is asked while it goes on: to come to rest."""

from threading import Event, Lock

from tern.engine.port import StopKind
from tern.values.run import Completed, EndState, Outcome, Stopped

_RANK = {StopKind.STOP: 0, StopKind.CANCEL: 1, StopKind.ABANDON: 2}


class Orders:
    """The strongest stop that was asked for; any thread may ask.

    Attributes:
        stopping: Set as soon as anything was asked.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked: StopKind | None = None
        self.stopping = Event()

    @property
    def asked(self) -> StopKind | None:
        """The strongest stop so far; None while nobody asked."""
        return self._asked

    def ask(self, kind: StopKind) -> None:
        """Have the run come to rest; a weaker kind never takes back a stronger one."""
        with self._lock:
            if self._asked is None or _RANK[kind] > _RANK[self._asked]:
                self._asked = kind
        self.stopping.set()

    def rest(self) -> Outcome:
        """The outcome of a run that came to rest because it was asked to."""
        if self._asked is StopKind.CANCEL:
            return Completed(end=EndState.CANCELLED)
        return Stopped()
