"""Work per second as it is shown, and a backlog that only grows; no clock but the caller's."""

from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise

_WINDOW_SECONDS = 60.0
_STEP_SECONDS = 60.0
_STEPS = 10


@dataclass(slots=True, kw_only=True)
class Rate:
    """A moving average of the last minute, blended with the phase's mean (E-65)."""

    _begun: float | None = None
    _first: int = 0
    _at: float = 0.0
    _done: int = 0
    _moving: float = 0.0

    def note(self, done: int, *, at: float) -> float:
        """So much is done by then; the rate."""
        if self._begun is None:
            self._begun, self._first, self._at, self._done = at, done, at, done
            return 0.0
        seconds = at - self._at
        if seconds > 0:
            share = min(seconds / _WINDOW_SECONDS, 1.0)
            self._moving += ((done - self._done) / seconds - self._moving) * share
            self._at, self._done = at, done
        return self.per_second

    @property
    def per_second(self) -> float:
        """By the last note: the longer it is measured, the more the moving average counts."""
        if self._begun is None or self._at <= self._begun:
            return 0.0
        measured = self._at - self._begun
        weight = min(measured / _WINDOW_SECONDS, 1.0)
        mean = (self._done - self._first) / measured
        return self._moving * weight + mean * (1 - weight)

    @property
    def measured_seconds(self) -> float:
        """For how long it has been measured."""
        return 0.0 if self._begun is None else self._at - self._begun


@dataclass(slots=True, kw_only=True)
class Rise:
    """Whether a figure has risen for ten minutes without a break."""

    _steps: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=_STEPS + 1))

    def note(self, value: float, *, at: float) -> bool:
        """The figure then; whether it was higher at the end of each of the last ten minutes."""
        if not self._steps or at - self._steps[-1][0] >= _STEP_SECONDS:
            self._steps.append((at, value))
        values = [each for _, each in self._steps]
        if len(values) <= _STEPS:
            return False
        return all(earlier < later for earlier, later in pairwise(values))
