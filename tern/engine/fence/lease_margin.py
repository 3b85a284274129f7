"""How much of the lease must be left before something is done that can't be taken back."""

from datetime import timedelta
from threading import Event

from tern.client import Fence

_LOOK_EVERY_SECONDS = 0.1


class LeaseMargin:
    """Asks a fence with a margin of its own, which fits short and long leases (Q-27, E-44)."""

    def __init__(self, fence: Fence, *, term: timedelta = timedelta(0)) -> None:
        self._fence = fence
        self._longest = term

    def allows(self, need: timedelta) -> bool:
        """Whether enough of the lease is left: `need`, or half of its term if that is less.

        A fence does not tell its term. The longest time that was ever seen left stands for it,
        here or by whoever gave `term`: it is seen just after a heartbeat. Without the half a term
        shorter than the need would allow nothing, ever.
        """
        left = self._fence.remaining()
        self._longest = max(self._longest, left)
        return left > timedelta(0) and left >= min(need, self._longest / 2)

    def wait(self, need: timedelta, *, stopping: Event) -> bool:
        """Whether enough is left, after waiting for the next heartbeat if it must be.

        False as soon as `stopping` is set.
        """
        while not stopping.is_set():
            if self.allows(need):
                return True
            stopping.wait(_LOOK_EVERY_SECONDS)
        return False
